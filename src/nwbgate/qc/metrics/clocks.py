"""Temporal alignment: each clock alone, pairs of clocks, events and frames."""

from collections.abc import Iterator
from functools import cache

import numpy as np
import numpy.typing as npt
from scipy import stats

from nwbgate.qc.measurement import Measurement
from nwbgate.qc.metrics.imaging.traces import Floats
from nwbgate.qc.unmeasurable import UnmeasurableError, measure_row

#: Intervals from which a clock can be judged.
FEWEST = 10
#: Shortest time (s) in which the drift of two clocks is told; half of it is a frame of imaging.
SHORTEST = 300.0


def rate(times: npt.ArrayLike) -> float:
    """Return the rate of a clock, the inverse of its median interval, in hertz.

    Parameters
    ----------
    times : array, shape (samples,)
        Timestamps in seconds; missing ones are left out.

    Raises
    ------
    UnmeasurableError
        If there are fewer than `FEWEST` intervals, or the median interval is not positive.
    """
    return 1 / _period(np.diff(_known_times(times)))


def frames_missing(times: npt.ArrayLike) -> float:
    """Return the share of missing samples between first and last, 0 to 1.

    An interval of k periods (rounded, the median interval being one) lacks k - 1 samples; one that goes back has as
    many too many, so that a single wrong time is no missing sample.

    Raises
    ------
    UnmeasurableError
        As `rate`.
    """
    intervals = np.diff(_known_times(times))
    missing = max(float(np.sum(np.round(intervals / _period(intervals)) - 1)), 0.0)
    return missing / (missing + len(intervals) + 1)


def longest_gap(times: npt.ArrayLike) -> float:
    """Return the longest interval of a clock in periods; 1 without gaps.

    Raises
    ------
    UnmeasurableError
        As `rate`.
    """
    intervals = np.diff(_known_times(times))
    return float(intervals.max() / _period(intervals))


def jitter(times: npt.ArrayLike) -> float:
    """Return the standard deviation of intervals below 1.5 periods, in seconds.

    Raises
    ------
    UnmeasurableError
        As `rate`.
    """
    intervals = np.diff(_known_times(times))
    return float(np.std(intervals[intervals < 1.5 * _period(intervals)]))


def steps_back(times: npt.ArrayLike) -> float:
    """Return the number of timestamps that are missing or do not increase.

    Raises
    ------
    UnmeasurableError
        If there are fewer than two timestamps.
    """
    clock = np.asarray(times, dtype=np.float64)
    if len(clock) < 2:
        raise UnmeasurableError(f"{len(clock)} timestamps, at least 2 are needed")
    there = clock[np.isfinite(clock)]
    return float(len(clock) - len(there) + np.count_nonzero(np.diff(there) <= 0))


def clock_drift(times: npt.ArrayLike, reference: npt.ArrayLike) -> float:
    """Return the relative change of two clocks' period ratio, last against first third.

    0 for clocks that keep step; 0.001 where one goes a thousandth slower at the end. In each third of the time that
    both have, a period is the slope (`scipy.stats.linregress`) of time on the number of the sample, gaps being counted
    by the samples they lack. Which of the two clocks is right cannot be told from them, and a ratio that is wrong from
    beginning to end is not seen here but in `rate`.

    Parameters
    ----------
    times, reference : array, shape (samples,) and (other samples,)
        Timestamps of both clocks in seconds.

    Raises
    ------
    UnmeasurableError
        If both have less than `SHORTEST` seconds in common.
    """
    clocks = [_known_times(times), _known_times(reference)]
    begin, end = max(clock.min() for clock in clocks), min(clock.max() for clock in clocks)
    if end - begin < SHORTEST:
        raise UnmeasurableError(
            f"{max(end - begin, 0):.0f} s shared by both clocks, at least {SHORTEST:.0f} s are needed"
        )
    third = (end - begin) / 3
    early, late = (
        _slope(clocks[0], first, first + third) / _slope(clocks[1], first, first + third)
        for first in (begin, end - third)
    )
    return float(late / early - 1)


def period_ratio(times: npt.ArrayLike, reference: npt.ArrayLike) -> float:
    """Return the median interval of a clock in median intervals of another.

    Raises
    ------
    UnmeasurableError
        As `rate`.
    """
    return rate(reference) / rate(times)


