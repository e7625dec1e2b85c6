"""Signal and noise of dF/F, and the share of active cells."""

from collections.abc import Iterator
from functools import cache, partial

import numpy as np
import numpy.typing as npt
from scipy import stats

from nwbgate.qc.measurement import Measurement
from nwbgate.qc.metrics.imaging.traces import Floats, usable, usable_traces
from nwbgate.qc.unmeasurable import UnmeasurableError, measure_row

#: Standard deviations above the median that a transient must keep, and for how many frames: 3 frames of white noise
#: above 4 are met once in 3e13.
TRANSIENT, TRANSIENT_FRAMES = 4.0, 3
#: Percentile of dF/F that is called the signal.
SIGNAL = 99.0
_STEPS = "most frames of every cell equal the previous one, so there is no noise"


def frame_noise(dff: npt.ArrayLike) -> Floats:
    """Return the dF/F noise of each usable cell (standard deviation per frame), shape (cells,).

    median(abs(diff)) / 0.6745 / sqrt(2) (`scipy.stats.median_abs_deviation` around 0), which slow signals and rare
    transients do not move. 0.05 to 0.06 at 31 Hz is usual in the Brain Observatory.

    Parameters
    ----------
    dff : array, shape (frames, cells)
        dF/F without unit.

    Raises
    ------
    UnmeasurableError
        If no cell is usable, or there are fewer than 3 frames.
    """
    traces = usable_traces(dff)
    if len(traces) < 3:
        raise UnmeasurableError(f"{len(traces)} frames, at least 3 are needed")
    spread = partial(stats.median_abs_deviation, center=lambda values, axis: 0.0, scale="normal")
    return np.array([spread(np.diff(trace)) / 2**0.5 for trace in traces.T], dtype=np.float64)


def noise_density(dff: npt.ArrayLike, times: npt.ArrayLike, noise: Floats | None = None) -> float:
    """Return the median over cells of `frame_noise` / sqrt(frame rate), in 1/sqrt(Hz).

    Divided by the square root of the rate, planes of 11 and 31 Hz can be compared (Rupprecht et al. 2021,
    doi:10.1038/s41593-021-00895-5, who give median(abs(diff)) / sqrt(rate) in percent: 95.4 times this one).

    Parameters
    ----------
    dff, times : array, shape (frames, cells) and (frames,)
        dF/F, and seconds.
    noise : array, shape (cells,), optional
        The `frame_noise`, where it is known already.

    Raises
    ------
    UnmeasurableError
        If no cell is usable, or the times do not increase.
    """
    noise = frame_noise(dff) if noise is None else noise
    return float(np.median(noise) / np.sqrt(_rate(times)))


def signal_to_noise(dff: npt.ArrayLike, noise: Floats | None = None) -> float:
    """Return the median signal-to-noise ratio over cells; 2.3 for pure noise.

    Parameters
    ----------
    dff : array, shape (frames, cells)
        dF/F without unit.
    noise : array, shape (cells,), optional
        The `frame_noise`, where it is known already.

    Raises
    ------
    UnmeasurableError
        If no cell is usable, or has noise.
    """
    traces, noise = usable_traces(dff), frame_noise(dff) if noise is None else noise
    median, high = np.transpose([np.percentile(trace, [50, SIGNAL]) for trace in traces.T])
    noisy = noise > 0
    if not noisy.any():
        raise UnmeasurableError(_STEPS)
    return float(np.median((high - median)[noisy] / noise[noisy]))


def active_cells(dff: npt.ArrayLike, noise: Floats | None = None) -> float:
    """Return the share of usable, noisy cells with a transient, 0 to 1.

    A transient is `TRANSIENT_FRAMES` frames in a row more than `TRANSIENT` times the `frame_noise` above the median.

    Parameters
    ----------
    dff : array, shape (frames, cells)
        dF/F without unit.
    noise : array, shape (cells,), optional
        The `frame_noise`, where it is known already.

    Raises
    ------
    UnmeasurableError
        If no cell is usable, or has noise, or there are fewer than 3 frames.
    """
    traces, noise = usable_traces(dff), frame_noise(dff) if noise is None else noise
    noisy = noise > 0
    if not noisy.any():
        raise UnmeasurableError(_STEPS)
    high = (traces > np.array([np.median(trace) for trace in traces.T]) + TRANSIENT * noise)[:, noisy]
    kept = [high[shift : len(high) - TRANSIENT_FRAMES + 1 + shift] for shift in range(TRANSIENT_FRAMES)]
    return float(np.mean(np.logical_and.reduce(kept).any(axis=0)))


def unusable_cells(dff: npt.ArrayLike) -> float:
    """Return the share of cells with a constant or incomplete trace, 0 to 1.

    Raises
    ------
    UnmeasurableError
        If there is no cell.
    """
    kept = usable(dff)
    if not len(kept):
        raise UnmeasurableError("there are no cells")
    return float(1 - kept.mean())


def measure_activity(dff: npt.ArrayLike, times: npt.ArrayLike, plane: str) -> Iterator[Measurement]:
    """Yield the rows ``activity.*`` of a plane.

    Parameters
    ----------
    dff, times : array, shape (frames, cells) and (frames,)
        dF/F, and seconds.
    plane : str
        Name of the plane.
    """
    noise = cache(lambda: frame_noise(dff))
    yield measure_row("activity.noise", lambda: noise_density(dff, times, noise()), "1/sqrt(Hz)", plane)
    yield measure_row("activity.frame_noise", lambda: float(np.median(noise())), "1", plane)
    yield measure_row("activity.signal_to_noise", lambda: signal_to_noise(dff, noise()), "1", plane)
    yield measure_row("activity.active_cells", lambda: active_cells(dff, noise()), "1", plane)
    yield measure_row("activity.unusable_cells", lambda: unusable_cells(dff), "1", plane)


def _rate(times: npt.ArrayLike) -> float:
    clock = np.asarray(times, dtype=np.float64)
    interval = float(np.median(np.diff(clock))) if len(clock) > 1 else np.nan
    if not interval > 0:
        raise UnmeasurableError("the timestamps have no frame rate")
    return 1 / interval
