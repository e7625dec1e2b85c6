"""A Zarr store as an open HDF5 file.

What reads NWB reads h5py objects. Here groups, attributes, links, references and texts of a store are written into an
HDF5 file in memory, with the types PyNWB gives them; arrays of numbers are only declared in it, and decoded when they
are read. So one way of reading serves both formats, and nothing of a store is run.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

import h5py
import numpy as np

from nwbgate.errors import MalformedError, NwbgateError
from nwbgate.storage.safe_files.streamed_files import open_streamed
from nwbgate.storage.zarr_stores.hdf5_image import Hdf5Image
from nwbgate.storage.zarr_stores.hdf5_values import attribute_value, is_reference, object_values
from nwbgate.storage.zarr_stores.links import Link, inner_path, link_of
from nwbgate.storage.zarr_stores.nodes import StoredNode, stored_nodes
from nwbgate.storage.zarr_stores.stored_chunks import StoredChunks

#: Attributes of Zarr and hdmf-zarr about the storage.
_RESERVED = frozenset({"_ARRAY_DIMENSIONS", "zarr_dtype", "zarr_link", ".specloc"})
#: What h5py and HDF5 raise for what they cannot hold.
_REFUSED = (ValueError, TypeError, RuntimeError, OverflowError, OSError, KeyError, AttributeError, UnicodeError)


def open_store(store: Path) -> h5py.File:
    """Open a Zarr store of NWB for reading.

    Parameters
    ----------
    store : Path
        Folder of the store.

    Returns
    -------
    h5py.File
        Its `filename` is the path of the store.

    Raises
    ------
    SourceError
        If the folder is not a Zarr 2 store, its metadata, texts or references are damaged, or a link leads out of it
        (`OutsideError`). A damaged chunk of numbers is an OSError of whoever reads it.
    """
    image = Hdf5Image(str(store))
    with h5py.File(image, "w", libver="latest") as file:
        _Writer(file, image, store).write(list(stored_nodes(store)))
    return open_streamed(image)


class _Writer:
    """Writes the nodes of a store into an HDF5 file in memory."""

    def __init__(self, file: h5py.File, image: Hdf5Image, store: Path) -> None:
        self._file, self._image, self._store = file, image, store
        self._root = Path(store).resolve()

    def write(self, nodes: list[StoredNode]) -> None:
        """Write all nodes; references last, as they need their targets."""
        for node in nodes:
            with _naming(node):
                self._declare(node)
        for node in nodes:
            with _naming(node):
                for link in map(link_of, node.attributes.get("zarr_link", [])):
                    self._add_link(self._file[node.path], link)
        for node in nodes:
            with _naming(node):
                self._fill(node)

    def _declare(self, node: StoredNode) -> None:
        """Make a group, or the dataset of an array without objects."""
        if node.array is None:
            self._file.require_group(node.path)
        elif node.array.is_numeric:
            self._declare_dataset(node, StoredChunks(self._root, node.folder, node.array))
        elif not _holds_references(node):
            self._make_dataset(node, self._objects(node))

    def _declare_dataset(self, node: StoredNode, chunks: StoredChunks) -> None:
        """Declare a dataset whose bytes are the chunks of the array."""
        metadata, scalar = chunks.metadata, _is_scalar(node)
        if scalar or not metadata.shape or not chunks.count:
            content = (
                chunks.read((0,) * len(metadata.shape)) if chunks.count else np.empty(metadata.shape, metadata.dtype)
            )
            self._make_dataset(node, content.reshape(()) if scalar else content)
            return
        creation = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        creation.set_chunk(chunks.shape)
        creation.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
        creation.set_fill_time(h5py.h5d.FILL_TIME_NEVER)
        kind, space = h5py.h5t.py_create(metadata.dtype, logical=True), h5py.h5s.create_simple(metadata.shape)
        parent = self._file[str(PurePosixPath(node.path).parent)]
        dataset = h5py.h5d.create(parent.id, PurePosixPath(node.path).name.encode(), kind, space, creation)
        self._image.lay(dataset.get_chunk_info(0).byte_offset, chunks)

    def _make_dataset(self, node: StoredNode, content: Any) -> None:
        kind = h5py.string_dtype() if content.dtype.kind in "OU" and not content.dtype.metadata else content.dtype
        self._file.create_dataset(
            node.path, data=content.astype(object) if content.dtype.kind == "U" else content, dtype=kind
        )

    def _objects(self, node: StoredNode) -> Any:
        """Return the texts, references or records of an array of objects."""
        assert node.array is not None
        chunks = StoredChunks(self._root, node.folder, node.array)
        found = object_values(chunks, node.attributes.get("zarr_dtype"), self._reference)
        return found.reshape(()) if _is_scalar(node) else found

    def _fill(self, node: StoredNode) -> None:
        """Write datasets of references, and the attributes of a node."""
        if node.array is not None and _holds_references(node):
            self._make_dataset(node, self._objects(node))
        attributes = self._file[node.path].attrs
        for name, value in node.attributes.items():
            if name not in _RESERVED:
                attributes[name] = self._attribute(value)
        specifications = node.attributes.get(".specloc")
        if isinstance(specifications, str):
            attributes[".specloc"] = self._reference({"source": ".", "path": specifications})

    def _attribute(self, value: Any) -> Any:
        return self._reference(value["value"]) if is_reference(value) else attribute_value(value)

    def _reference(self, given: Any) -> h5py.Reference:
        """Return the HDF5 reference, null if it leads nowhere."""
        found = self._file.get(inner_path(given, self._store))
        return h5py.Reference() if found is None else found.ref

    def _add_link(self, group: h5py.Group, link: Link) -> None:
        group[link.name] = link.hdf5_link(self._store)


def _is_scalar(node: StoredNode) -> bool:
    return node.attributes.get("zarr_dtype") == "scalar" and node.array is not None and node.array.shape == (1,)


def _holds_references(node: StoredNode) -> bool:
    """Return whether an array holds references, alone or in records."""
    kind = node.attributes.get("zarr_dtype")
    objects = node.array is not None and node.array.dtype.hasobject
    return objects and (kind == "object" or isinstance(kind, list))


@contextmanager
def _naming(node: StoredNode) -> Iterator[None]:
    """Name the node in the errors of h5py."""
    try:
        yield
    except NwbgateError:
        raise
    except _REFUSED as error:
        raise MalformedError(
            "the store holds what cannot be read",
            where=str(node.folder),
            got=f"{type(error).__name__}: {error}",
            expected="groups and arrays as hdmf-zarr writes them",
            fix="copy or download the store again, or write it again with hdmf-zarr",
        ) from error