def delays(onsets: npt.ArrayLike, frames: npt.ArrayLike, frame_times: npt.ArrayLike) -> Floats:
    """Return the delay of each event after its frame, in seconds.

    Of stimuli this is the delay of the monitor; events on the frame itself (licks) have 0. Events without a time, or
    whose frame does not exist, are left out.

    Parameters
    ----------
    onsets, frames : array, shape (events,)
        Time in seconds and number of the frame.
    frame_times : array, shape (frames,)
        Time of each frame.

    Raises
    ------
    UnmeasurableError
        If no event has a time and a frame.
    """
    times = np.asarray(onsets, dtype=np.float64)
    if not len(times):
        raise UnmeasurableError("there are no such events")
    numbers, clock = np.asarray(frames, dtype=np.float64), np.asarray(frame_times, dtype=np.float64)
    known = np.isfinite(times) & (numbers >= 0) & (numbers < len(clock))
    if not known.any():
        raise UnmeasurableError("no event has both a time and a frame")
    return np.asarray(times[known] - clock[numbers[known].astype(np.int64)])


def covered_share(times: npt.ArrayLike, begin: float, end: float) -> float:
    """Return the share of a time span between a clock's first and last sample.

    Raises
    ------
    UnmeasurableError
        If the clock has fewer than `FEWEST` intervals, or the span is empty.
    """
    clock = _known_times(times)
    if not end > begin:
        raise UnmeasurableError("there is no span of time to cover")
    return float(np.clip(min(end, clock.max()) - max(begin, clock.min()), 0, None) / (end - begin))


def measure_clock(times: npt.ArrayLike, stream: str, object: str = "session") -> Iterator[Measurement]:
    """Yield the rows of one clock, ``clocks.<stream>_rate`` and so on.

    Parameters
    ----------
    times : array, shape (samples,)
        Timestamps in seconds.
    stream : str
        Part of the metrics' names, such as ``stimulus``.
    object : str
        Whose clock it is.
    """
    yield measure_row(f"clocks.{stream}_rate", lambda: rate(times), "Hz", object)
    yield measure_row(f"clocks.{stream}_missing", lambda: frames_missing(times), "1", object)
    yield measure_row(f"clocks.{stream}_longest_gap", lambda: longest_gap(times), "period", object)
    yield measure_row(f"clocks.{stream}_jitter", lambda: jitter(times), "s", object)
    yield measure_row(f"clocks.{stream}_steps_back", lambda: steps_back(times), "1", object)


def measure_two_clocks(
    imaging: npt.ArrayLike, stimulus: npt.ArrayLike, span: tuple[float, float] | None, plane: str
) -> Iterator[Measurement]:
    """Yield the rows ``clocks.*`` of a plane's imaging against the stimulus.

    Parameters
    ----------
    imaging, stimulus : array, shape (frames,) and (stimulus frames,)
        Timestamps in seconds.
    span : tuple of float, or None
        Begin and end of what was shown, in seconds; None where nothing was.
    plane : str
        Name of the plane.
    """
    yield measure_row("clocks.imaging_per_stimulus", lambda: period_ratio(imaging, stimulus), "1", plane)
    yield measure_row(
        "clocks.imaging_drift", lambda: clock_drift(imaging, stimulus), "1", plane, "last third against the first"
    )
    yield measure_row("clocks.imaging_covers", lambda: covered_share(imaging, *(span or (0.0, 0.0))), "1", plane)


def measure_delays(onsets: npt.ArrayLike, frames: npt.ArrayLike, frame_times: npt.ArrayLike) -> Iterator[Measurement]:
    """Yield the rows ``clocks.monitor_delay*``, with arguments as in `delays`."""
    found = cache(lambda: delays(onsets, frames, frame_times))
    yield measure_row("clocks.monitor_delay", lambda: float(np.median(found())), "s")
    yield measure_row("clocks.monitor_delay_spread", lambda: float(np.ptp(found())), "s")


def _known_times(times: npt.ArrayLike) -> Floats:
    clock = np.asarray(times, dtype=np.float64)
    if not len(clock):
        raise UnmeasurableError("there are no timestamps")
    clock = clock[np.isfinite(clock)]
    if len(clock) <= FEWEST:
        raise UnmeasurableError(f"{len(clock)} timestamps, more than {FEWEST} are needed")
    return clock


def _period(intervals: Floats) -> float:
    period = float(np.median(intervals))
    if not period > 0:
        raise UnmeasurableError("the median interval of the timestamps is not positive")
    return period


def _slope(clock: Floats, begin: float, end: float) -> float:
    """Return a clock's period in a time span, from all samples there."""
    there = clock[(clock >= begin) & (clock <= end)]
    if len(there) <= FEWEST:
        raise UnmeasurableError(f"{len(there)} timestamps in a third of the session, more than {FEWEST} are needed")
    intervals = np.diff(there)
    numbers = np.concatenate([[0], np.cumsum(np.maximum(np.round(intervals / _period(intervals)), 1))])
    return float(stats.linregress(numbers, there).slope)
