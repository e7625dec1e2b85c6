"""Sessions and recordings as pynapple objects."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from nwbgate.errors import UsageError, nearest
from nwbgate.extras import import_extra
from nwbgate.reading.nwb_data import NWBData
from nwbgate.reading.objects.imaging_plane import ImagingPlane
from nwbgate.reading.objects.series import Series
from nwbgate.reading.recording import Recording
from nwbgate.reading.sessions.event_kinds import as_array
from nwbgate.reading.sessions.session import Session

if TYPE_CHECKING:
    from nwbgate.reading.planes.plane import Plane

Vector = np.ndarray[Any, np.dtype[np.float64]]

#: Signals of a plane that are offered where the plane has them.
SIGNALS = ("dff", "corrected", "demixed", "neuropil", "events")
#: pynapple holds intervals apart: one must end this many seconds before the next begins, or it changes them itself.
APART = 1e-6


class PynappleObjects(Mapping[str, Any]):
    """pynapple objects by name, each made on first use and kept.

    Parameters
    ----------
    makers : dict
        Name to the function that makes it.
    """

    def __init__(self, makers: dict[str, Callable[[], Any]]) -> None:
        self._makers = makers
        self._made: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        """Return one object.

        Raises
        ------
        UsageError
            If there is none of this name.
        """
        if name not in self._makers:
            raise UsageError(
                "no pynapple object of this name",
                where="name",
                got=repr(name),
                expected=f"one of {', '.join(self._makers)}",
                fix=nearest(name, self._makers) or "use one of these names",
            )
        if name not in self._made:
            self._made[name] = self._makers[name]()
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        """Return whether an object of this name exists, without making it."""
        return name in self._makers

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names."""
        return iter(self._makers)

    def __len__(self) -> int:
        """Return the number of objects."""
        return len(self._makers)

    def __repr__(self) -> str:
        """Return the names, without making any object."""
        return f"PynappleObjects({', '.join(self._makers)})"


def to_pynapple(data: "NWBData | Plane | ImagingPlane") -> PynappleObjects:
    """Return a file's or imaging plane's contents as pynapple objects, by name.

    A session has

    - ``licks``: Ts.
    - ``rewards``: Tsd of their volume (mL); ``auto_rewards``: Ts of those that were given whatever the mouse did.
    - ``trials``, ``stimulus_presentations``: IntervalSet, each with the columns of its table as metadata.
    - ``running_speed``: Tsd (cm/s); ``eye_tracking``: TsdFrame.
    - ``dff/<plane>``, ``corrected/<plane>``, ``demixed/<plane>``, ``neuropil/<plane>``, ``events/<plane>``: TsdFrame
      whose columns are ``cell_roi_id``, with ``cell_specimen_id`` as metadata.

    A recording has ``voltage`` and ``baseline_subtracted`` (Tsd, volts), ``dff`` (Tsd) and ``spikes`` (Ts).

    Any other file has its series under their names in the file (Tsd, TsdFrame or TsdTensor, in their unit), tables of
    intervals (IntervalSet) and of events (Ts) as ``intervals/<name>`` and ``events/<name>``, and ``units`` (TsGroup). A
    plane has its responses, or its signals, by name.

    Times are in seconds on the session's clock; pynapple rounds them to nanoseconds. Events have as time support the
    whole session (spikes: the time in which they were looked for), so that rates are right.

    Intervals of pynapple may not touch: one that ends when the next begins, or later, ends here a microsecond before.
    An interval without an end or of no length is left out. True and false with missing values between are 1, 0 and NaN
    in the metadata.

    Parameters
    ----------
    data : Session, Recording, NWBData or plane
        As `nwbgate.open` returns it, or one of its ``planes``.

    Returns
    -------
    mapping of str to pynapple object
        Each is made when it is first asked for.

    Raises
    ------
    UsageError
        If it is neither an opened file nor a plane.
    MissingExtraError
        If pynapple is not installed.
    """
    import_extra("pynapple", "pynapple")
    if isinstance(data, Recording):
        return PynappleObjects(_of_recording(data))
    if isinstance(data, Session):
        return PynappleObjects(_of_session(data))
    if isinstance(data, NWBData):
        return PynappleObjects(_of_any_file(data))
    if isinstance(data, ImagingPlane):
        return PynappleObjects({name: _maker_of_series(series) for name, series in data.responses.items()})
    from nwbgate.reading.planes.plane import Plane

    if isinstance(data, Plane):
        return PynappleObjects({name: _maker_of_traces(data, name) for name in SIGNALS if name in data.traces})
    raise UsageError(
        "no data that pynapple can represent",
        where=repr(data),
        got=type(data).__name__,
        expected="a file that nwbgate.open has opened, or one of its planes",
        fix="open the file with nwbgate.open",
    )


