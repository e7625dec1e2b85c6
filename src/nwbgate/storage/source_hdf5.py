"""HDF5 files of instruments and pipelines, read without following external links."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import h5py

from nwbgate.errors import SourceError
from nwbgate.storage.hdf5 import dataset_at, open_hdf5
from nwbgate.storage.values import text

#: What HDF5 and h5py raise where a file is damaged, an unknown type or a name that is not text included.
_UNREADABLE = (OSError, RuntimeError, KeyError, TypeError, ValueError, OverflowError)


@contextmanager
def opened_source(path: Path, kind: str) -> Iterator[h5py.File]:
    """Open a source's HDF5 file, naming it in read errors.

    Parameters
    ----------
    path : Path
        The file.
    kind : str
        What it is, for the errors, such as ``a sync file``.

    Raises
    ------
    UsageError
        If there is no such file.
    SourceError
        If it is not an HDF5 file, or cannot be read to its end.
    """
    with open_hdf5(path, kind=kind) as file:
        try:
            yield file
        except _UNREADABLE as problem:
            raise _unreadable(path, kind, str(problem).strip("'\"")) from problem


def source_dataset(file: h5py.File, name: str, meaning: str) -> h5py.Dataset:
    """Return a dataset stored in the source itself.

    Parameters
    ----------
    file : h5py.File
        The source.
    name : str
        Its path in the file.
    meaning : str
        What it holds, for the error.

    Raises
    ------
    SourceError
        If there is none, or it leads to another file: external links, virtual datasets, external storage.
    """
    found = dataset_at(file, name)
    if found is None:
        raise SourceError(
            f"the file has no {name}",
            where=f"{file.filename}:/{name.lstrip('/')}",
            got=f"{names_at_top(file) or 'nothing'} at the top",
            expected=meaning,
            fix="check that this is the right file, and copy it again",
        )
    if found.is_virtual or found.id.get_create_plist().get_external_count():
        raise SourceError(
            "the dataset is stored in other files, which are not opened",
            where=f"{file.filename}:{found.name}",
            got="a virtual dataset" if found.is_virtual else "external storage",
            expected="all data inside the file",
            fix="copy the data into the file (h5repack)",
        )
    return found


def names_at_top(file: h5py.File) -> str:
    """Return the names at the top of a file, including non-text ones."""
    return ", ".join(sorted(map(text, file)))


def _unreadable(path: Path, kind: str, got: str) -> SourceError:
    return SourceError(
        f"cannot read {kind}",
        where=str(path),
        got=got,
        expected="a complete HDF5 file",
        fix="copy the file again from where it was recorded",
    )
