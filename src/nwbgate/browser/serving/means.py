"""Means of traces around events, at the samples that `nwbgate.reading.sessions.aligned` takes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from nwbgate.browser.tracks.samples import Samples
from nwbgate.reading.sessions.aligned import REACH, WINDOW, nearest_values, sample_offsets, sampling_period

Array = np.ndarray[Any, np.dtype[np.float64]]
Places = np.ndarray[Any, np.dtype[np.int64]]

#: Samples of a trace from which a shorter window is cut out: a spike of a voltage at 40 kHz takes milliseconds.
_FAST_PERIOD, _FAST_WINDOW = 1e-3, (-0.01, 0.02)
#: Frames, and values around events, that are in memory at once.
_AT_ONCE = 2**20
#: Frames between two windows up to which both are read in one piece: a chunk would be unpacked twice otherwise.
_GAP = 2**16
#: Frames read beyond each end of a window, for the one nearest to its end.
_MARGIN = 3


@dataclass(frozen=True)
class Frames:
    """Values of one or several cells, read where they are needed.

    Attributes
    ----------
    count : int
        Number of frames.
    cells : int
        Number of cells.
    period : float
        Sampling period in seconds.
    places : callable
        Returns the numbers of the frames at or just before some times in seconds.
    read : callable
        Returns values, shape (frames, cells), and times in seconds from one frame up to another.
    """

    count: int
    cells: int
    period: float
    places: Callable[[Array], Places]
    read: Callable[[int, int], tuple[Array, Array]]


def frames_of_matrix(values: Array, times: Array) -> Frames:
    """Return the frames of a matrix, shape (frames, cells), in memory."""

    def places(wanted: Array) -> Places:
        return np.searchsorted(times, wanted)

    def read(start: int, stop: int) -> tuple[Array, Array]:
        return values[start:stop], times[start:stop]

    return Frames(len(times), values.shape[1], sampling_period(times), places, read)


def frames_of_samples(samples: Samples) -> Frames:
    """Return the samples of a trace as frames of one cell."""
    clock = samples.clock

    def read(start: int, stop: int) -> tuple[Array, Array]:
        return samples.values(start, stop)[:, None], samples.times(start, stop)

    if clock is None:
        times = samples.times(0, len(samples))
        return Frames(len(samples), 1, sampling_period(times), lambda wanted: np.searchsorted(times, wanted), read)
    start, period = clock.start, clock.period
    last = len(samples)
    return Frames(last, 1, period, lambda wanted: ((wanted - start) / period).clip(0, last).astype(np.int64), read)


@dataclass
class Mean:
    """Mean and standard error of traces around events, event by event.

    Attributes
    ----------
    time : array of float64, shape (samples,)
        Seconds from the event.
    events : int
        Number of events.
    count, mean, squares : array, shape (cells, samples)
        Number of values, their mean, and the sum of the squares of their distances from it.
    """

    time: Array
    events: int
    count: Any
    mean: Any
    squares: Any

    def add(self, values: Array) -> None:
        """Add the values around some events, shape (cells, events, samples); NaN are left out."""
        there = np.isfinite(values)
        count = there.sum(1)
        mean = np.where(there, values, 0.0).sum(1) / np.maximum(count, 1)
        squares = (np.where(there, values - mean[:, None], 0.0) ** 2).sum(1)
        total = np.maximum(self.count + count, 1)
        apart = mean - self.mean
        self.squares += squares + apart**2 * self.count * count / total
        self.mean += apart * count / total
        self.count += count

    def result(self) -> tuple[Array, Array]:
        """Return mean and standard error, shape (cells, samples); NaN without enough events."""
        with np.errstate(invalid="ignore", divide="ignore"):
            error = np.sqrt(self.squares / (self.count - 1) / self.count)
        return np.where(self.count > 0, self.mean, np.nan), np.where(self.count > 1, error, np.nan)


def mean_of(frames: Frames, events: Array) -> Mean:
    """Return the mean of traces around events, reading only windows.

    Parameters
    ----------
    frames : Frames
        The traces.
    events : array of float64, shape (events,)
        Seconds.

    Raises
    ------
    UsageError
        If the window holds no sample.
    """
    window = _FAST_WINDOW if frames.period < _FAST_PERIOD else WINDOW
    offsets = sample_offsets(window, frames.period)
    found = Mean(offsets, len(events), *(np.zeros((frames.cells, len(offsets))) for _ in range(3)))
    events = np.sort(events[np.isfinite(events)])
    first = np.maximum(frames.places(events + offsets[0]) - _MARGIN, 0)
    stop = np.minimum(frames.places(events + offsets[-1]) + _MARGIN + 1, frames.count)
    for some in _pieces(first, stop, len(offsets) * frames.cells):
        start, end = int(first[some.start]), int(stop[some.stop - 1])
        if start < end:
            values, times = frames.read(start, end)
            found.add(nearest_values(values, times, events[some, None] + offsets, REACH * frames.period))
    return found


def _pieces(first: Places, stop: Places, each: int) -> Iterator[slice]:
    """Yield runs of events whose windows, of `each` values, are read together."""
    begin = 0
    for event in range(1, len(first) + 1):
        if (
            event == len(first)
            or first[event] - stop[event - 1] > _GAP
            or stop[event] - first[begin] > _AT_ONCE
            or (event - begin + 1) * each > _AT_ONCE
        ):
            yield slice(begin, event)
            begin = event
