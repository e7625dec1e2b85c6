"""Stimulus presentations with the behavior during each of them."""

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from nwbgate.reading.sessions.session import Session

Array = np.ndarray[Any, np.dtype[np.float64]]


def annotated_presentations(session: "Session") -> pd.DataFrame:
    """Return the presentations with licks, rewards, running and pupil of each.

    The time of a presentation goes from its start to that of the next one; the last one ends with itself.

    Parameters
    ----------
    session : Session
        With stimulus presentations.

    Returns
    -------
    pandas.DataFrame
        The table of presentations in temporal order with further columns: ``lick_times`` and ``reward_times`` (arrays,
        seconds in the session), ``n_licks``, ``n_rewards``, ``reward_volume`` (mL), ``mean_running_speed`` (cm/s) and
        ``mean_pupil_area`` (pixels squared). Means pass over NaN, and are NaN where no sample is left or the session
        has no such stream.
    """
    shown = session.stimulus_presentations.sort_values("start_time", kind="stable")
    start, stop = _spans(shown)
    licks, rewards = session.licks["timestamps"], session.rewards
    found = shown.assign(
        lick_times=_within(licks, start, stop), reward_times=_within(rewards["timestamps"], start, stop)
    )
    volume = _sums(rewards["timestamps"], rewards["volume"], start, stop)
    return found.assign(
        n_licks=[len(times) for times in found["lick_times"]],
        n_rewards=[len(times) for times in found["reward_times"]],
        reward_volume=volume,
        mean_running_speed=_means(_stream(session, "running_speed", "speed"), start, stop),
        mean_pupil_area=_means(_stream(session, "eye_tracking", "pupil_area"), start, stop),
    )


def _spans(shown: pd.DataFrame) -> tuple[Array, Array]:
    """Return start and end of the time of each presentation, shape (presentations,)."""
    start = shown["start_time"].to_numpy(np.float64)
    ends = shown["end_time"].to_numpy(np.float64)[-1:] if len(shown) else np.empty(0)
    return start, np.append(start[1:], np.where(np.isnan(ends), np.inf, ends))


def _within(times: "pd.Series[float]", start: Array, stop: Array) -> "pd.Series[Any]":
    """Return the times from each start to its end, half open."""
    ordered = np.sort(times.to_numpy(np.float64))
    first, last = np.searchsorted(ordered, start), np.searchsorted(ordered, stop)
    cells = np.empty(len(start), dtype=object)
    for row, (begin, end) in enumerate(zip(first, last, strict=True)):
        cells[row] = ordered[begin:end]
    return cells  # type: ignore[return-value]  # pandas takes an array of arrays as a column


def _sums(times: "pd.Series[float]", values: "pd.Series[float]", start: Array, stop: Array) -> Array:
    """Return the sum of values in each span; 0 for empty ones."""
    order = np.argsort(times.to_numpy(np.float64), kind="stable")
    ordered, amounts = times.to_numpy(np.float64)[order], values.to_numpy(np.float64)[order]
    total = np.concatenate([[0.0], np.cumsum(np.nan_to_num(amounts))])
    sums: Array = total[np.searchsorted(ordered, stop)] - total[np.searchsorted(ordered, start)]
    return sums


def _stream(session: "Session", table: str, column: str) -> tuple[Array, Array]:
    """Return times and values of a sampled stream, empty where the session has none."""
    found = getattr(session, table, None)
    if found is None or column not in found:
        return np.empty(0), np.empty(0)
    return found["timestamps"].to_numpy(np.float64), found[column].to_numpy(np.float64)


def _means(stream: tuple[Array, Array], start: Array, stop: Array) -> Array:
    """Return the mean of samples in each span, ignoring NaN."""
    times, values = stream
    known = np.isfinite(values) & np.isfinite(times)
    times, values = times[known], values[known]
    total = np.concatenate([[0.0], np.cumsum(values)])
    first, last = np.searchsorted(times, start), np.searchsorted(times, stop)
    counts = last - first
    means: Array = np.divide(total[last] - total[first], counts, out=np.full(len(start), np.nan), where=counts > 0)
    return means
