"""Levels of one trace: built in parts around the current view, and cached."""

from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np

from nwbgate.browser.levels import extremes
from nwbgate.browser.levels.disk_cache import DiskCache
from nwbgate.browser.levels.extremes import BIN, FACTOR, Bins
from nwbgate.browser.tracks.samples import Samples, extent

#: Bins of a tile, as it is sent: 64 KB.
TILE = 4096
#: Samples that are read and reduced at once: 2 MB of float64.
_PART = 2**18
#: Parts up to which a trace is read when it is opened.
_AT_ONCE = 2
#: Level that is computed when it is asked for, a tile in a millisecond: a fifth of the memory of all levels.
_DERIVED = 1
#: Of a file on a server a coarse view reads one part in so many, and the parts are small.
_SPARSE, _REMOTE_PART = 20, 2**15
#: Samples with timestamps have at most one bin for so many, however uneven they are.
_FEWEST = 4


@dataclass(frozen=True)
class Grid:
    """Bins of the finest level in time.

    Attributes
    ----------
    start, width : float
        Start of the first bin and width of each, in seconds.
    bins : int
        Number of bins.
    """

    start: float
    width: float
    bins: int


def grid_of(samples: Samples) -> Grid:
    """Return the bins of a trace: equal counts, or equal times for irregular samples."""
    count = len(samples)
    if samples.clock:
        return Grid(samples.clock.start, samples.clock.period * BIN, -(-count // BIN))
    if count < 2:
        return Grid(extent(samples)[0], 1.0, count)
    first, last = extent(samples)
    steps = np.diff(samples.times(0, count))
    usual = float(np.median(steps[steps > 0])) if (steps > 0).any() else 1.0
    width = max(usual * BIN, (last - first) / max(count // _FEWEST, 1)) or 1.0
    bins = int((last - first) // width) + 1
    return Grid(
        first, width, bins if first + bins * width > last else bins + 1
    )  # rounding must not lose the last sample


class Levels:
    """Minimum and maximum of a trace in bins of 32, 128, 512 ... samples.

    Parameters
    ----------
    samples : Samples
        The trace.
    cache : DiskCache
        Where finished levels are kept.
    name : str
        Name of the trace in the cache.
    remote : bool
        Read what is looked at: of a coarse view, a sample of the trace.
    """

    def __init__(self, samples: Samples, cache: DiskCache, name: str, *, remote: bool = False) -> None:
        self.samples, self.remote = samples, remote
        self._cache, self._name, self._lock = cache, name, Lock()
        self.grid = grid_of(samples)
        self.count = extremes.level_count(self.grid.bins)
        kept = cache.load(name, (self.grid.bins, 2))
        self._levels: list[Bins] = [np.full((self.grid.bins, 2), np.nan) if kept is None else kept]
        for level in range(1, self.count):
            bins = 0 if level == _DERIVED else -(-self.grid.bins // FACTOR**level)
            self._levels.append(np.full((bins, 2), np.nan))
        for first in range(0, 0 if kept is None else self.grid.bins, _PART):
            self._update_coarser(first, min(first + _PART, self.grid.bins))
        self._part = _REMOTE_PART if remote else _PART
        parts = -(-len(samples) // self._part) if samples.clock else min(len(samples), 1)
        self._done = np.full(parts, kept is not None)
        self._order = [] if remote else _spread(parts)
        self._wanted: list[int] = []
        while parts <= _AT_ONCE and not remote and self.build_next():
            pass

    @property
    def complete(self) -> bool:
        """True once all samples are read."""
        return bool(self._done.all())

    @property
    def waiting(self) -> list[int]:
        """Parts to read, the one that is looked at first."""
        return [part for part in (*self._wanted, *self._order) if not self._done[part]]

    @property
    def share(self) -> float:
        """Share of the samples read so far, from 0 to 1."""
        return float(self._done.mean()) if len(self._done) else 1.0

    def tile(self, level: int, number: int) -> tuple[Bins, bool]:
        """Return a tile's bins, shape (bins, 2), and whether they are complete.

        Raises
        ------
        IndexError
            If the level or tile does not exist.
        """
        fine = TILE * FACTOR**level
        if not (0 <= level < self.count and 0 <= number * fine < max(self.grid.bins, 1)):
            raise IndexError(f"tile {number} of level {level}")
        first, last = number * fine, min((number + 1) * fine, self.grid.bins)
        parts = self._parts_of(first, last)
        whole = bool(self._done[parts].all())
        if self.remote and level > 0 and not self._order:
            self._order = _spread(len(self._done))[: max(1, len(self._done) // _SPARSE)]
        if not whole and (level == 0 or not self.remote):
            self._wanted = [part for part in range(parts.start, parts.stop) if not self._done[part]]
        return self._bins(level, number * TILE, (number + 1) * TILE), whole

    def _bins(self, level: int, first: int, last: int) -> Bins:
        """Return some bins of a level; fewer at its end."""
        if level == _DERIVED:
            return extremes.coarser(self._levels[0][first * FACTOR : last * FACTOR])
        return self._levels[level][first:last]

    def _parts_of(self, first: int, last: int) -> slice:
        """Return the parts that bins of the finest level are made of."""
        if not self.samples.clock:
            return slice(0, len(self._done))
        return slice(first * BIN // self._part, -(-last * BIN // self._part))

    def build_next(self) -> bool:
        """Read the part nearest to the view; return whether any was left."""
        with self._lock:
            waiting = self.waiting
            if not waiting:
                return False
            self._build(waiting[0])
            if self.complete:
                self._cache.save(self._name, self._levels[0])
            return True

    def _build(self, part: int) -> None:
        if not self.samples.clock:
            values, times = self.samples.values(0, len(self.samples)), self.samples.times(0, len(self.samples))
            first, last = 0, self.grid.bins
            bins = extremes.of_times(values, times, self.grid.start, self.grid.width, self.grid.bins)
        else:
            start, stop = part * self._part, min((part + 1) * self._part, len(self.samples))
            first, last = start // BIN, -(-stop // BIN)
            bins = extremes.of_samples(self.samples.values(start, stop))
        self._levels[0][first:last] = bins
        self._update_coarser(first, last)
        self._done[part] = True

    def _update_coarser(self, first: int, last: int) -> None:
        """Reduce some bins of the finest level into all coarser ones."""
        for level in range(1, self.count):
            first, last = first // FACTOR, -(-last // FACTOR)
            if level != _DERIVED:
                fine = self._bins(level - 1, first * FACTOR, last * FACTOR)
                self._levels[level][first:last] = extremes.coarser(fine)


def _spread(count: int) -> list[int]:
    """Return the numbers below `count`, spread evenly from the start (bits reversed)."""
    bits = max(count - 1, 0).bit_length()
    numbers: Any = sorted(range(count), key=lambda number: int(f"{number:0{bits}b}"[::-1], 2) if bits else 0)
    return list(numbers)
