"""Samples of a trace: their values and times, read in parts."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import h5py
import numpy as np

from nwbgate.reading.format.time_series import period_of, series_data, times_of
from nwbgate.reading.format.units import in_unit
from nwbgate.storage.chunks.chunk_reader import read
from nwbgate.storage.hdf5 import dataset_at
from nwbgate.storage.values import length, one_number

Vector = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class SampleClock:
    """Start and sampling period in seconds of a series that stores its rate."""

    start: float
    period: float


class Samples(Protocol):
    """Values of one trace with their times, in ascending order of time."""

    @property
    def clock(self) -> SampleClock | None:
        """Stored start and period; None where each sample has its own timestamp."""

    @property
    def notes(self) -> list[str]:
        """Changes that were necessary to show the samples in order of time."""

    def __len__(self) -> int:
        """Return the number of samples."""

    def values(self, start: int, stop: int) -> Vector:
        """Return the values of some samples, float64, shape (stop - start,)."""

    def times(self, start: int, stop: int) -> Vector:
        """Return the times of some samples in seconds, float64, shape (stop - start,)."""


class ArraySamples:
    """Samples held in memory, sorted by time.

    Parameters
    ----------
    values : array, shape (samples,)
        Values in their unit.
    times : array, shape (samples,)
        Seconds on the session's clock. Samples without a finite time are left out.

    Attributes
    ----------
    notes : list of str
        Changes that were necessary to show the samples in order of time.
    """

    clock: SampleClock | None = None

    def __init__(self, values: Any, times: Any) -> None:
        count = min(len(values), len(times))
        kept, self.notes = _in_order(np.asarray(times, np.float64)[:count])
        self._values: Vector = np.asarray(values, np.float64)[:count][kept]
        self._times: Vector = np.asarray(times, np.float64)[:count][kept]

    def __len__(self) -> int:
        """Return the number of samples."""
        return len(self._values)

    def values(self, start: int, stop: int) -> Vector:
        """Return the values of some samples."""
        return self._values[start:stop]

    def times(self, start: int, stop: int) -> Vector:
        """Return the times of some samples in seconds."""
        return self._times[start:stop]


class StoredSamples:
    """Samples of a time series, read from the file when they are asked for.

    Parameters
    ----------
    series : h5py.Group
        A TimeSeries with numbers of shape (samples,) or (samples, columns).
    column : int, optional
        The column, where there are several.
    """

    def __init__(self, series: h5py.Group, column: int | None = None) -> None:
        self.series, self.column = series, column
        self.data = series_data(series)
        self._length = length(self.data)

    @cached_property
    def clock(self) -> SampleClock | None:
        """Stored start and period; None where the series has timestamps."""
        return clock_of(self.series)

    @cached_property
    def _order(self) -> tuple[Vector, Any, list[str]]:
        """Times in ascending order, the rows that they belong to, and notes."""
        times = times_of(self.series)[: self._length]
        kept, notes = _in_order(times)
        return times[kept], kept, notes

    @property
    def notes(self) -> list[str]:
        """Changes that were necessary to show the samples in order of time."""
        return [] if self.clock else self._order[2]

    def __len__(self) -> int:
        """Return the number of samples."""
        return self._length if self.clock else len(self._order[0])

    def values(self, start: int, stop: int) -> Vector:
        """Return the values of some samples, in the unit of the series."""
        if self.clock or isinstance(self._order[1], slice):
            return self._rows(start, min(stop, len(self)))
        rows = self._order[1][start:stop]
        return self._rows(int(rows.min()), int(rows.max()) + 1)[rows - rows.min()] if len(rows) else np.empty(0)

    def _rows(self, start: int, stop: int) -> Vector:
        """Return rows as they are stored, in the unit of the series."""
        if self.column is None:
            stored = read(self.data, start, stop, threads=1).reshape(-1)  # the other cores answer meanwhile
        else:
            stored = self.data[(slice(start, stop), *np.unravel_index(self.column, self.data.shape[1:]))]
        return in_unit(self.data, np.asarray(stored).astype(np.float64, copy=False))

    def times(self, start: int, stop: int) -> Vector:
        """Return the times of some samples in seconds."""
        if self.clock:
            samples = np.arange(start, min(stop, self._length), dtype=np.float64)
            return self.clock.start + samples * self.clock.period
        return self._order[0][start:stop]


def clock_of(series: h5py.Group) -> SampleClock | None:
    """Return start and period of a series without timestamps, or None."""
    if dataset_at(series, "timestamps") is not None:
        return None
    start = dataset_at(series, "starting_time")
    return None if start is None else SampleClock(one_number(start), period_of(start))


def extent(samples: Samples) -> tuple[float, float]:
    """Return the first and last sample time in seconds; (0, 0) without samples."""
    count = len(samples)
    if not count:
        return 0.0, 0.0
    return float(samples.times(0, 1)[0]), float(samples.times(count - 1, count)[0])


def _in_order(times: Vector) -> tuple[Any, list[str]]:
    """Return the rows of finite times in ascending order, with notes."""
    if np.isfinite(times).all() and (np.diff(times) >= 0).all():
        return slice(None), []
    finite = np.flatnonzero(np.isfinite(times))
    lost, kept = len(times) - len(finite), finite[np.argsort(times[finite], kind="stable")]
    notes = [f"{lost:,} samples without a finite timestamp are not shown"] if lost else []
    notes += ["timestamps are not ascending; samples are shown in order of time"] if (np.diff(kept) < 0).any() else []
    return kept, notes
