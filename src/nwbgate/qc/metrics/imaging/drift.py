"""Drift of the intensity over a session, including bleaching."""

from collections.abc import Iterator
from functools import cache

import numpy as np
import numpy.typing as npt
from scipy import optimize, stats

from nwbgate.qc.measurement import Measurement
from nwbgate.qc.metrics.imaging.traces import Floats, usable_traces, window_medians
from nwbgate.qc.unmeasurable import UnmeasurableError, measure_row

#: Windows into which a recording is cut; their medians are insensitive to transients.
WINDOWS = 60
#: Shortest recording (s) of which a drift is told; in less, activity decides the slope.
SHORTEST = 300.0
#: Share of the fluorescence that has to be lost for its time constant to mean something.
_LOSS = 0.02
#: Slowest and fastest decay that is fitted, in time constants within the recording.
_DECAYS = (0.05, 50.0)


def mean_intensity(fluorescence: npt.ArrayLike) -> Floats:
    """Return the mean over usable cells in each frame, shape (frames,).

    Parameters
    ----------
    fluorescence : array, shape (frames, cells)
        Fluorescence before it is divided by a baseline.

    Raises
    ------
    UnmeasurableError
        If no cell is usable.
    """
    return np.asarray(usable_traces(fluorescence).mean(axis=1), dtype=np.float64)


def intensity_change(intensity: npt.ArrayLike, times: npt.ArrayLike) -> float:
    """Return the intensity change over the recording, relative to its median.

    The Theil-Sen slope (`scipy.stats.theilslopes`) of the medians of `WINDOWS` windows, times the duration.

    Parameters
    ----------
    intensity, times : array, shape (frames,)
        Mean fluorescence and seconds.

    Raises
    ------
    UnmeasurableError
        If the recording is shorter than `SHORTEST`, or its median is not positive.
    """
    middles, medians = _windows(intensity, times)
    slope = stats.theilslopes(medians, middles).slope
    return float(slope * _duration(times) / np.median(medians))


def intensity_slope(intensity: npt.ArrayLike, times: npt.ArrayLike) -> float:
    """Return `intensity_change` per hour (1/h)."""
    return intensity_change(intensity, times) * 3600 / _duration(times)


def bleaching(intensity: npt.ArrayLike, times: npt.ArrayLike) -> tuple[float, float]:
    """Return the bleached share of intensity, and its time constant in seconds.

    Least squares (`scipy.optimize.curve_fit`) of F(t) = F0 (1 - loss (1 - exp(-t / tau)) / (1 - exp(-T / tau))) to the
    medians of `WINDOWS` windows, T being the duration; tau lies between T / 50 and 20 T, where the curve is straight.

    Parameters
    ----------
    intensity, times : array, shape (frames,)
        Mean fluorescence and seconds.

    Returns
    -------
    loss : float
        0: none; 0.2: a fifth is gone; negative: it became brighter.
    time_constant : float
        Seconds; infinite where less than 2 % is lost.

    Raises
    ------
    UnmeasurableError
        If the recording is shorter than `SHORTEST`, its median is not positive, or the fit does not converge.
    """
    middles, medians = _windows(intensity, times)
    clock, duration = np.asarray(times, dtype=np.float64), _duration(times)
    elapsed, relative = (middles - np.nanmin(clock)) / duration, medians / np.median(medians)
    bounds = ([0, -np.inf, _DECAYS[0]], [np.inf, np.inf, _DECAYS[1]])
    first = max(float(relative[0]), 0.0)  # a shutter that opens late gives 0, a subtracted neuropil less
    start = (first, 1 - relative[-1] / first if first else 0.0, 3.0)
    try:
        (_, loss, decays), _ = optimize.curve_fit(_decay, elapsed, relative, start, bounds=bounds)
    except RuntimeError as error:
        raise UnmeasurableError(f"the exponential fit failed: {error}") from error
    return float(loss), float(duration / decays) if loss > _LOSS else np.inf


def cells_apart(fluorescence: npt.ArrayLike) -> float:
    """Return the median deviation of cells from the common change (0: all change alike).

    For each cell, the change between the medians of the first and the last tenth of the frames, relative to the first;
    of that, the distance from the median cell. A shift in depth moves some cells out of focus and others into it, while
    bleaching and laser power change all alike. An indicator of z-drift, no measure of it: judgement by nwbgate.

    Parameters
    ----------
    fluorescence : array, shape (frames, cells)
        Fluorescence before it is divided by a baseline.

    Raises
    ------
    UnmeasurableError
        If fewer than 3 cells are usable and have a positive fluorescence, or there are fewer than 100 frames.
    """
    traces = usable_traces(fluorescence)
    tenth = len(traces) // 10
    if tenth < 10:
        raise UnmeasurableError(f"{len(traces)} frames, at least 100 are needed")
    first, last = np.median(traces[:tenth], axis=0), np.median(traces[-tenth:], axis=0)
    positive = first > 0
    if positive.sum() < 3:
        raise UnmeasurableError(f"{positive.sum()} cells with a positive fluorescence, at least 3 are needed")
    change = last[positive] / first[positive] - 1
    return float(np.median(np.abs(change - np.median(change))))


def measure_drift(fluorescence: npt.ArrayLike, times: npt.ArrayLike, plane: str) -> Iterator[Measurement]:
    """Yield the rows ``drift.*`` of a plane.

    Parameters
    ----------
    fluorescence : array, shape (frames, cells)
        Demixed fluorescence; where there is none, any before the division by a baseline.
    times : array, shape (frames,)
        Seconds.
    plane : str
        Name of the plane.
    """
    mean = cache(lambda: mean_intensity(fluorescence))
    yield measure_row("drift.intensity_change", lambda: intensity_change(mean(), times), "1", plane)
    yield measure_row("drift.intensity_slope", lambda: intensity_slope(mean(), times), "1/h", plane)
    yield measure_row("drift.bleached", lambda: bleaching(mean(), times)[0], "1", plane)
    yield measure_row("drift.bleaching_time", lambda: _time_constant(mean(), times), "s", plane)
    yield measure_row(
        "drift.cells_apart", lambda: cells_apart(fluorescence), "1", plane, "last tenth against the first"
    )


def _time_constant(intensity: npt.ArrayLike, times: npt.ArrayLike) -> float:
    loss, seconds = bleaching(intensity, times)
    if not np.isfinite(seconds):
        raise UnmeasurableError(f"{loss:.1%} of the fluorescence is lost; below {_LOSS:.0%} there is no time constant")
    return seconds


def _decay(elapsed: Floats, start: float, loss: float, decays: float) -> Floats:
    return np.asarray(start * (1 - loss * np.expm1(-decays * elapsed) / np.expm1(-decays)))


def _duration(times: npt.ArrayLike) -> float:
    clock = np.asarray(times, dtype=np.float64)
    return float(np.nanmax(clock) - np.nanmin(clock))


def _windows(intensity: npt.ArrayLike, times: npt.ArrayLike) -> tuple[Floats, Floats]:
    middles, medians = window_medians(intensity, times, WINDOWS)
    if _duration(times) < SHORTEST:
        raise UnmeasurableError(f"{_duration(times):.0f} s of imaging, at least {SHORTEST:.0f} s are needed")
    if np.median(medians) <= 0:
        raise UnmeasurableError("the mean fluorescence is not positive")
    return middles, medians
