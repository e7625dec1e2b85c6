"""Everything in an opened file or project that is a table, or can be laid out as one, by name."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from nwbgate.errors import UsageError, nearest
from nwbgate.reading.behavior_session import Session
from nwbgate.reading.nwb_data import NWBData
from nwbgate.reading.project import Project
from nwbgate.reading.recording import Recording

#: Attributes of a session that are tables, arrays or dicts.
SESSION = (
    "trials", "stimulus_presentations", "licks", "rewards", "running_speed", "raw_running_speed", "eye_tracking",
    "stimulus_templates", "stimulus_timestamps", "rolling_performance", "reward_rate", "performance_metrics",
    "task_parameters", "metadata", "eye_tracking_rig_geometry",
)  # fmt: skip
#: Attributes of a plane.
PLANE = (
    "dff_traces", "corrected_fluorescence_traces", "demixed_traces", "neuropil_traces", "events",
    "cell_specimen_table", "motion_correction", "ophys_timestamps", "metadata",
)  # fmt: skip
#: Attributes of a recording, and those beside which their times are shown.
RECORDING = ("spike_times", "voltage", "baseline_subtracted", "dff", "metadata")
_TIMES = {"voltage": "voltage_timestamps", "baseline_subtracted": "voltage_timestamps", "dff": "dff_timestamps"}
#: First part of the name of a plane's table: ``planes/<plane>/<table>``.
PLANES = "planes"

Opened = Project | NWBData | Recording


class NamedTables(Mapping[str, pd.DataFrame]):
    """The tables of what was opened, by name; each is read when it is asked for.

    Attributes of a session by their names, those of its planes as ``planes/<plane>/<table>``; tables and series that
    have no attribute of their own by their names in the file. Arrays are tables of one column, dicts of two.

    Parameters
    ----------
    opened : Project, Session, Recording or NWBData
        What was opened.
    """

    def __init__(self, opened: Opened) -> None:
        self._opened = opened
        self._tables = dict(_tables(opened))

    def __getitem__(self, name: str) -> pd.DataFrame:
        """Return a table.

        Raises
        ------
        UsageError
            If there is none of this name; the nearest are named.
        """
        if name not in self._tables:
            near = nearest(name, self._tables) or nearest(name.rpartition("/")[2], self._tables)
            raise UsageError(
                f"there is no table {name!r}",
                where=_place(self._opened),
                expected=f"one of {', '.join(self._tables)}",
                fix=near,
            )
        try:
            return as_table(self._tables[name](), name.rpartition("/")[2])
        except AttributeError as problem:
            raise UsageError(
                f"{name} is not in the file", where=_place(self._opened), got=str(problem), fix="choose another table"
            ) from problem

    def __iter__(self) -> Iterator[str]:
        """Give the names."""
        return iter(self._tables)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._tables)


def as_table(value: object, name: str) -> pd.DataFrame:
    """Return a table, an array, a series or a dict laid out as a table."""
    if isinstance(value, pd.DataFrame):
        return value
    if isinstance(value, pd.Series):
        return value.to_frame(name)
    if isinstance(value, Mapping):
        return pd.DataFrame({"name": list(value), "value": pd.Series(list(value.values()), dtype=object)})
    values = np.asarray(value)
    if values.ndim <= 1:
        return pd.DataFrame({name: np.atleast_1d(values)})
    return pd.DataFrame(values.reshape(len(values), -1))


def _tables(opened: Opened) -> Iterator[tuple[str, Callable[[], Any]]]:
    if isinstance(opened, Project):
        for name in (*opened.tables, *(["mice"] if "behavior_sessions" in opened.tables else [])):
            yield name, _attribute(opened, name)
    elif isinstance(opened, Recording):
        for name in RECORDING:
            yield name, _with_times(opened, name) if name in _TIMES else _attribute(opened, name)
    else:
        yield from _of_file(opened)


def _of_file(opened: NWBData) -> Iterator[tuple[str, Callable[[], Any]]]:
    known = set(dir(opened))
    if isinstance(opened, Session):
        for name in SESSION:
            if name in known:
                yield name, _attribute(opened, name)
        for plane in opened.planes.values():
            of_plane = set(dir(plane))
            for name in PLANE:
                if name in of_plane:
                    yield f"{PLANES}/{plane.name}/{name}", _attribute(plane, name)
    for contents in (opened.tables, opened.series):
        for name in contents:
            if name not in SESSION:
                yield name, _item(contents, name)


def _attribute(owner: object, name: str) -> Callable[[], Any]:
    return lambda: getattr(owner, name)


def _item(contents: Mapping[str, Any], name: str) -> Callable[[], Any]:
    return lambda: contents[name]


def _with_times(recording: Recording, name: str) -> Callable[[], pd.DataFrame]:
    return lambda: pd.DataFrame({"timestamps": getattr(recording, _TIMES[name]), name: getattr(recording, name)})


def _place(opened: Opened) -> str:
    return str(opened.folder if isinstance(opened, Project) else opened.path)