def _of_any_file(data: NWBData) -> dict[str, Callable[[], Any]]:
    found = {name: _maker_of_series(data, name) for name in data.series}
    found |= {f"intervals/{name}": partial(_intervals_of, data.intervals, name) for name in data.intervals}
    found |= {f"events/{name}": partial(_events_of, data.events, name) for name in data.events}
    return found | ({"units": partial(_units, data)} if "units" in data.tables else {})


def _maker_of_series(data: "NWBData | Series", name: str = "") -> Callable[[], Any]:
    return lambda: _samples(data if isinstance(data, Series) else data.series[name])


def _samples(series: Series) -> Any:
    """Return a series as a pynapple object; texts as their times."""
    pynapple = import_extra("pynapple", "pynapple")
    values, times = np.asarray(series), np.asarray(series.timestamps, np.float64)
    if values.dtype.kind not in "biuf" or not values.size:
        return pynapple.Ts(times[: len(values)] if values.size else times)
    kind = (pynapple.Tsd, pynapple.TsdFrame)[values.ndim - 1] if values.ndim <= 2 else pynapple.TsdTensor
    return kind(times[: len(values)], values)


def _intervals_of(tables: Mapping[str, pd.DataFrame], name: str) -> Any:
    return intervals(tables[name], "stop_time")


def _events_of(tables: Mapping[str, pd.DataFrame], name: str) -> Any:
    table = tables[name]
    times = table["timestamp" if "timestamp" in table else "timestamps"]
    return _timestamps(np.sort(np.asarray(times.explode(), np.float64)))


def _units(data: NWBData) -> Any:
    """Return the units as a TsGroup with the columns of single values as metadata.

    Raises
    ------
    UsageError
        If the units have no spike times.
    """
    table = data.units
    if "spike_times" not in table:
        raise UsageError(
            "the units have no spike times",
            where=str(data.path),
            got=f"columns {', '.join(map(str, table))}",
            expected="a column spike_times",
            fix="read the table itself: opened.units",
        )
    group = import_extra("pynapple", "pynapple").TsGroup
    trains = {
        row: _timestamps(np.sort(np.asarray(times, np.float64))) for row, times in enumerate(table["spike_times"])
    }
    single = [name for name in table if not table[name].map(np.ndim).any() and str(name) not in ("rate", "rates")]
    about = {str(name): as_array(table[name]) for name in single}
    return group(trains, metadata=pd.DataFrame({"unit_id": table.index.to_numpy(), **about}))


def _of_session(session: Session) -> dict[str, Callable[[], Any]]:
    found: dict[str, Callable[[], Any]] = {
        "licks": lambda: _timestamps(session.licks["timestamps"], _session_span(session)),
        "rewards": lambda: _series(session.rewards["timestamps"], session.rewards["volume"], _session_span(session)),
        "auto_rewards": lambda: _timestamps(_auto_rewards(session.rewards), _session_span(session)),
        "trials": lambda: intervals(session.trials, "stop_time"),
        "stimulus_presentations": lambda: intervals(session.stimulus_presentations, "end_time"),
        "running_speed": lambda: _series(session.running_speed["timestamps"], session.running_speed["speed"]),
        "eye_tracking": lambda: _frame(session.eye_tracking),
    }
    for plane in session.planes.values():
        there = [signal for signal in SIGNALS if signal in plane.traces]
        found |= {f"{signal}/{plane.name}": _maker_of_traces(plane, signal) for signal in there}
    return found


