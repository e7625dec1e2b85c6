"""Verification of a Zarr store against the HDF5 file of its content."""

from pathlib import Path
from typing import Any

import h5py
import numpy as np

from nwbgate.errors import NwbgateError, VerificationError
from nwbgate.storage.chunks import chunk_shapes as chunks
from nwbgate.storage.referenced_paths import ReferencedPaths
from nwbgate.storage.zarr_stores.hdf5_view import open_store
from nwbgate.writing.zarr_transcription import packed_dtype


def verify_store(store: Path, file: h5py.File) -> None:
    """Compare all objects, attributes and links of a store with its file.

    The store is decoded by numcodecs and the file by HDF5's own filters, so that a fault of one is seen by the other.

    Parameters
    ----------
    store : Path
        The store.
    file : h5py.File
        The file, open for reading.

    Raises
    ------
    VerificationError
        At the first difference, with its path.
    """
    try:
        with open_store(store) as view:
            given, found = _objects(file), _objects(view)
            for path in given | found:
                if path not in given or path not in found or not _same(given[path], found[path]):
                    raise _differs(store, path)
    except (NwbgateError, OSError) as error:
        if isinstance(error, VerificationError):
            raise
        raise _differs(store, "", str(error)) from error


def _objects(file: h5py.File) -> dict[str, Any]:
    """Return the objects and soft links of a file by path."""
    found: dict[str, Any] = {"/": file["/"]}
    file.visititems_links(lambda name, link: found.update({name: _object(file, name, link)}))
    return found


def _object(file: h5py.File, name: str, link: Any) -> Any:
    return file[name] if isinstance(link, h5py.HardLink) else link


def _same(given: Any, found: Any) -> bool:
    if isinstance(given, h5py.SoftLink) or isinstance(found, h5py.SoftLink):
        return type(given) is type(found) and bool(given.path == found.path)
    if type(given) is not type(found) or not _same_attributes(given, found):
        return False
    return not isinstance(given, h5py.Dataset) or _same_data(given, found)


def _same_attributes(given: Any, found: Any) -> bool:
    names = {*given.attrs}
    return names == {*found.attrs} and all(
        _plain(ReferencedPaths(given.file), given.attrs[name]) == _plain(ReferencedPaths(found.file), found.attrs[name])
        for name in names
    )


def _same_data(given: h5py.Dataset, found: h5py.Dataset) -> bool:
    if given.shape != found.shape:
        return False
    if given.dtype.hasobject:
        return bool(_plain(ReferencedPaths(given.file), given[()]) == _plain(ReferencedPaths(found.file), found[()]))
    if packed_dtype(given.dtype) != found.dtype:
        return False
    if not given.shape:
        return bool(np.asarray(given[()], found.dtype).tobytes() == found[()].tobytes())
    step = chunks.block_shape(given.shape, list(given.chunks or [1] * given.ndim), given.dtype.itemsize)
    return all(
        given[region].astype(found.dtype).tobytes() == found[region].tobytes()
        for region in chunks.regions(given.shape, step)
    )


def _plain(paths: ReferencedPaths, value: Any) -> Any:
    """Return a value as plain Python, references as paths, NaN equal to itself."""
    if isinstance(value, h5py.Reference):
        return paths.of(value) if value else None
    if isinstance(value, bytes):
        return value.decode("utf-8")
    if isinstance(value, np.void):
        return [_plain(paths, value[name]) for name in value.dtype.names or ()]
    if isinstance(value, np.ndarray):
        return [_plain(paths, each) for each in value]
    if isinstance(value, float | np.floating) and np.isnan(value):
        return "NaN"
    return value.item() if isinstance(value, np.generic) else value


def _differs(store: Path, path: str, got: str = "") -> VerificationError:
    return VerificationError(
        "the written store differs from the given data",
        where=f"{store}: {path}",
        got=got,
        fix="write again; if it happens again, check the disk",
    )
