"""Data for PyNWB to write: small datasets whole, large ones as placeholders."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt
from hdmf.backends.hdf5 import HDF5IO, H5DataIO
from hdmf.build.builders import DatasetBuilder
from hdmf.data_utils import AbstractDataChunkIterator, DataIO, GenericDataChunkIterator

from nwbgate.errors import WriteError
from nwbgate.storage.chunks import chunk_shapes as chunks
from nwbgate.storage.chunks.deflate import Encoding, choose
from nwbgate.writing.recorded_iterators import RecordedChunks
from nwbgate.writing.sources import Source, source_of

#: Datasets below this many bytes are stored contiguously: reading one is then a single read, with nothing to inflate.
SMALL_BYTES = 128 * 1024

#: Puts an iterator that can be used only once on disk, and returns it as a dataset.
Spool = Callable[[AbstractDataChunkIterator], h5py.Dataset]


@dataclass(frozen=True)
class Deferred:
    """A large numeric dataset whose chunks are written after the skeleton.

    Attributes
    ----------
    path : str
        Path in the file.
    source : Source
        Where its numbers come from.
    chunk : tuple of int
        Chunk shape.
    encoding : Encoding
        How its chunks are packed.
    """

    path: str
    source: Source
    chunk: tuple[int, ...]
    encoding: Encoding

    @property
    def raw_bytes(self) -> int:
        """Size of the numbers before compression."""
        return math.prod(self.source.shape) * self.source.dtype.itemsize


@dataclass(frozen=True)
class Small:
    """A small numeric dataset, written at once.

    Attributes
    ----------
    path : str
        Path in the file.
    numbers : ndarray
        Its content.
    """

    path: str
    numbers: npt.NDArray[Any]


def defer(path: str, builder: DatasetBuilder, spool: Spool) -> Deferred | Small | None:
    """Prepare a dataset for PyNWB and return its filler, if deferred.

    Parameters
    ----------
    path : str
        Path in the file.
    builder : DatasetBuilder
        The dataset. Numbers are replaced by a place of the right shape and type, with chunks when they are large:
        HDMF would take the type of a list from its first element. Texts, references, compounds, scalars, explicit
        links, and numbers for which another compression than gzip was asked stay with PyNWB.
    spool : callable
        Gives the content of an iterator that can be used only once.

    Raises
    ------
    WriteError
        When the dataset is a placeholder of the caller's own, or data of a file that is closed.
    """
    data, settings = _unwrap(path, builder.data)
    if isinstance(data, h5py.Dataset) and not data.id.valid:
        raise WriteError("the file with these data is closed", where=path, fix="write before closing it")
    if isinstance(builder.dtype, list):
        builder["data"] = _compound(builder.data, settings, builder.dtype)
        return None
    numbers = _numbers(data)
    if numbers is None or is_link(builder.data) or _foreign(settings):
        builder["data"] = _left_to_hdf5(builder.data)
        return None
    if isinstance(numbers, AbstractDataChunkIterator) and not isinstance(numbers, GenericDataChunkIterator):
        numbers = spool(numbers)
    source = source_of(numbers, _wider(builder.dtype, numbers, data))
    return _placed_data(path, builder, source, settings)


def is_link(data: Any) -> bool:
    """Return whether the caller asked to link data instead of copying."""
    return isinstance(data, H5DataIO) and bool(data.link_data)


def _placed_data(path: str, builder: DatasetBuilder, source: Source, settings: dict[str, Any]) -> Deferred | Small:
    kept = {key: settings[key] for key in ("maxshape", "fillvalue") if key in settings}
    if math.prod(source.shape) * source.dtype.itemsize < SMALL_BYTES:
        builder["data"] = H5DataIO(shape=source.shape, dtype=source.dtype, **kept)
        return Small(path, source.read(tuple(slice(0, length) for length in source.shape)))
    chunk = _asked_chunk(settings, source.shape) or chunks.chunk_shape(source.shape, source.dtype.itemsize)
    encoding = choose(_samples(source, chunk))
    builder["data"] = H5DataIO(
        shape=source.shape,
        dtype=source.dtype,
        chunks=chunk,
        compression="gzip",
        compression_opts=encoding.level,
        shuffle=encoding.shuffle,
        **kept,
    )
    return Deferred(path, source, chunk, encoding)


def _unwrap(path: str, data: Any) -> tuple[Any, dict[str, Any]]:
    """Return data without their DataIO, and its settings."""
    if not isinstance(data, DataIO):
        return data, {}
    if data.data is None:
        raise WriteError(
            "the dataset has a shape but no data",
            where=path,
            expected="data: the file is closed once written and cannot be filled later",
            fix="give an array or a data chunk iterator",
        )
    settings = data.get_io_params() if isinstance(data, H5DataIO) else {}
    if isinstance(data.data, AbstractDataChunkIterator):  # H5DataIO takes these from the iterator unasked
        settings = {key: value for key, value in settings.items() if key not in ("chunks", "maxshape")}
    return data.data, settings


def _foreign(settings: dict[str, Any]) -> bool:
    return settings.get("compression", "gzip") not in ("gzip", h5py.h5z.FILTER_DEFLATE) or bool(
        settings.get("fletcher32")
    )


def _left_to_hdf5(data: Any) -> Any:
    """Return data for HDF5 to write, wrapped to keep its settings; iterators are recorded."""
    if isinstance(data, H5DataIO):
        settings = {key: value for key, value in data.get_io_params().items() if value is not False}
        return H5DataIO(_left_to_hdf5(data.data), allow_plugin_filters=True, **settings)
    return RecordedChunks(data) if isinstance(data, AbstractDataChunkIterator) else data


def _numbers(data: Any) -> Any:
    """Return data as a numeric array with at least one axis, or None."""
    if isinstance(data, list | tuple):
        data = _array(data)
    dtype = getattr(data, "dtype", None)
    if not isinstance(dtype, np.dtype | type) or h5py.check_enum_dtype(np.dtype(dtype)):
        return None
    shape = data.maxshape if isinstance(data, AbstractDataChunkIterator) else getattr(data, "shape", ())
    return data if np.dtype(dtype).kind in "biuf" and np.dtype(dtype).itemsize <= 8 and len(shape) else None


def _array(values: list[Any] | tuple[Any, ...]) -> npt.NDArray[Any] | None:
    """Return a list of numbers as an array of a common type.

    HDMF would take the type of the first one: `[1, 2.5]` would be stored as `[1, 2]`.
    """
    first: Any = values
    while isinstance(first, list | tuple) and first:
        first = first[0]
    if not isinstance(first, bool | int | float | np.number | np.bool_ | np.ndarray):
        return None
    try:
        return np.asarray(values)
    except ValueError:  # lists of different lengths
        return None


def _compound(data: Any, settings: dict[str, Any], fields: list[Any]) -> Any:
    """Return a compound; large numeric ones as packed by HDF5."""
    if settings or isinstance(data, DataIO | AbstractDataChunkIterator):
        return _left_to_hdf5(data)
    if any(not isinstance(field["dtype"], str) or field["dtype"] == "object" for field in fields):
        return data
    dtype = HDF5IO.__resolve_dtype__(fields, data)
    if dtype.hasobject or len(data) * dtype.itemsize < SMALL_BYTES:
        return data
    rows = data if isinstance(data, np.ndarray) else np.array(data, dtype)
    chunk = chunks.chunk_shape(rows.shape, dtype.itemsize)
    return H5DataIO(rows, chunks=chunk, compression="gzip", compression_opts=1, shuffle=True)


def _wider(asked: Any, numbers: Any, data: Any) -> np.dtype[Any] | None:
    """Return the schema's type where it differs from that of the numbers."""
    given = np.dtype(numbers.dtype)
    if not (isinstance(asked, type) and issubclass(asked, np.number | np.bool_)) or given.type is asked:
        return None
    if isinstance(data, list | tuple) and not np.can_cast(given, asked, "safe"):
        return None
    return np.dtype(asked)


def _asked_chunk(settings: dict[str, Any], shape: tuple[int, ...]) -> tuple[int, ...] | None:
    asked = settings.get("chunks")
    if not isinstance(asked, tuple) or len(asked) != len(shape):
        return None
    return tuple(min(int(part), length) for part, length in zip(asked, shape, strict=True))


def _samples(source: Source, chunk: tuple[int, ...]) -> list[npt.NDArray[Any]]:
    """Return the first, a middle and the last chunk."""
    lasts = [(math.ceil(length / part) - 1) * part for length, part in zip(source.shape, chunk, strict=True)]
    starts = {
        tuple(int(last * share / part) * part for last, part in zip(lasts, chunk, strict=True)) for share in (0, 0.5, 1)
    }
    return [
        np.ascontiguousarray(
            source.read(
                tuple(
                    slice(start, min(start + part, length))
                    for start, part, length in zip(corner, chunk, source.shape, strict=True)
                )
            )
        )
        for corner in sorted(starts)
    ]
