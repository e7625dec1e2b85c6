"""Usable traces of a plane, and their medians over time windows."""

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import stats

from nwbgate.qc.unmeasurable import UnmeasurableError

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


def usable(traces: npt.ArrayLike) -> Mask:
    """Return which cells have finite, varying traces.

    Parameters
    ----------
    traces : array, shape (frames, cells)
        In any unit.

    Returns
    -------
    array of bool, shape (cells,)
    """
    values = _matrix(traces)
    if not len(values):
        return np.zeros(values.shape[1], dtype=bool)
    low, high = values.min(axis=0), values.max(axis=0)
    return np.asarray(np.isfinite(low) & np.isfinite(high) & (high > low))


def usable_traces(traces: npt.ArrayLike) -> Floats:
    """Return the traces of usable cells, float64, shape (frames, cells).

    Raises
    ------
    UnmeasurableError
        If there is no cell, or none that is usable.
    """
    values = _matrix(traces)
    if not values.size:
        raise UnmeasurableError(f"there are no traces: {values.shape[1]} cells of {values.shape[0]} frames")
    kept = usable(values)
    if not kept.any():
        raise UnmeasurableError(f"none of {len(kept)} cells has a finite, varying trace")
    return values if kept.all() else values[:, kept]


def window_medians(values: npt.ArrayLike, times: npt.ArrayLike, windows: int) -> tuple[Floats, Floats]:
    """Return middle times (s) and medians of equal time windows with samples.

    Parameters
    ----------
    values, times : array, shape (samples,)
        The samples and their times in seconds; pairs with a missing value are left out.
    windows : int
        Into how many windows the time is cut.

    Raises
    ------
    UnmeasurableError
        If lengths differ, or fewer than half of the windows have a sample.
    """
    series, clock = np.asarray(values, dtype=np.float64), np.asarray(times, dtype=np.float64)
    if series.shape != clock.shape:
        raise UnmeasurableError(f"{len(series)} samples have {len(clock)} timestamps")
    known = np.isfinite(series) & np.isfinite(clock)
    if known.sum() < windows or np.ptp(clock[known]) <= 0:
        raise UnmeasurableError(f"{known.sum()} samples in time, at least {windows} are needed")
    found: Any = stats.binned_statistic(clock[known], series[known], "median", bins=windows)
    middles, filled = (found.bin_edges[1:] + found.bin_edges[:-1]) / 2, np.isfinite(found.statistic)
    if filled.sum() < windows / 2:
        raise UnmeasurableError(f"{filled.sum()} of {windows} windows of time have a sample")
    return middles[filled], found.statistic[filled]


def _matrix(traces: npt.ArrayLike) -> Floats:
    values = np.asarray(traces, dtype=np.float64)
    if values.ndim != 2:
        raise UnmeasurableError(f"traces are frames x cells, these have {values.ndim} dimensions")
    return values
