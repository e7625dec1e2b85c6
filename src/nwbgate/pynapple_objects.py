"""Sessions and recordings as pynapple objects."""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from nwbgate.errors import UsageError, nearest
from nwbgate.extras import import_extra
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


def to_pynapple(data: Session | Recording) -> PynappleObjects:
    """Return the contents of a session or recording as pynapple objects, by name.

    A session has

    - ``licks``: Ts.
    - ``rewards``: Tsd of their volume (mL); ``auto_rewards``: Ts of those that were given whatever the mouse did.
    - ``trials``, ``stimulus_presentations``: IntervalSet, each with the columns of its table as metadata.
    - ``running_speed``: Tsd (cm/s); ``eye_tracking``: TsdFrame.
    - ``dff/<plane>``, ``corrected/<plane>``, ``demixed/<plane>``, ``neuropil/<plane>``, ``events/<plane>``: TsdFrame
      whose columns are ``cell_roi_id``, with ``cell_specimen_id`` as metadata.

    A recording has ``voltage`` and ``baseline_subtracted`` (Tsd, volts), ``dff`` (Tsd) and ``spikes`` (Ts).

    Times are in seconds on the session's clock; pynapple rounds them to nanoseconds. Events have as time support the
    whole session (spikes: the time in which they were looked for), so that rates are right.

    Intervals of pynapple may not touch: one that ends when the next begins, or later, ends here a microsecond before.
    An interval without an end or of no length is left out. True and false with missing values between are 1, 0 and NaN
    in the metadata.

    Parameters
    ----------
    data : Session or Recording
        As `nwbgate.open` returns it.

    Returns
    -------
    mapping of str to pynapple object
        Each is made when it is first asked for.

    Raises
    ------
    UsageError
        If it is neither a session nor a recording.
    MissingExtraError
        If pynapple is not installed.
    """
    import_extra("pynapple", "pynapple")
    if isinstance(data, Recording):
        return PynappleObjects(_of_recording(data))
    if isinstance(data, Session):
        return PynappleObjects(_of_session(data))
    raise UsageError(
        "no data that pynapple can represent",
        where=repr(data),
        got=type(data).__name__,
        expected="a session with behavior, or a recording with spikes",
        fix="open the file with nwbgate.open; pynapple.load_file reads any other NWB file",
    )


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
