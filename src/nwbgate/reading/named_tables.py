"""Tables of an opened file or project, by name."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from nwbgate.errors import UsageError, nearest
from nwbgate.reading.format.layouts import LayoutName
from nwbgate.reading.format.row_counts import group_length, row_count
from nwbgate.reading.nwb_data import NWBData
from nwbgate.reading.objects.series import Series
from nwbgate.reading.planes.plane import Plane
from nwbgate.reading.projects.project import Project
from nwbgate.reading.recording import Recording
from nwbgate.reading.sessions.session import Session
from nwbgate.storage.hdf5 import dataset_at, group_at, readable

#: Attributes of a session that are tables, arrays or dicts.
SESSION = (
    "trials", "stimulus_presentations", "licks", "rewards", "running_speed", "raw_running_speed", "eye_tracking",
    "stimulus_templates", "stimulus_timestamps", "rolling_performance", "reward_rate", "performance_metrics",
    "task_parameters", "metadata", "eye_tracking_rig_geometry", "source_agreement",
)  # fmt: skip
#: Those of them that are dicts.
_DICTS = ("performance_metrics", "task_parameters", "metadata", "eye_tracking_rig_geometry")
#: Attributes of a plane.
PLANE = (
    "dff_traces", "corrected_fluorescence_traces", "demixed_traces", "neuropil_traces", "events",
    "cell_specimen_table", "motion_correction", "ophys_timestamps", "metadata",
)  # fmt: skip
#: Attributes of a recording to the session tables that they are, and those to their times.
RECORDING = {
    "spike_times": "", "voltage": "voltage", "baseline_subtracted": "baseline_subtracted_voltage", "dff": "dff_traces",
    "metadata": "",
}  # fmt: skip
_TIMES = {"voltage": "voltage_timestamps", "baseline_subtracted": "voltage_timestamps", "dff": "dff_timestamps"}
#: First part of the name of a plane's table: ``planes/<plane>/<table>``.
PLANES = "planes"
#: Names that an error lists.
_LISTED = 20

Opened = Project | NWBData


@dataclass(frozen=True)
class Entry:
    """A table available by name.

    Parameters
    ----------
    read : callable
        Reads it.
    count : callable
        Gives its number of rows where that costs nothing, else None.
    by_path : bool
        It is named by its place in the file, because no attribute is it.
    """

    read: Callable[[], Any]
    count: Callable[[], int | None] = lambda: None
    by_path: bool = False


class NamedTables(Mapping[str, pd.DataFrame]):
    """Tables of an opened object by name, each read on access.

    Attributes of a session by their names, those of its planes as ``planes/<plane>/<table>``; tables and series that
    have no attribute of their own by their names in the file. Arrays are tables of one column, dicts of two.

    Parameters
    ----------
    opened : Project, Session, Recording or NWBData
        What was opened.
    """

    def __init__(self, opened: Opened) -> None:
        self._opened = opened
        self.entries = dict(_entries(opened))

    def __getitem__(self, name: str) -> pd.DataFrame:
        """Return a table.

        Raises
        ------
        UsageError
            If there is none of this name; the nearest is named.
        """
        if name not in self.entries:
            known = [each for each, entry in self.entries.items() if not entry.by_path] or list(self.entries)
            more = f" and {len(self.entries) - _LISTED} more" if len(self.entries) > _LISTED else ""
            raise UsageError(
                f"no table {name!r}",
                where=_place(self._opened),
                expected=f"one of {', '.join(known[:_LISTED])}{more}" if known else "nothing: no tables",
                fix=nearest(name, self.entries) or "show it without a table to see the names",
            )
        try:
            with readable(_place(self._opened)):
                return as_table(self.entries[name].read(), name.rpartition("/")[2])
        except AttributeError as problem:
            if problem.obj is not None and not isinstance(problem.obj, NWBData | Plane):
                raise  # an error of ours, and not an attribute for which the file has nothing
            raise UsageError(
                f"{name} is missing", where=_place(self._opened), got=str(problem), fix="choose another table"
            ) from problem

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names."""
        return iter(self.entries)

    def __len__(self) -> int:
        """Return the number of tables."""
        return len(self.entries)


def as_table(value: object, name: str) -> pd.DataFrame:
    """Return a table, series, array or dict as a table."""
    if isinstance(value, Series):
        return value.to_frame()
    if isinstance(value, pd.DataFrame):
        return value
    if isinstance(value, Mapping):
        return pd.DataFrame({"name": list(value), "value": pd.Series(list(value.values()), dtype=object)})
    values = np.asarray(value)
    if values.ndim <= 1:
        return pd.DataFrame({name: np.atleast_1d(values)})
    return pd.DataFrame(values.reshape(len(values), int(np.prod(values.shape[1:]))))


def _entries(opened: Opened) -> Iterator[tuple[str, Entry]]:
    if isinstance(opened, Project):
        names = opened.tables
        for name in (*names, *(["mice"] if "behavior_sessions" in names else [])):
            yield name, Entry(_attribute(opened, name), _rows_of(opened, name))
        if not names:  # files of other datasets
            yield "nwb_files", Entry(_attribute(opened, "nwb_files"), _rows_of(opened, "nwb_files"))
        return
    if isinstance(opened, Session):
        yield from _of_session(opened)
    elif isinstance(opened, Recording):
        yield from _of_recording(opened)
    for contents in (opened.tables, opened.series):
        for name in contents:
            yield name, Entry(_item(contents, name), _length_of(opened, name), by_path=True)


def _of_session(session: Session) -> Iterator[tuple[str, Entry]]:
    layout: LayoutName = "released" if session.layout == "released" else "standard"
    for name in SESSION:
        yield name, Entry(_attribute(session, name), _table_rows(session, "" if name in _DICTS else name, layout))
    for plane_name, plane in session.planes.items():
        for name in PLANE:
            yield f"{PLANES}/{plane_name}/{name}", Entry(_attribute(plane, name))


def _of_recording(recording: Recording) -> Iterator[tuple[str, Entry]]:
    for name, table in RECORDING.items():
        read = _with_times(recording, name) if name in _TIMES else _attribute(recording, name)
        if name == "spike_times":
            yield name, Entry(read, lambda: _shape(recording, "/units/spike_times"))
        else:
            yield name, Entry(read, _table_rows(recording, table, "standard"))


def _attribute(owner: object, name: str) -> Callable[[], Any]:
    return lambda: getattr(owner, name)


def _item(contents: Mapping[str, Any], name: str) -> Callable[[], Any]:
    return lambda: contents[name]


def _with_times(recording: Recording, name: str) -> Callable[[], pd.DataFrame]:
    return lambda: pd.DataFrame({"timestamps": getattr(recording, _TIMES[name]), name: getattr(recording, name)})


def _rows_of(project: Project, name: str) -> Callable[[], int]:
    return lambda: len(getattr(project, name))


def _table_rows(opened: NWBData, table: str, layout: LayoutName) -> Callable[[], int | None]:
    return lambda: row_count(opened.file, table, layout)


def _length_of(opened: NWBData, path: str) -> Callable[[], int | None]:
    def length() -> int | None:
        group = group_at(opened.file, f"/{path}")
        return group_length(group) if group is not None else None

    return length


def _shape(opened: NWBData, path: str) -> int | None:
    found = dataset_at(opened.file, path)
    return int(found.shape[0]) if found is not None and found.shape else None


def _place(opened: Opened) -> str:
    return str(opened.folder if isinstance(opened, Project) else opened.path)
