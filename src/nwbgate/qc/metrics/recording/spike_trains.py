"""Spike times alone: number, order, range, sampling grid, refractory period."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import stats

from nwbgate.qc.measurement import Measurement
from nwbgate.qc.unmeasurable import UnmeasurableError, measure_row

Floats = npt.NDArray[np.float64]

#: Seconds within which one neuron does not fire twice; the shortest interval of 80 published recordings is 1.98 ms.
REFRACTORY = 2e-3
#: Seconds by which an interval of that very length may fall short in floating-point numbers.
_ROUNDING = 1e-9
#: Part of a sampling period by which a time may miss the grid: rounding, not measurement.
OFF_GRID = 0.01
#: Seconds of the windows in which spikes are counted for the rate (Ledochowitsch et al. 2019).
RATE_WINDOW = 1.0


def out_of_order(spikes: npt.ArrayLike) -> float:
    """Return the share of spikes not later than the previous one.

    Parameters
    ----------
    spikes : array, shape (spikes,)
        Times in seconds.
    """
    steps = np.diff(np.asarray(spikes, dtype=np.float64))
    return float(np.mean(~(steps > 0))) if len(steps) else 0.0


def outside(spikes: npt.ArrayLike, start: float, stop: float) -> float:
    """Return the share of spikes outside ``start`` to ``stop`` (s); NaN counts as outside.

    Parameters
    ----------
    spikes : array, shape (spikes,)
        Times in seconds.
    start, stop : float
        Begin and end of the recording in seconds.

    Raises
    ------
    UnmeasurableError
        Without spikes.
    """
    times = enough_spikes(spikes)
    return float(np.mean(~((times >= start) & (times <= stop))))


def off_grid(spikes: npt.ArrayLike, period: float, start: float = 0.0) -> float:
    """Return the share of spikes off the sampling grid.

    Parameters
    ----------
    spikes : array, shape (spikes,)
        Times in seconds.
    period, start : float
        Sampling period and time of the first sample, in seconds.

    Raises
    ------
    UnmeasurableError
        Without spikes.
    """
    places = (enough_spikes(spikes) - start) / period
    return float(np.mean(~(np.abs(places - np.round(places)) <= OFF_GRID)))


def refractory_violations(spikes: npt.ArrayLike) -> float:
    """Return the share of inter-spike intervals shorter than 2 ms.

    Parameters
    ----------
    spikes : array, shape (spikes,)
        Times in seconds.

    Raises
    ------
    UnmeasurableError
        With fewer than two spikes.
    """
    return float(np.mean(_intervals(spikes) < REFRACTORY - _ROUNDING))


def shortest_interval(spikes: npt.ArrayLike) -> float:
    """Return the shortest inter-spike interval in seconds.

    Parameters
    ----------
    spikes : array, shape (spikes,)
        Times in seconds.
    """
    return float(_intervals(spikes).min())


def lognormal_spread(spikes: npt.ArrayLike) -> float:
    """Return the standard deviation of the natural logarithm of the inter-spike intervals.

    Parameters
    ----------
    spikes : array, shape (spikes,)
        Times in seconds.
    """
    intervals = _intervals(spikes)
    return float(np.log(intervals[intervals > 0]).std())


def rates(spikes: npt.ArrayLike, start: float, stop: float) -> Floats:
    """Return the firing rate in each whole second in hertz, shape (seconds,).

    Parameters
    ----------
    spikes : array, shape (spikes,)
        Times in seconds.
    start, stop : float
        Begin and end of the recording in seconds.

    Raises
    ------
    UnmeasurableError
        If the recording has fewer than three of them.
    """
    if not np.isfinite(stop - start):
        raise UnmeasurableError("the times of the recording are unknown")
    windows = int((stop - start) // RATE_WINDOW)
    if windows < 3:
        raise UnmeasurableError(f"the recording has {windows} whole seconds, at least 3 are needed")
    edges = start + RATE_WINDOW * np.arange(windows + 1)
    counts, _ = np.histogram(np.asarray(spikes, dtype=np.float64), edges)
    return counts / RATE_WINDOW


def trend(values: npt.ArrayLike, times: npt.ArrayLike) -> tuple[float, float]:
    """Return slope per second and r² of a line through values over time.

    Parameters
    ----------
    values : array, shape (values,)
        In any unit.
    times : array, shape (values,)
        Times in seconds.

    Raises
    ------
    UnmeasurableError
        With fewer than three values, or times that do not vary.
    """
    y, x = np.asarray(values, dtype=np.float64), np.asarray(times, dtype=np.float64)
    if len(y) < 3:
        raise UnmeasurableError(f"{len(y)} values, at least 3 are needed for a trend")
    if not np.ptp(x):
        raise UnmeasurableError("all values have the same time")
    line: Any = stats.linregress(x, y)
    return float(line.slope), 0.0 if not np.ptp(y) else float(line.rvalue) ** 2


def variation(values: npt.ArrayLike) -> float:
    """Return the coefficient of variation, standard deviation over mean.

    Parameters
    ----------
    values : array, shape (values,)
        In any unit.

    Raises
    ------
    UnmeasurableError
        With fewer than two values, or a mean of zero.
    """
    found = np.asarray(values, dtype=np.float64)
    if len(found) < 2 or not found.mean():
        raise UnmeasurableError(f"{len(found)} values, at least 2 with a mean that is not zero are needed")
    return float(stats.variation(found))


def measure_spike_train(spikes: Floats, period: float, start: float, stop: float) -> Iterator[Measurement]:
    """Measure the spike times of a recording, in seconds.

    A spike without a time is outside of the recording; all else is measured of those that have one.

    Parameters
    ----------
    spikes : array, shape (spikes,)
        Times in seconds.
    period : float
        Sampling period in seconds.
    start, stop : float
        Begin and end of the recording in seconds.
    """
    told, spikes = spikes, spikes[np.isfinite(spikes)]
    yield Measurement("spikes.count", len(spikes), object="recording")
    for name, compute, unit in (
        ("spikes.out_of_order", lambda: out_of_order(spikes), "1"),
        ("spikes.outside", lambda: outside(told, start, stop), "1"),
        ("spikes.off_grid", lambda: off_grid(spikes, period, start), "1"),
        ("spikes.isi_below_2ms", lambda: refractory_violations(spikes), "1"),
        ("spikes.shortest_isi", lambda: shortest_interval(spikes), "s"),
        ("spikes.isi_lognormal_spread", lambda: lognormal_spread(spikes), "1"),
        ("spikes.rate", lambda: float(rates(spikes, start, stop).mean()), "Hz"),
        ("spikes.rate_variation", lambda: variation(rates(spikes, start, stop)), "1"),
        ("spikes.rate_slope", lambda: _rate_trend(spikes, start, stop)[0], "Hz/s"),
        ("spikes.rate_r2", lambda: _rate_trend(spikes, start, stop)[1], "1"),
    ):
        yield measure_row(name, compute, unit, "recording")


def _rate_trend(spikes: Floats, start: float, stop: float) -> tuple[float, float]:
    found = rates(spikes, start, stop)
    return trend(found, np.arange(len(found)) * RATE_WINDOW)


def enough_spikes(spikes: npt.ArrayLike, least: int = 1) -> Floats:
    """Return spike times as float64, checking their number.

    Raises
    ------
    UnmeasurableError
        If there are fewer than `least`.
    """
    times = np.asarray(spikes, dtype=np.float64)
    if len(times) < least:
        raise UnmeasurableError(f"{len(times)} spikes, at least {least} are needed")
    return times


def _intervals(spikes: npt.ArrayLike) -> Floats:
    return np.diff(np.sort(enough_spikes(spikes, 2)))
