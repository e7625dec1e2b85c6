"""Differences between two datasets, read block by block."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

from nwbgate.comparison.difference import Change, Difference
from nwbgate.comparison.tolerance import Tolerance
from nwbgate.storage.chunks.chunk_reader import read
from nwbgate.storage.referenced_paths import ReferencedPaths

#: Bytes of each dataset that are read in one go.
_BLOCK_BYTES = 16 * 1024 * 1024
#: Values of an object type (text, references) that are read in one go.
_BLOCK_VALUES = 65_536

Values = npt.NDArray[Any]


@dataclass
class _Tally:
    """Differing values seen so far: their number, the largest difference, and its place."""

    count: int = 0
    largest: float | None = None
    where: tuple[int, ...] = ()
    shown: tuple[str, str] = ("", "")

    def add(self, start: int, first: Values, second: Values, differing: npt.NDArray[np.bool_]) -> None:
        """Add the differing values of one block that begins at row `start`."""
        number = int(differing.sum())
        if not number:
            return
        size = _sizes(first, second, differing)
        place = np.unravel_index(int(np.argmax(size)) if size is not None else int(np.argmax(differing)), first.shape)
        peak = None if size is None else float(size[place])
        if not self.count or (peak is not None and self.largest is not None and peak > self.largest):
            index = tuple(int(each) for each in place)
            self.where = (index[0] + start, *index[1:]) if index else ()
            self.largest, self.shown = peak, (value_text(first[place]), value_text(second[place]))
        self.count += number


def _sizes(first: Values, second: Values, differing: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64] | None:
    """Return absolute differences, infinite for one NaN, or None for text."""
    if not {first.dtype.kind, second.dtype.kind} <= set("iufb"):
        return None
    with np.errstate(invalid="ignore", over="ignore"):
        size = np.abs(first.astype(np.float64) - second.astype(np.float64))
    return np.where(differing, np.where(np.isnan(size), np.inf, size), -1.0)


def dataset_differences(
    path: str, first: h5py.Dataset, second: h5py.Dataset, tolerance: Tolerance
) -> Iterator[Difference]:
    """Yield differences in dtype, shape and values, not in storage.

    Parameters
    ----------
    path : str
        Name of the dataset in the differences.
    first, second : h5py.Dataset
        The datasets.
    tolerance : Tolerance
        Tolerance of numeric comparisons.
    """
    kinds = kind(first), kind(second)
    if kinds[0] != kinds[1]:
        yield Difference(Change.CHANGED, path, "dtype", *kinds)
    if first.shape != second.shape:
        yield Difference(Change.CHANGED, path, "shape", str(first.shape), str(second.shape))
        return
    if _comparable(first, second):
        yield from _value_differences(path, first, second, tolerance)


def kind(dataset: h5py.Dataset) -> str:
    """Return the dtype of a dataset in words; all texts are alike."""
    if h5py.check_string_dtype(dataset.dtype):
        return "text"
    if h5py.check_ref_dtype(dataset.dtype):
        return "reference"
    return str(dataset.dtype)


def _comparable(first: h5py.Dataset, second: h5py.Dataset) -> bool:
    """Return whether values of the two can equal each other."""
    if first.shape is None:
        return False
    return kind(first) == kind(second) or {first.dtype.kind, second.dtype.kind} <= set("iufb")


def _value_differences(
    path: str, first: h5py.Dataset, second: h5py.Dataset, tolerance: Tolerance
) -> Iterator[Difference]:
    tally = _Tally()
    for start, stop in _blocks(first, second):
        one, two = _plain(first, start, stop), _plain(second, start, stop)
        tally.add(start, one, two, tolerance.differing(one, two))
    if tally.count:
        where = f"[{', '.join(map(str, tally.where))}]" if tally.where else ""
        yield Difference(Change.CHANGED, path, "values", *tally.shown, tally.count, tally.largest, where)


def _blocks(first: h5py.Dataset, second: h5py.Dataset) -> Iterator[tuple[int, int]]:
    """Yield the rows to read, leaving out chunks stored alike in both."""
    if not first.shape:
        yield 0, 1
        return
    step = _rows_at_once(first)
    if _stored_alike(first, second):
        step = first.chunks[0] * max(1, step // first.chunks[0])
        yield from (block for block in _ranges(len(first), step) if not _same_bytes(first, second, *block))
    else:
        yield from _ranges(len(first), step)


def _ranges(length: int, step: int) -> Iterator[tuple[int, int]]:
    return ((start, min(start + step, length)) for start in range(0, length, step))


def _rows_at_once(dataset: h5py.Dataset) -> int:
    row: int = max(1, math.prod(dataset.shape[1:]))
    if dataset.dtype.hasobject:
        return max(1, _BLOCK_VALUES // row)
    high: int = dataset.chunks[0] if dataset.chunks else 1
    itemsize: int = dataset.dtype.itemsize
    return high * max(1, _BLOCK_BYTES // (row * itemsize) // high)


def _stored_alike(first: h5py.Dataset, second: h5py.Dataset) -> bool:
    """Return whether chunks of equal bytes have equal values."""
    if first.chunks is None or first.chunks != second.chunks or first.dtype.hasobject:
        return False
    if not first.id.get_type().equal(second.id.get_type()):
        return False
    return _filters(first) == _filters(second)


def _filters(dataset: h5py.Dataset) -> list[tuple[Any, ...]]:
    """Return the filters of a dataset, ignoring deflate's level."""
    plist = dataset.id.get_create_plist()
    filters = [plist.get_filter(number) for number in range(plist.get_nfilters())]
    return [(code, () if code == h5py.h5z.FILTER_DEFLATE else values) for code, _, values, _ in filters]


