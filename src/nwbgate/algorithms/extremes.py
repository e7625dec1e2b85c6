"""Extremes of a long trace's stretches, which keep every peak in plots."""

from typing import Any

import numpy as np

Vector = np.ndarray[Any, np.dtype[np.float64]]
Places = np.ndarray[Any, np.dtype[np.intp]]


def stretch_starts(length: int, stretches: int) -> Places:
    """Return the first sample of each of so many stretches of equal length.

    Parameters
    ----------
    length : int
        Number of samples, at least that of the stretches.
    stretches : int
        Number of stretches.

    Returns
    -------
    ndarray of intp, shape (stretches,)
    """
    return np.linspace(0, length, stretches, endpoint=False).astype(np.intp)


def extremes(values: Vector, starts: Places) -> tuple[Vector, Vector]:
    """Return the lowest and the highest value of each stretch.

    Parameters
    ----------
    values : ndarray of float64, shape (samples,)
        The trace. NaN are passed over, without a copy of it.
    starts : ndarray of intp, shape (stretches,)
        As of `stretch_starts`.

    Returns
    -------
    low, high : ndarray of float64, shape (stretches,)
        NaN where a stretch holds nothing but NaN.
    """
    return np.fmin.reduceat(values, starts), np.fmax.reduceat(values, starts)
