"""Minimum and maximum of bins of samples, from fine to coarse levels.

Missing values (NaN) do not hide their neighbours: a bin is NaN only where all its samples are. A bin without samples is
NaN too, so that a gap of the recording is a gap of the picture.
"""

from typing import Any

import numpy as np

Bins = np.ndarray[Any, np.dtype[np.float64]]
Vector = np.ndarray[Any, np.dtype[np.float64]]

#: Samples of a bin of the finest level, and bins of a level that make one of the next.
BIN, FACTOR = 32, 4
#: Samples reduced at once. Their transposed copy stays in the cache of a core: 4 ns a sample against 10 without.
_BLOCK = 2**15
#: A level of at most so many bins is the coarsest.
_COARSEST = 2048


def of_samples(values: Vector) -> Bins:
    """Return minimum and maximum of every `BIN` samples, shape (bins, 2)."""
    found = np.empty((-(-len(values) // BIN), 2))
    for start in range(0, len(values), _BLOCK):
        found[start // BIN : (start + _BLOCK) // BIN] = _of_block(values[start : start + _BLOCK])
    return found


def _of_block(values: Vector) -> Bins:
    short = -len(values) % BIN
    if short:
        values = np.concatenate([values, np.full(short, np.nan)])
    columns = np.ascontiguousarray(values.reshape(-1, BIN).T)
    return np.stack([np.fmin.reduce(columns, 0), np.fmax.reduce(columns, 0)], 1)


def of_times(values: Vector, times: Vector, start: float, width: float, bins: int) -> Bins:
    """Return minimum and maximum of bins of equal time, shape (bins, 2).

    Parameters
    ----------
    values, times : array of float64, shape (samples,)
        Samples in ascending order of time.
    start, width : float
        Start of the first bin and width of each, in seconds. Bin ``i`` holds the samples at ``start + i * width`` and
        later, up to and without ``start + (i + 1) * width``.
    bins : int
        Number of bins.
    """
    found = np.full((bins, 2), np.nan)
    edges = np.searchsorted(times, start + np.arange(bins + 1) * width)
    filled = np.flatnonzero(np.diff(edges))
    if len(filled):
        inside = values[: edges[-1]]
        found[filled, 0] = np.fmin.reduceat(inside, edges[filled])
        found[filled, 1] = np.fmax.reduceat(inside, edges[filled])
    return found


def rounded_outwards(bins: Bins) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Return bins as float32 that still hold all their samples."""
    with np.errstate(over="ignore"):  # what is beyond float32 becomes infinite, which holds it
        short = bins.astype(np.float32)
    low, high = short[:, 0], short[:, 1]
    return np.stack(
        [
            np.where(low > bins[:, 0], np.nextafter(low, np.float32(-np.inf)), low),
            np.where(high < bins[:, 1], np.nextafter(high, np.float32(np.inf)), high),
        ],
        axis=1,
    )


def coarser(bins: Bins) -> Bins:
    """Return the next coarser level: every `FACTOR` bins as one."""
    short = -len(bins) % FACTOR
    padded = np.concatenate([bins, np.full((short, 2), np.nan)]) if short else bins
    quads = padded.reshape(-1, FACTOR, 2)
    return np.stack([np.fmin.reduce(quads[:, :, 0], 1), np.fmax.reduce(quads[:, :, 1], 1)], 1)


def level_count(bins: int) -> int:
    """Return the number of levels of a trace, given its finest bins."""
    levels = 1
    while bins > _COARSEST:
        bins, levels = -(-bins // FACTOR), levels + 1
    return levels
