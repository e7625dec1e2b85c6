"""Comparison of the behavior repeated in a session's plane files, written once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

from nwbgate.errors import SourceError
from nwbgate.storage.chunks import chunk_shapes as chunks
from nwbgate.storage.hdf5 import open_nwb_file

#: What is of the plane, or of the file itself.
_OWN = ("processing/ophys", "general/optophysiology", "specifications", "identifier", "file_create_date", ".specloc")
_OWN_ATTRIBUTES = (
    "object_id", "ophys_experiment_id", "ophys_container_id", "imaging_depth", "targeted_imaging_depth",
    "imaging_plane_group", "field_of_view_width", "field_of_view_height",
)  # fmt: skip
#: Attributes whose order means nothing: AllenSDK writes the columns of its tables in an order that chance gave.
_UNORDERED = ("colnames",)
#: Bytes of each file that are compared at a time.
BLOCK = 1 << 22


def refuse_differences(paths: Sequence[Path]) -> None:
    """Reject plane files of one session that differ in behavior, stimuli, mouse or rig.

    Parameters
    ----------
    paths : sequence of Path
        Files of the release; each is compared with the first.

    Raises
    ------
    SourceError
        Naming two files, the object and both values.
    """
    if len(paths) < 2:
        return
    with open_nwb_file(paths[0]) as first:
        objects = _shared_objects(first)
        for path in paths[1:]:
            with open_nwb_file(path) as other:
                _compare(first, objects, other)


@dataclass(frozen=True)
class _Object:
    """Compared properties of an object beside its values."""

    kind: str
    attributes: dict[str, Any]


def _shared_objects(file: h5py.File) -> dict[str, _Object]:
    """Return each object of the session by its path."""
    found = {"/": _Object("Group", _attributes(file))}

    def look(group: h5py.Group, before: str) -> None:
        for key in group:
            name = f"{before}{key}"
            if name in _OWN or not isinstance(group.get(key, getlink=True), h5py.HardLink):
                continue
            item = group[key]
            found[name] = _Object(type(item).__name__, _attributes(item))
            if isinstance(item, h5py.Group):
                look(item, f"{name}/")

    look(file, "")
    return found


def _compare(first: h5py.File, objects: dict[str, _Object], other: h5py.File) -> None:
    theirs = _shared_objects(other)
    for name in sorted({*objects, *theirs}):
        mine, yours = objects.get(name), theirs.get(name)
        if mine is None or yours is None or mine.kind != yours.kind:
            kinds = ("nothing" if each is None else each.kind for each in (mine, yours))
            raise _difference(first, other, name, *kinds)
        _compare_attributes(first, other, name, mine.attributes, yours.attributes)
        if mine.kind == "Dataset":
            _compare_values(first, other, name)


def _compare_attributes(
    first: h5py.File, other: h5py.File, name: str, ours: dict[str, Any], theirs: dict[str, Any]
) -> None:
    for key in sorted({*ours, *theirs}):
        if ours.get(key) != theirs.get(key):
            raise _difference(first, other, f"{name}@{key}", ours.get(key, "nothing"), theirs.get(key, "nothing"))


def _attributes(item: h5py.Group | h5py.Dataset) -> dict[str, Any]:
    found = {}
    for key in item.attrs:
        if key in _OWN_ATTRIBUTES or h5py.check_ref_dtype(item.attrs.get_id(key).dtype) is not None:
            continue
        value = np.asarray(item.attrs[key])
        values = value.ravel().tolist()
        found[key] = repr(sorted(map(str, values)) if key in _UNORDERED else value.tolist())
    return found


def _compare_values(first: h5py.File, other: h5py.File, name: str) -> None:
    ours, theirs = first[name], other[name]
    if ours.shape != theirs.shape or ours.dtype != theirs.dtype:
        raise _difference(first, other, name, f"{ours.dtype} {ours.shape}", f"{theirs.dtype} {theirs.shape}")
    if _refers(ours.dtype):
        return
    for block in _blocks(ours.shape, ours.dtype.itemsize):
        mine, yours = np.asarray(ours[block]), np.asarray(theirs[block])
        index = _first_difference(mine, yours)
        if index is not None:
            shown = [part.start + at for part, at in zip(block, index, strict=True)] or ""
            raise _difference(first, other, f"{name}{shown}", mine[index], yours[index])


def _refers(dtype: np.dtype[Any]) -> bool:
    """Return whether values are references, whose addresses differ between equal files."""
    fields = [dtype[name] for name in dtype.names] if dtype.names else [dtype]
    return any(h5py.check_ref_dtype(each) is not None for each in fields)


def _blocks(shape: Sequence[int], itemsize: int) -> Iterator[Any]:
    """Yield selections of at most `BLOCK` bytes that cover an array."""
    room, step = BLOCK // itemsize, list[int]()
    for length in reversed(shape):
        step.append(max(1, min(length, room)))
        room //= step[-1]
    yield from chunks.regions(shape, step[::-1])


def _first_difference(mine: npt.NDArray[Any], yours: npt.NDArray[Any]) -> tuple[int, ...] | None:
    """Return the index of the first differing value; NaN equals NaN."""
    if mine.dtype != object and np.array_equal(_bits(mine), _bits(yours)):
        return None
    differ = np.asarray(mine != yours)
    if mine.dtype.kind == "f":
        differ &= ~(np.isnan(mine) & np.isnan(yours))
    places = np.argwhere(differ)
    return tuple(int(number) for number in places[0]) if len(places) else None


def _bits(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return the bytes of values in large words, for fast comparison with equal NaN."""
    flat = np.ascontiguousarray(values).reshape(-1)
    return flat.view(np.uint64 if flat.nbytes % 8 == 0 else np.uint8)


def _difference(first: h5py.File, other: h5py.File, place: str, ours: object, theirs: object) -> SourceError:
    return SourceError(
        "the plane files of one session differ in shared content",
        where=f"/{place.lstrip('/')} of {first.filename} and {other.filename}",
        got=f"{_shown_value(theirs)} in {Path(other.filename).name}",
        expected=f"{_shown_value(ours)}, as in {Path(first.filename).name}",
        fix="download both files again; if they are as released, convert them with --layout plane",
    )


def _shown_value(value: object) -> str:
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    return text if len(text) <= 200 else f"{text[:200]}..."
