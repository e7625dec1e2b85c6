"""Downsampling of long traces for pictures."""

from typing import Any

import numpy as np

from nwbgate.algorithms.extremes import extremes, stretch_starts

Vector = np.ndarray[Any, np.dtype[np.float64]]


def envelope(values: Vector, times: Vector, columns: int) -> tuple[Vector, Vector, Vector]:
    """Return minimum and maximum in each of `columns` equal bins, which keeps peaks.

    Parameters
    ----------
    values, times : ndarray of float64, shape (samples,)
        A trace and its times in seconds.
    columns : int
        Number of stretches; a shorter trace is returned as it is.

    Returns
    -------
    times, low, high : ndarray of float64, shape (columns,)
        Time of the first sample of each stretch; NaN where a stretch holds nothing but NaN.
    """
    if len(values) <= columns:
        return times, values, values
    starts = stretch_starts(len(values), columns)
    return times[starts], *extremes(values, starts)


def bin_means(values: Vector, times: Vector, columns: int) -> tuple[Vector, Vector]:
    """Return the mean of each of `columns` equal bins, with its first time.

    Parameters
    ----------
    values, times : ndarray of float64, shape (samples,)
        A trace and its times in seconds. NaN are passed over.
    columns : int
        Number of stretches; a shorter trace is returned as it is.
    """
    if len(values) <= columns:
        return times, values
    starts = stretch_starts(len(values), columns)
    there = np.isfinite(values)
    sums = np.add.reduceat(np.where(there, values, 0.0), starts)
    counts = np.add.reduceat(there.astype(np.float64), starts)
    means = np.divide(sums, counts, out=np.full(len(starts), np.nan), where=counts > 0)
    return times[starts], means


def thin_out(values: Vector, most: int) -> Vector:
    """Return at most `most` evenly spaced values or rows."""
    return values if len(values) <= most else values[np.linspace(0, len(values) - 1, most).astype(np.intp)]


def small_image(image: np.ndarray[Any, Any], pixels: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return an image reduced by block means to `pixels` on its longer side.

    A side that is shorter than a block becomes one pixel.

    Parameters
    ----------
    image : ndarray, shape (rows, columns)
        Any numbers.
    pixels : int
        Longest side of the result.
    """
    longest = -(-max(image.shape) // pixels)
    (high, wide) = (max(1, min(longest, side)) for side in image.shape)
    rows, columns = image.shape[0] // high, image.shape[1] // wide
    whole = np.asarray(image[: rows * high, : columns * wide], dtype=np.float64)
    blocks = whole.reshape(rows, high, columns, wide)
    reduced: np.ndarray[Any, np.dtype[np.float64]] = blocks.mean(axis=(1, 3))
    return reduced
