"""Comparison of a file with its extended copy, which must keep all content."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from nwbgate.errors import VerificationError
from nwbgate.storage.chunks.chunk_locations import stored_chunks
from nwbgate.storage.hdf5 import open_hdf5
from nwbgate.storage.referenced_paths import ReferencedPaths

_Paths = tuple[ReferencedPaths, ReferencedPaths]

#: Bytes of a dataset without chunks that are compared in one go.
_BLOCK = 8 * 1024 * 1024


def refuse_changes(original: Path, copy: Path, *, apart_from: str) -> None:
    """Compare all groups, datasets and attributes of a file with those of a copy.

    Chunks are compared as they are stored, without being unpacked.

    Parameters
    ----------
    original, copy : Path
        The two files.
    apart_from : str
        HDF5 path of what was added; neither it nor what lies below it is looked at, in either.

    Raises
    ------
    VerificationError
        At the first object that is missing in the copy, or differs.
    SourceError
        If one of the files leads to other files (`OutsideError`), or cannot be read.
    """
    with open_hdf5(original) as before, open_hdf5(copy) as after:
        paths = ReferencedPaths(before), ReferencedPaths(after)
        for name in _names(before, apart_from):
            there = after.get(name)
            if there is None or not _is_same(before[name], there, paths):
                raise VerificationError(
                    "a part of the file changed while its copy was extended",
                    where=f"{copy}: /{name}",
                    got="nothing" if there is None else "different content",
                    expected=f"the content of {original}",
                    fix="the original is untouched; report this with the file's structure",
                )


def _names(file: h5py.File, apart_from: str) -> Iterator[str]:
    """Yield the path of every object once, the root first."""
    found: list[str] = []
    file.visit(found.append)
    skipped = apart_from.strip("/")
    yield "/"
    yield from (name for name in found if name != skipped and not name.startswith(f"{skipped}/"))


def _is_same(one: Any, other: Any, paths: _Paths) -> bool:
    if type(one) is not type(other) or not _same_attributes(one, other, paths):
        return False
    return not isinstance(one, h5py.Dataset) or _same_data(one, other, paths)


def _same_attributes(one: Any, other: Any, paths: _Paths) -> bool:
    if set(one.attrs) != set(other.attrs):
        return False
    return all(_same_values(one.attrs[key], other.attrs[key], paths) for key in one.attrs)


def _same_data(one: h5py.Dataset, other: h5py.Dataset, paths: _Paths) -> bool:
    if (one.shape, one.dtype, one.chunks) != (other.shape, other.dtype, other.chunks):
        return False
    if one.chunks and not one.dtype.hasobject:
        return _same_chunks(one, other)
    if one.ndim == 0 or one.dtype.hasobject:
        return _same_values(one[()], other[()], paths)
    rows = max(1, _BLOCK // max(1, one.nbytes // max(1, len(one))))
    return all(
        one[start : start + rows].tobytes() == other[start : start + rows].tobytes()
        for start in range(0, len(one), rows)
    )


def _same_chunks(one: h5py.Dataset, other: h5py.Dataset) -> bool:
    corners = [sorted(chunk.corner for chunk in stored_chunks(dataset)) for dataset in (one, other)]
    return corners[0] == corners[1] and all(
        one.id.read_direct_chunk(corner) == other.id.read_direct_chunk(corner) for corner in corners[0]
    )


def _same_values(mine: Any, theirs: Any, paths: _Paths) -> bool:
    """Compare values read by h5py, references by the names of their targets."""
    if isinstance(mine, h5py.RegionReference) or isinstance(theirs, h5py.RegionReference):
        return type(mine) is type(theirs)
    if isinstance(mine, h5py.Reference):
        return isinstance(theirs, h5py.Reference) and paths[0].of(mine) == paths[1].of(theirs)
    left, right = np.asarray(mine), np.asarray(theirs)
    if left.shape != right.shape or left.dtype != right.dtype:
        return False
    if left.dtype.names:
        return all(_same_values(left[name], right[name], paths) for name in left.dtype.names)
    if not left.dtype.hasobject:
        return left.tobytes() == right.tobytes()
    return all(_same_value(a, b, paths) for a, b in zip(left.flat, right.flat, strict=True))


def _same_value(mine: Any, theirs: Any, paths: _Paths) -> bool:
    holds_more = isinstance(mine, h5py.Reference | np.ndarray | np.void)
    return _same_values(mine, theirs, paths) if holds_more else bool(mine == theirs)
