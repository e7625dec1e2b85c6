"""What the files of one session's planes repeat, compared: it is written once, so it has to be the same."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

from nwbgate.errors import SourceError
from nwbgate.reading.hdf5 import opened

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
    """Refuse plane files of one session that say different things of its behavior, stimuli, mouse or rig.

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
    with opened(paths[0]) as first:
        objects = dict(_shared(first))
        for path in paths[1:]:
            with opened(path) as other:
                _compare(first, objects, other)


def _shared(file: h5py.File) -> Iterator[tuple[str, str]]:
    """Give path and kind of each object that is of the session."""
    found: dict[str, str] = {"/": "Group"}

    def note(name: str, item: Any) -> None:
        if not any(name == own or name.startswith(f"{own}/") for own in _OWN):
            found[name] = type(item).__name__

    file.visititems(note)
    yield from found.items()


def _compare(first: h5py.File, objects: dict[str, str], other: h5py.File) -> None:
    theirs = dict(_shared(other))
    for name in sorted({*objects, *theirs}):
        if objects.get(name) != theirs.get(name):
            raise _difference(first, other, name, objects.get(name, "nothing"), theirs.get(name, "nothing"))
        _compare_attributes(first, other, name)
        if objects[name] == "Dataset":
            _compare_values(first, other, name)


def _compare_attributes(first: h5py.File, other: h5py.File, name: str) -> None:
    ours, theirs = (_attributes(file[name]) for file in (first, other))
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
    for block in _blocks(ours):
        mine, yours = np.asarray(ours[block]), np.asarray(theirs[block])
        index = _first_difference(mine, yours)
        if index is not None:
            shown = [index[0] + block.start, *index[1:]] if index else ""
            raise _difference(first, other, f"{name}{shown}", mine[index], yours[index])


def _refers(dtype: np.dtype[Any]) -> bool:
    """Return whether values point at other objects, whose addresses differ between equal files."""
    fields = [dtype[name] for name in dtype.names] if dtype.names else [dtype]
    return any(h5py.check_ref_dtype(each) is not None for each in fields)


def _blocks(dataset: h5py.Dataset) -> Iterator[Any]:
    if not dataset.shape:
        yield ()
        return
    row = max(1, dataset.dtype.itemsize * int(np.prod(dataset.shape[1:], dtype=np.int64)))
    step = max(1, BLOCK // row)
    for start in range(0, dataset.shape[0], step):
        yield slice(start, start + step)


def _first_difference(mine: npt.NDArray[Any], yours: npt.NDArray[Any]) -> tuple[int, ...] | None:
    """Return the index of the first value that differs between arrays of one shape and type; NaN equals itself."""
    if mine.dtype != object and mine.tobytes() == yours.tobytes():
        return None
    differ = np.asarray(mine != yours)
    if mine.dtype.kind == "f":
        differ &= ~(np.isnan(mine) & np.isnan(yours))
    places = np.argwhere(differ)
    return tuple(int(number) for number in places[0]) if len(places) else None


def _difference(first: h5py.File, other: h5py.File, place: str, ours: object, theirs: object) -> SourceError:
    return SourceError(
        "the plane files of one session differ in what they share",
        where=f"/{place.lstrip('/')} of {first.filename} and {other.filename}",
        got=f"{_shown(theirs)} in {Path(other.filename).name}",
        expected=f"{_shown(ours)}, as in {Path(first.filename).name}",
        fix="download both files again; if they are as released, convert them with --layout plane",
    )


def _shown(value: object) -> str:
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    return text if len(text) <= 200 else f"{text[:200]}..."
