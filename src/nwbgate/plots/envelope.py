"""Downsampling of long traces for drawing that keeps every spike visible."""

from typing import Any

import numpy as np

from nwbgate.algorithms.extremes import extremes, stretch_starts

Array = np.ndarray[Any, np.dtype[np.float64]]

#: Pairs of points that a trace is drawn with: more than the pixels of a wide screen.
BINS = 4000


def envelope(times: Array, values: Array, bins: int = BINS) -> tuple[Array, Array]:
    """Return a short trace unchanged, a long one as the extremes of its bins.

    Parameters
    ----------
    times, values : array of float64, shape (samples,)
        The trace.
    bins : int
        Number of stretches. A trace of at most twice as many samples is returned as it is.

    Returns
    -------
    times, values : array of float64, shape (at most 2 * bins,)
        Lowest and highest value of each stretch, both at the time of its first sample. NaN is passed over; a stretch
        of NaN alone is NaN.
    """
    if len(values) <= 2 * bins:
        return times, values
    starts = stretch_starts(len(values), bins)
    return np.repeat(times[starts], 2), np.stack(extremes(values, starts), axis=1).ravel()


def part_within(times: Array, values: Array, window: tuple[float, float] | None) -> tuple[Array, Array]:
    """Return the part of a trace inside a window in seconds, ends included."""
    if window is None:
        return times, values
    first, last = np.searchsorted(times, window[0]), np.searchsorted(times, window[1], side="right")
    return times[first:last], values[first:last]
