"""A time series of any NWB file: lazy data, unit and times."""

from functools import cached_property
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
import pandas as pd

from nwbgate.errors import UsageError
from nwbgate.extras import import_extra
from nwbgate.reading.format.dynamic_table import decode
from nwbgate.reading.format.time_series import period_of, series_data, starting_time, times_of
from nwbgate.reading.html_summary import html_summary
from nwbgate.storage.hdf5 import dataset_at, neurodata_type, readable
from nwbgate.storage.values import (
    length,
    malformed_value,
    number_attribute,
    one_number,
    refuse_large,
    stored_content,
    text_attribute,
)

if TYPE_CHECKING:
    import xarray as xr

Array = np.ndarray[Any, np.dtype[Any]]

#: Names of the axes after that of time, by number of dimensions.
_AXES = {1: (), 2: ("channel",), 3: ("y", "x"), 4: ("y", "x", "z")}


class LazyData:
    """The samples of a series in its unit, read where they are indexed.

    Parameters
    ----------
    stored : h5py.Dataset
        The samples as the file holds them, time first.
    conversion : float
        Units in one step of what is stored.
    offset : float
        Units added afterwards.
    channels : numpy.ndarray, optional
        Conversion of each channel (second axis), shape (channels,).
    """

    def __init__(
        self, stored: h5py.Dataset, conversion: float = 1.0, offset: float = 0.0, channels: Array | None = None
    ) -> None:
        self._stored, self._conversion, self._offset, self._channels = stored, conversion, offset, channels
        self.shape: tuple[int, ...] = tuple(stored.shape or ())

    @property
    def is_scaled(self) -> bool:
        """Whether what is stored is multiplied or shifted."""
        return self._conversion != 1.0 or self._offset != 0.0 or self._channels is not None

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of the returned samples: float64 if scaled, else the stored type."""
        return np.dtype(np.float64) if self.is_scaled else self._stored.dtype

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    def __len__(self) -> int:
        """Return the number of samples."""
        return self.shape[0]

    def __getitem__(self, key: Any) -> Any:
        """Return samples at an index or slice, in the unit."""
        found = self._stored[key]
        if h5py.check_string_dtype(self._stored.dtype) is not None:
            return decode(np.atleast_1d(found))
        if not self.is_scaled:
            return found
        scaled = np.asarray(found, dtype=np.float64) * self._conversion
        if self._channels is not None:
            scaled = scaled * self._channels[_of_channels(key)]
        return scaled + self._offset

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        """Return all samples, in the unit.

        Raises
        ------
        TooLargeError
            If they are larger than the memory that is available.
        """
        refuse_large(self._stored, most=None)
        return np.asarray(self[()], dtype=dtype)

    def __repr__(self) -> str:
        """Return shape and type, without reading."""
        return f"LazyData(shape={self.shape}, dtype={self.dtype})"


def _of_channels(key: Any) -> Any:
    """Return the part of an index that is about the second axis."""
    return key[1] if isinstance(key, tuple) and len(key) > 1 else slice(None)


class Series:
    """A time series: its data, times, and what the file says about them.

    Parameters
    ----------
    group : h5py.Group
        The series; nothing of it is read before it is asked for.
    """

    def __init__(self, group: h5py.Group) -> None:
        self._group = group
        self.path = str(group.name).lstrip("/")
        self.name = self.path.rpartition("/")[2]

    @cached_property
    def neurodata_type(self) -> str:
        """Type of the series in NWB."""
        return neurodata_type(self._group)

    @cached_property
    def description(self) -> str:
        """Description of the series; empty where the file has none."""
        return text_attribute(self._group, "description")

    @cached_property
    def unit(self) -> str:
        """Unit of `data`."""
        return text_attribute(series_data(self._group), "unit")

    @cached_property
    def data(self) -> LazyData:
        """Samples in `unit`, with conversion and offset applied; read where they are indexed."""
        stored = series_data(self._group)
        refuse_scalar(stored)
        numbers = stored.dtype.kind in "iuf"
        channels = dataset_at(self._group, "channel_conversion") if numbers and len(stored.shape) == 2 else None
        each = None if channels is None else np.asarray(stored_content(channels), dtype=np.float64)
        if each is not None and each.shape != stored.shape[1:]:
            raise malformed_value(self._group, f"channel_conversion of shape {each.shape}", f"shape {stored.shape[1:]}")
        conversion = number_attribute(stored, "conversion", 1.0) if numbers else 1.0
        offset = number_attribute(stored, "offset", 0.0) if numbers else 0.0
        return LazyData(stored, conversion, offset, each)

    @property
    def has_numbers(self) -> bool:
        """Return whether the samples are real numbers, not complex ones or text."""
        return self.data.dtype.kind in "iuf"

    @cached_property
    def raw(self) -> LazyData:
        """Samples as stored, such as converter counts; read when indexed."""
        stored = series_data(self._group)
        refuse_scalar(stored)
        return LazyData(stored)

    @cached_property
    def rate(self) -> float | None:
        """Samples per second, or None where the file has timestamps."""
        return None if self._has_timestamps else 1.0 / period_of(starting_time(self._group))

    @cached_property
    def starting_time(self) -> float | None:
        """Time of the first sample in seconds, or None without samples."""
        if self._has_timestamps:
            first = dataset_at(self._group, "timestamps")
            return float(first[0]) if first is not None and first.shape and first.shape[0] else None
        return one_number(starting_time(self._group))

    @property
    def _has_timestamps(self) -> bool:
        return dataset_at(self._group, "timestamps") is not None

    @cached_property
    def timestamps(self) -> Array:
        """Times of the samples in seconds, shape (samples,), from the timestamps or the rate."""
        return times_of(self._group)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the data, time first."""
        return self.data.shape

    def __len__(self) -> int:
        """Return the number of samples."""
        return len(self.data)

    def __getitem__(self, key: Any) -> Any:
        """Return the samples at an index or slice, in the unit."""
        with readable(self._group.file.filename):
            return self.data[key]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        """Return all samples, in the unit."""
        with readable(self._group.file.filename):
            return np.asarray(self.data, dtype=dtype)

    def between(self, start: float, stop: float) -> "xr.DataArray":
        """Return the samples from one time to another; nothing else is read.

        Parameters
        ----------
        start, stop : float
            Seconds in the session; both ends are included.

        Returns
        -------
        xarray.DataArray
            Dimensions ``time`` (seconds), and ``channel`` or ``y`` and ``x`` where there are any.

        Raises
        ------
        UsageError
            If the start is not before the stop.
        """
        if not start < stop:
            raise UsageError(
                "the interval has no length",
                where="between",
                got=f"{start} to {stop}",
                expected="a start before the stop, in seconds",
                fix="exchange the two numbers, or choose a later stop",
            )
        return self._samples(*self._places(start, stop))

    def to_xarray(self) -> "xr.DataArray":
        """Return all samples with their times, as `between` does."""
        return self._samples(0, len(self))

    def to_frame(self) -> pd.DataFrame:
        """Return all samples as a table: ``timestamps``, and a column for each channel."""
        values = np.asarray(self)
        flat = values.reshape(len(values), int(np.prod(values.shape[1:])))  # -1 is undefined where there is no sample
        names = [self.name] if values.ndim < 2 else [str(number) for number in range(flat.shape[1])]
        times = self.timestamps[: len(flat)]
        return pd.DataFrame({"timestamps": times, **dict(zip(names, flat.T, strict=True))})

    def _places(self, start: float, stop: float) -> tuple[int, int]:
        """Return the first sample in an interval and the one after the last."""
        if self.rate is None:
            times = self.timestamps
            return int(np.searchsorted(times, start, "left")), int(np.searchsorted(times, stop, "right"))
        begun = self.starting_time or 0.0
        first = int(np.ceil((start - begun) * self.rate - 1e-6))
        last = int(np.floor((stop - begun) * self.rate + 1e-6)) + 1
        return min(max(first, 0), len(self)), min(max(last, 0), len(self))

    def _samples(self, first: int, last: int) -> "xr.DataArray":
        import_extra("xarray", "xarray")
        import xarray as xr

        values = np.asarray(self[first:last])
        if self.rate is None:
            times = self.timestamps[first:last]
        else:
            times = (self.starting_time or 0.0) + np.arange(first, first + len(values)) / self.rate
        axes = _AXES.get(values.ndim) or tuple(f"axis{number}" for number in range(1, values.ndim))
        about = {"unit": self.unit, "description": self.description, "neurodata_type": self.neurodata_type}
        time = ("time", times[: len(values)], {"units": "s"})
        return xr.DataArray(values, {"time": time}, ("time", *axes), name=self.name, attrs=about)

    def facts(self) -> dict[str, str]:
        """Return what the file says about the series as short texts, without reading samples."""
        with readable(self._group.file.filename):
            times = f"{self.rate:g} Hz from {self.starting_time:g} s" if self.rate is not None else "timestamps"
            facts = {"type": self.neurodata_type, "shape": str(self.shape), "unit": self.unit, "times": times}
            return facts | ({"description": self.description} if self.description else {})

    def __repr__(self) -> str:
        """Return the facts in one line."""
        return f"Series({self.path!r}, {', '.join(f'{name}: {fact}' for name, fact in self.facts().items())})"

    def _repr_html_(self) -> str:
        return html_summary("Series", self.facts(), self.path)


def refuse_scalar(data: h5py.Dataset) -> None:
    """Reject data without an axis of time.

    Raises
    ------
    MalformedError
        If they are a single value.
    """
    length(data)