def _same_bytes(first: h5py.Dataset, second: h5py.Dataset, start: int, stop: int) -> bool:
    """Return whether all chunks of some rows are stored alike in both."""
    edges = [range(start, stop, first.chunks[0])]
    edges += [range(0, extent, size) for extent, size in zip(first.shape[1:], first.chunks[1:], strict=True)]
    corners = np.stack(np.meshgrid(*edges, indexing="ij"), axis=-1).reshape(-1, first.ndim)
    try:
        return all(
            first.id.read_direct_chunk(corner) == second.id.read_direct_chunk(corner)
            for corner in map(tuple, corners.tolist())
        )
    except (OSError, RuntimeError):  # a chunk that was never written: let HDF5 fill it
        return False


def _plain(dataset: h5py.Dataset, start: int, stop: int) -> Values:
    """Return some rows as values that compare: numbers, texts, paths of referenced objects."""
    if not dataset.shape:
        values = np.asarray(dataset[()], dtype=None if not dataset.dtype.hasobject else object)
    elif dataset.dtype.hasobject:
        values = dataset[start:stop]
    else:
        values = read(dataset, start, stop)
    return comparable(values, dataset.file)


def comparable(values: Any, file: h5py.File) -> Values:
    """Return values with bytes as text and references as the paths of their objects."""
    array = np.asarray(values)
    if array.dtype.kind not in "OSV":
        return array
    flat = np.empty(array.size, dtype=object)
    paths = ReferencedPaths(file)
    flat[:] = [_comparable_value(value, paths) for value in array.reshape(-1)]
    return flat.reshape(array.shape)


def _comparable_value(value: Any, paths: ReferencedPaths) -> Any:
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    if isinstance(value, h5py.Reference | h5py.RegionReference):
        return (paths.of(value) or "reference to a deleted object") if value else "null reference"
    if isinstance(value, np.void) and value.dtype.names:
        return tuple(_comparable_value(value[name], paths) for name in value.dtype.names)
    if isinstance(value, np.ndarray):
        return tuple(_comparable_value(each, paths) for each in value.tolist())
    return value


def value_text(value: Any) -> str:
    """Return a value as a person writes it, cut where it is long."""
    text = str(value.item() if isinstance(value, np.generic) else value)
    return text if len(text) <= 80 else f"{text[:77]}..."
