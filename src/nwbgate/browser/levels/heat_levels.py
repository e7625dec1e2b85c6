"""Levels of a heatmap: maxima of ever longer bins, as bytes."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from nwbgate.browser.levels.disk_cache import DiskCache
from nwbgate.browser.levels.extremes import FACTOR, level_count
from nwbgate.browser.tracks.track import Heatmap

Array = np.ndarray[Any, np.dtype[Any]]

#: Columns of a tile: few, so that the ends of a window bring little that is not seen.
TILE = 192
#: Share of the values, in percent, below the darkest and below the brightest colour.
_DARKEST, _BRIGHTEST = 1.0, 99.7
#: Values of which these shares are taken; all of a large matrix would be sorted for a second.
_SAMPLE = 10**5


@dataclass(frozen=True)
class Colours:
    """Values of the darkest and the brightest color, in the track's unit."""

    low: float
    high: float


class HeatLevels:
    """A heatmap in bytes: 0 for missing, 1 to 255 for lowest to highest.

    A bin shows the largest value of its frames, so that no event is lost from afar.

    Parameters
    ----------
    track : Heatmap
        The values.
    cache : DiskCache
        Where the bytes are kept.
    """

    def __init__(self, track: Heatmap, cache: DiskCache) -> None:
        self.times = np.asarray(track.times(), np.float64)
        shape, name = (len(track.rows), len(self.times)), track.source
        kept = cache.load(name, shape, "|u1")
        limits = cache.load(f"{name} colours", (2,), "<f8")
        self._cache, self._name, self._is_kept = cache, name, kept is not None and limits is not None
        if kept is None or limits is None:
            matrix = track.matrix().T
            limits = _limits(matrix)
            kept = _as_bytes(matrix, limits)
        self.colours = Colours(float(limits[0]), float(limits[1]))
        self.levels = [kept]
        for _ in range(1, level_count(shape[1])):
            self.levels.append(_coarser(self.levels[-1]))

    @property
    def count(self) -> int:
        """Number of levels."""
        return len(self.levels)

    def build_next(self) -> bool:
        """Keep the bytes on disk, unless they are; nothing is left to be built."""
        if not self._is_kept:
            self._cache.save(self._name, self.levels[0])
            self._cache.save(f"{self._name} colours", np.array([self.colours.low, self.colours.high]))
            self._is_kept = True
        return False

    @cached_property
    def period(self) -> float:
        """Median interval of the frames in seconds; 1 for fewer than two."""
        return float(np.median(np.diff(self.times))) if len(self.times) > 1 else 1.0

    def tile(self, level: int, number: int) -> tuple[Array, Array, Array]:
        """Return a tile's bytes, shape (rows, columns), with the times of its columns.

        Raises
        ------
        IndexError
            If the level or tile does not exist.
        """
        if not (0 <= level < self.count and 0 <= number * TILE < max(self.levels[level].shape[1], 1)):
            raise IndexError(f"tile {number} of level {level}")
        columns = self.levels[level][:, number * TILE : (number + 1) * TILE]
        size = FACTOR**level
        first = np.arange(number * TILE, number * TILE + columns.shape[1]) * size
        last = np.minimum(first + size, len(self.times)) - 1
        return columns, self.times[first], self.times[last] + self.period


def _limits(matrix: Array) -> Array:
    values = matrix.ravel()[:: max(1, matrix.size // _SAMPLE)]
    values = values[np.isfinite(values)]
    if not len(values):
        return np.array([0.0, 1.0])
    low, high = np.percentile(values, [_DARKEST, _BRIGHTEST])
    if high <= low:  # mostly one value, as events are: zero, and a few others
        low, high = values.min(), values.max()
    return np.array([low, high if high > low else low + 1.0])


def _as_bytes(matrix: Array, limits: Array) -> Array:
    """Return values as bytes, row by row to save memory."""
    found = np.empty(matrix.shape, np.uint8)
    scaled = np.empty(matrix.shape[1])
    for row, values in enumerate(matrix):
        np.subtract(values, limits[0], out=scaled)
        scaled *= 254 / (limits[1] - limits[0])
        np.fmax(scaled, -1.0, out=scaled)  # NaN becomes -1, and below all others
        scaled[np.isfinite(values) & (scaled < 0)] = 0.0
        np.minimum(scaled, 254.0, out=scaled)
        scaled += 1.0
        found[row] = scaled
    return found


def _coarser(columns: Array) -> Array:
    short = -columns.shape[1] % FACTOR
    padded = np.pad(columns, ((0, 0), (0, short)))
    first, second, third, fourth = (padded[:, part::FACTOR] for part in range(FACTOR))
    largest: Array = np.maximum(np.maximum(first, second), np.maximum(third, fourth))
    return largest
