"""Edits of HDF5 files: a value, a row or a dataset."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from nwbgate.storage.safe_files.atomic import replacing
from nwbgate.storage.safe_files.disk import changed_hdf5
from nwbgate.storage.safe_files.refusals import explain_refusals

#: Changes an open file.
Edit = Callable[[h5py.File], None]
#: The code that an edit must give, alone.
Fault = tuple[str, Edit]


def put(path: str, where: Any, value: Any) -> Edit:
    """Some elements of a dataset get another value."""

    def edit(file: h5py.File) -> None:
        file[path][where] = value

    return edit


def add(path: str, where: Any, amount: Any) -> Edit:
    """Some elements of a dataset get larger."""

    def edit(file: h5py.File) -> None:
        file[path][where] = file[path][where] + amount

    return edit


def scale(path: str, factor: float) -> Edit:
    """All elements of a dataset are multiplied."""

    def edit(file: h5py.File) -> None:
        file[path][...] = file[path][()] * factor

    return edit


def own_timestamps(series: str, seconds: float) -> Edit:
    """A series has timestamps of its own, later than those that it linked to."""

    def edit(file: h5py.File) -> None:
        timestamps, attributes = file[series]["timestamps"][()], dict(file[series]["timestamps"].attrs)
        del file[series]["timestamps"]
        file[series]["timestamps"] = timestamps + seconds
        file[series]["timestamps"].attrs.update(attributes)

    return edit


def copy(path: str, to: Any, source: Any) -> Edit:
    """Some elements of a dataset are copied over others of it."""

    def edit(file: h5py.File) -> None:
        values = file[path][()]
        values[to] = values[source]
        file[path][...] = values

    return edit


def transplant(source: str, target: str) -> Edit:
    """A dataset has the values of another one."""

    def edit(file: h5py.File) -> None:
        file[target][...] = file[source][()]

    return edit


def exchange(one: str, other: str) -> Edit:
    """Two datasets change places."""

    def edit(file: h5py.File) -> None:
        first, second = file[one][()], file[other][()]
        file[one][...], file[other][...] = second, first

    return edit


def swap(path: str, one: int, other: int, axis: int = 0) -> Edit:
    """Two rows (or columns) of a dataset change places."""

    def edit(file: h5py.File) -> None:
        values = np.moveaxis(file[path][()], axis, 0)
        values[[one, other]] = values[[other, one]]
        file[path][...] = np.moveaxis(values, 0, axis)

    return edit


def attribute(path: str, name: str, value: Any) -> Edit:
    """An attribute gets another value."""

    def edit(file: h5py.File) -> None:
        file[path].attrs[name] = value

    return edit


def remade(path: str, change: Callable[[Any], Any]) -> Edit:
    """Rebuild a dataset with its attributes, possibly longer or retyped."""

    def edit(file: h5py.File) -> None:
        values, attributes = file[path][()], dict(file[path].attrs)
        del file[path]
        file[path] = change(values)
        file[path].attrs.update(attributes)

    return edit


def without_column(table: str, column: str) -> Edit:
    """A table lacks one of its columns."""

    def edit(file: h5py.File) -> None:
        names = [name for name in file[table].attrs["colnames"] if name != column]
        file[table].attrs["colnames"] = names
        del file[table][column]

    return edit


def without(path: str) -> Edit:
    """An object is missing."""

    def edit(file: h5py.File) -> None:
        del file[path]

    return edit


def together(*edits: Edit) -> Edit:
    """Edit related objects in the same way."""

    def edit(file: h5py.File) -> None:
        for each in edits:
            each(file)

    return edit


def plant_in_copy(valid: Path, target: Path, edit: Edit) -> Path:
    """Copy a valid file and edit the copy."""
    with replacing(target, overwrite=True) as temporary, explain_refusals(target):
        shutil.copyfile(valid, temporary)
        with changed_hdf5(temporary) as file:
            edit(file)
    return target


def flip_chunk(path: str, number: int) -> Edit:
    """64 bytes in the middle of a compressed chunk are flipped on the disk."""

    def edit(file: h5py.File) -> None:
        dataset = file[path].id
        chunk = dataset.get_chunk_info(number)
        mask, stored = dataset.read_direct_chunk(chunk.chunk_offset)
        data, middle = bytearray(stored), len(stored) // 2
        data[middle : middle + 64] = bytes(byte ^ 0xFF for byte in data[middle : middle + 64])
        dataset.write_direct_chunk(chunk.chunk_offset, bytes(data), mask)

    return edit
