"""Variables of an untrusted HDF5 file, without following links out of it."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from math import prod
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

from nwbgate.errors import NwbgateError, SourceError
from nwbgate.interfaces.dataset_ii.matlab_values import is_empty
from nwbgate.storage.hdf5 import open_hdf5
from nwbgate.storage.safe_files.file_errors import lock_error

#: No filter of HDF5 does much better than DEFLATE at its best, 1032 to 1 (zlib, technical details); this is twice that.
LARGEST_RATIO = 2064
#: What to do about a variable that cannot be converted.
MEND = "exclude the recording, or correct the source"
#: Links followed to find one variable.
MOST_LINKS = 8


@contextmanager
def open_variables(path: Path) -> Iterator[h5py.File]:
    """Open a source for reading, turning HDF5 failures into `SourceError`.

    Raises
    ------
    SourceError
        If the file is not HDF5, is truncated or is damaged, or cannot be opened.
    """
    try:
        file = open_hdf5(path, walked=False)  # links are refused variable by variable
    except NwbgateError as problem:
        raise _unreadable(path, problem) from problem
    with file:
        try:
            yield file
        except (OSError, RuntimeError) as problem:
            raise _unreadable(path, problem) from problem


def _unreadable(path: Path, problem: Exception) -> SourceError:
    if isinstance(problem.__cause__, Exception):  # what HDF5 said
        problem = problem.__cause__
    text = " ".join(str(problem).split())
    if locked := lock_error(str(path), problem):
        return locked
    if not path.is_file():
        return SourceError("the source file does not exist", where=str(path), fix="name an existing file")
    if isinstance(problem, PermissionError):
        return SourceError("no permission to read the source file", where=str(path), got=text, fix="allow reading it")
    if "truncated" in text:
        return SourceError("the source file is truncated", where=str(path), got=text, fix="copy or download it again")
    if not h5py.is_hdf5(path):
        return SourceError(
            "the source file is not HDF5",
            where=str(path),
            got=_beginning(path),
            expected="an HDF5 file",
            fix="name HDF5 files only, or download the file again",
        )
    return SourceError("the source file is damaged", where=str(path), got=text, fix="copy or download it again")


def _beginning(path: Path) -> str:
    with path.open("rb") as stream:
        start = stream.read(16)
    return f"a file that begins with {start!r}" if start else "an empty file"


def where(file: h5py.File, name: str) -> str:
    """Return file and HDF5 path for an error message."""
    return f"{file.filename}:/{name.strip('/')}"


def variables(file: h5py.File) -> str:
    """Return the names of the variables for an error message."""
    return f"variables {', '.join(sorted(map(str, file.keys())))}"


def dataset_of(file: h5py.File, name: str) -> h5py.Dataset:
    """Return a variable of the file.

    Raises
    ------
    SourceError
        If the variable is missing, is not a dataset, lies outside the file, is empty, or declares more numbers than the
        file holds.
    """
    variable = _inside(file, name)
    if is_empty(variable):
        raise SourceError(
            f"{name} is empty", where=where(file, name), got=f"shape {variable.shape}", expected="values", fix=MEND
        )
    refuse_impossible_size(variable, file, name)
    return variable


def _inside(file: h5py.File, name: str) -> h5py.Dataset:
    """Return a dataset that lies in the file, empty or not."""
    variable = _object(file, _followed_path(file, name, name), name)
    if not isinstance(variable, h5py.Dataset):
        raise SourceError(
            f"{name} is not a dataset",
            where=where(file, name),
            got=type(variable).__name__,
            expected="an HDF5 dataset",
            fix=MEND,
        )
    if variable.is_virtual or variable.id.get_create_plist().get_external_count():
        raise _outside_error(file, name, "a dataset whose numbers lie in another file")
    return variable


def _followed_path(file: h5py.File, path: str, name: str, links: int = MOST_LINKS) -> str:
    """Return the target of a path, rejecting every link out of the file."""
    parts, place = path.strip("/").split("/"), ""
    for number, part in enumerate(parts):
        parent = _object(file, place or "/", name)
        if not isinstance(parent, h5py.Group) or part not in parent.keys():  # noqa: SIM118  `in` a group follows links
            got = variables(file) if path == name else f"a link to the missing path {path}"
            raise SourceError(
                f"{name} is missing",
                where=where(file, name),
                got=got,
                expected=f"a dataset {name}",
                fix=_fix_of_missing(file, name),
            )
        link = _link(file, parent, part, name)
        if isinstance(link, h5py.SoftLink):
            if not links:
                raise SourceError(
                    f"{name} is a circular link", where=where(file, name), got=f"a link to {link.path}", fix=MEND
                )
            target = link.path if link.path.startswith("/") else f"{place}/{link.path}"
            return _followed_path(file, "/".join([target, *parts[number + 1 :]]), name, links - 1)
        place = f"{place}/{part}"
    return place


def _fix_of_missing(file: h5py.File, name: str) -> str:
    """Return advice about a missing variable, such as a field of a MATLAB struct."""
    with suppress(KeyError, ValueError, TypeError, OSError, RuntimeError):  # what is damaged is no struct
        for key in file.keys():  # noqa: SIM118  `in` a file follows links
            group = file[key] if isinstance(file.get(key, getlink=True), h5py.HardLink) else None
            if isinstance(group, h5py.Group) and name in group.keys():  # noqa: SIM118
                return f"save the fields of {key} as variables: save(FILE, '-struct', '{key}', '-v7.3')"
    return MEND


def _object(file: h5py.File, place: str, name: str) -> h5py.Group | h5py.Dataset | h5py.Datatype:
    """Return the object at an existing path, checking that NumPy knows its type."""
    try:
        found = file[place]
        if isinstance(found, h5py.Dataset):
            _ = found.dtype
    except (KeyError, ValueError, TypeError) as problem:
        text = " ".join(str(problem).split())
        raise SourceError(
            f"{name} is damaged",
            where=where(file, name),
            got=text,
            expected="a dataset",
            fix="copy or download it again",
        ) from problem
    return found


def _link(file: h5py.File, parent: h5py.Group, part: str, name: str) -> h5py.HardLink | h5py.SoftLink:
    try:
        link = parent.get(part, getlink=True)
    except TypeError as problem:  # a kind of link that h5py does not know
        raise _outside_error(file, name, "a link of an unknown kind") from problem
    if isinstance(link, h5py.ExternalLink):
        raise _outside_error(file, name, f"a link to {link.path} of {link.filename}")
    return link


def _outside_error(file: h5py.File, name: str, got: str) -> SourceError:
    return SourceError(
        f"{name} is not stored in the file",
        where=where(file, name),
        got=got,
        expected="a dataset stored in the file itself",
        fix="make a file that contains its data (h5repack, or copy the variables)",
    )


def refuse_impossible_size(variable: h5py.Dataset, file: h5py.File, name: str) -> None:
    """Compare what is declared with what is stored, before anything is allocated."""
    declared = prod(variable.shape) * variable.dtype.itemsize
    stored = variable.id.get_storage_size()
    if variable.chunks:
        expected = prod(-(-length // chunk) for length, chunk in zip(variable.shape, variable.chunks, strict=True))
        filtered = variable.id.get_create_plist().get_nfilters() > 0
        whole = variable.id.get_num_chunks() == expected and declared <= stored * (LARGEST_RATIO if filtered else 1)
    else:
        whole = declared <= stored
    if not whole or stored > file.id.get_filesize():
        raise SourceError(
            f"{name} declares more data than the file contains",
            where=where(file, name),
            got=f"shape {variable.shape} of {variable.dtype}, {declared} bytes, with {stored} bytes stored",
            expected="as many values as are stored",
            fix="make or download the file again: it is incomplete",
        )


def number_of(file: h5py.File, name: str) -> float:
    """Return a number stored as (), (1,) or (1, 1).

    Raises
    ------
    SourceError
        If it is not one finite real number.
    """
    variable = dataset_of(file, name)
    _refuse_other_than_numbers(variable, file, name)
    if variable.size != 1:
        raise shape_error(variable, file, name, "one number: shape (), (1,) or (1, 1)")
    value = float(variable[()].reshape(-1)[0])
    if not np.isfinite(value):
        raise SourceError(
            f"{name} is not finite", where=where(file, name), got=str(value), expected="a finite number", fix=MEND
        )
    return value


def list_of(file: h5py.File, name: str) -> npt.NDArray[Any]:
    """Return real numbers, shape (N,); N may be 0, or 1 for a scalar.

    Raises
    ------
    SourceError
        If they are of another kind or shape.
    """
    variable = _inside(file, name)
    if is_empty(variable):
        return np.empty(0)
    if variable.shape == ():
        return np.array([number_of(file, name)])
    return numbers_of(vector_of(file, name))


def vector_of(file: h5py.File, name: str) -> h5py.Dataset:
    """Return a dataset of real numbers of shape (N,), (1, N) or (N, 1).

    Raises
    ------
    SourceError
        If it has another kind or shape.
    """
    variable = dataset_of(file, name)
    _refuse_other_than_numbers(variable, file, name)
    if variable.dtype.kind == "f" and variable.dtype.itemsize not in (4, 8):
        raise kind_error(variable, file, name, "numbers that NWB knows: integers, float32 or float64")
    if variable.ndim not in (1, 2) or variable.size != max(variable.shape):
        raise shape_error(variable, file, name, "one row of numbers: shape (N,), (1, N) or (N, 1)")
    return variable


def numbers_of(variable: h5py.Dataset) -> npt.NDArray[Any]:
    """Return all numbers of a dataset from `vector_of`, as stored, shape (N,)."""
    return np.asarray(variable[()]).reshape(-1)


def _refuse_other_than_numbers(variable: h5py.Dataset, file: h5py.File, name: str) -> None:
    if variable.dtype.kind not in "fiu":
        raise kind_error(variable, file, name, "real numbers")


def kind_error(variable: h5py.Dataset, file: h5py.File, name: str, expected: str) -> SourceError:
    """Return the error for a variable of another type."""
    kind = "text" if h5py.check_string_dtype(variable.dtype) else str(variable.dtype)
    return SourceError(f"{name} has the wrong type", where=where(file, name), got=kind, expected=expected, fix=MEND)


def shape_error(variable: h5py.Dataset, file: h5py.File, name: str, expected: str) -> SourceError:
    """Return the error for a variable of another shape."""
    got = f"shape {variable.shape}"
    return SourceError(
        f"{name} has the wrong dimensions", where=where(file, name), got=got, expected=expected, fix=MEND
    )
