"""Kinds of events for aligning traces, with their tables."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from nwbgate.errors import UsageError, nearest

if TYPE_CHECKING:
    from nwbgate.reading.recording import Recording
    from nwbgate.reading.sessions.session import Session


@dataclass(frozen=True)
class Events:
    """Events of one kind, in temporal order.

    Parameters
    ----------
    times : array of float64, shape (events,)
        Seconds on the clock of the session; never NaN.
    table : pandas.DataFrame
        The rows of the table they come from, one per event, with its index and its columns of single values.
    """

    times: np.ndarray[Any, np.dtype[np.float64]]
    table: pd.DataFrame


def _changes(session: "Session") -> Events:
    trials = session.trials
    return _events(trials[_true(trials["is_change"]) & trials["change_time"].notna()], "change_time")


def _sham_changes(session: "Session") -> Events:
    trials = session.trials
    return _events(trials[_true(trials["catch"]) & trials["change_time"].notna()], "change_time")


def _images(session: "Session") -> Events:
    shown = session.stimulus_presentations
    return _events(shown[shown["omitted"].notna() & ~_true(shown["omitted"])], "start_time")


def _omissions(session: "Session") -> Events:
    shown = session.stimulus_presentations
    return _events(shown[_true(shown["omitted"])], "start_time")


def _rewards(session: "Session") -> Events:
    return _events(session.rewards, "timestamps")


def _licks(session: "Session") -> Events:
    return _events(session.licks, "timestamps")


def _spikes(recording: "Recording") -> Events:
    times = np.asarray(recording.spike_times, np.float64)
    return Events(times, pd.DataFrame(index=pd.RangeIndex(len(times))))


#: Kind -> its events, of a session with behavior.
SESSION_EVENTS: dict[str, Callable[[Any], Events]] = {
    "changes": _changes,
    "sham_changes": _sham_changes,
    "images": _images,
    "omissions": _omissions,
    "rewards": _rewards,
    "licks": _licks,
}
#: Kind -> its events, of a recording of one neuron.
RECORDING_EVENTS: dict[str, Callable[[Any], Events]] = {"spikes": _spikes}


def events_finder(kind: str, known: Mapping[str, Callable[[Any], Events]]) -> Callable[[Any], Events]:
    """Return the function that finds the events of a kind.

    Raises
    ------
    UsageError
        If there is no such kind.
    """
    if kind not in known:
        others = f"kinds are {', '.join(known)}"
        raise UsageError(
            "unknown kind of event",
            where="kind",
            got=repr(kind),
            expected=f"one of {', '.join(map(repr, known))}",
            fix=nearest(kind, known) or others,
        )
    return known[kind]


def own_events(times: Any) -> Events:
    """Return events at given times, in seconds in the session.

    Raises
    ------
    UsageError
        If a time is not finite.
    """
    found = np.atleast_1d(np.asarray(times, dtype=np.float64)).ravel()
    if not np.isfinite(found).all():
        raise UsageError(
            "an event has no time",
            where="times",
            got=f"{int((~np.isfinite(found)).sum())} of {len(found)} are not finite",
            expected="finite seconds in the session",
            fix="leave these events out, such as times[np.isfinite(times)]",
        )
    return Events(found, pd.DataFrame(index=pd.RangeIndex(len(found))))


def _true(column: "pd.Series[Any]") -> "pd.Series[bool]":
    """Return a nullable boolean column as booleans, missing values as false."""
    return column.astype("boolean").fillna(False).astype(bool)


def _events(rows: pd.DataFrame, time: str) -> Events:
    single = [name for name in rows.columns if not rows[name].map(np.ndim).any()]
    return Events(rows[time].to_numpy(np.float64), rows[single])


def as_array(column: "pd.Series[Any]") -> np.ndarray[Any, Any]:
    """Return a column as a NumPy array: texts as objects, nullable columns as float64."""
    if not pd.api.types.is_extension_array_dtype(column.dtype):
        return column.to_numpy()
    if pd.api.types.is_string_dtype(column.dtype):
        return column.to_numpy(object)
    if column.isna().any():
        return column.to_numpy(np.float64, na_value=np.nan)
    kinds = {"boolean": np.dtype(bool), "Int64": np.dtype(np.int64)}
    return column.to_numpy(kinds.get(str(column.dtype), np.dtype(np.float64)))


def times_of(session: "Session", kind: Any) -> Any:
    """Return the times of a named kind of events, or the given times."""
    named = isinstance(kind, str) and kind in SESSION_EVENTS
    return events_finder(kind, SESSION_EVENTS)(session).times if named else kind