def _of_recording(recording: Recording) -> dict[str, Callable[[], Any]]:
    return {
        "voltage": lambda: _series(recording.voltage_timestamps, recording.voltage),
        "baseline_subtracted": lambda: _series(recording.voltage_timestamps, recording.baseline_subtracted),
        "dff": lambda: _series(recording.dff_timestamps, recording.dff),
        "spikes": lambda: _timestamps(recording.spike_times, recording.observed),
    }


def _auto_rewards(rewards: pd.DataFrame) -> "pd.Series[float]":
    return rewards.loc[rewards["auto_rewarded"].astype(bool), "timestamps"]


def _session_span(session: Session) -> Vector:
    """Return a session's time support, from first to last sample."""
    times = [session.stimulus_timestamps, session.licks["timestamps"], session.rewards["timestamps"]]
    found = np.concatenate([np.asarray(each, np.float64) for each in times])
    return np.array([[found.min(), found.max()]])


def _support(spans: Vector | None) -> Any:
    return None if spans is None else import_extra("pynapple", "pynapple").IntervalSet(spans[:, 0], spans[:, 1])


def _timestamps(times: Any, spans: Vector | None = None) -> Any:
    return import_extra("pynapple", "pynapple").Ts(np.asarray(times, np.float64), time_support=_support(spans))


def _series(times: Any, values: Any, spans: Vector | None = None) -> Any:
    plain = (np.asarray(each, np.float64) for each in (times, values))
    return import_extra("pynapple", "pynapple").Tsd(*plain, time_support=_support(spans))


def _frame(table: pd.DataFrame) -> Any:
    """Return a table of samples as a TsdFrame, one column per data column."""
    values = table.drop(columns="timestamps")
    times = table["timestamps"].to_numpy(np.float64)
    frame = import_extra("pynapple", "pynapple").TsdFrame
    return frame(times, values.to_numpy(np.float64), columns=list(values.columns))


def _maker_of_traces(plane: "Plane", signal: str) -> Callable[[], Any]:
    def make() -> Any:
        frame = import_extra("pynapple", "pynapple").TsdFrame
        cells = {"cell_specimen_id": np.asarray(plane.cell_specimen_ids)}
        columns = np.asarray(plane.cell_roi_ids)
        return frame(plane.ophys_timestamps, plane.matrix(signal), columns=columns, metadata=cells)

    return make


def intervals(table: pd.DataFrame, end: str) -> Any:
    """Return a table of intervals as an IntervalSet with metadata.

    Parameters
    ----------
    table : pandas.DataFrame
        With a column ``start_time``, in seconds.
    end : str
        Name of the column of the ends.

    Returns
    -------
    pynapple.IntervalSet
        In the order of the starts. The index of the table is the first column of the metadata; columns that hold
        several values per row (``lick_times``) are left out.
    """
    ordered = table.sort_values("start_time", kind="stable")
    start, stop = (ordered[name].to_numpy(np.float64) for name in ("start_time", end))
    # np.fmin passes over NaN: an end that is missing stays missing, which the next line then sees.
    stop = np.where(np.isnan(stop), stop, np.fmin(stop, np.append(start[1:], np.inf) - APART))
    kept = stop > start
    about = ordered[kept].reset_index() if ordered.index.name else ordered[kept].reset_index(drop=True)
    about = about.drop(columns=["start_time", end])
    metadata = {str(name): as_array(column) for name, column in about.items() if not column.map(np.ndim).any()}
    return import_extra("pynapple", "pynapple").IntervalSet(start[kept], stop[kept], metadata=metadata)
