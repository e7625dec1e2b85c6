"""A written HDF5 file as a Zarr store, as hdmf-zarr lays it out.

Chunks that are shuffled and deflated are the same bytes in both formats, and copied. Texts are stored as UTF-8 and
references as JSON, not pickled: a reader of the store has nothing to unpickle.
"""

import json
import posixpath
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import prod
from pathlib import Path
from typing import Any

import h5py
import numcodecs
import numpy as np

from nwbgate.errors import WriteError
from nwbgate.storage.chunks.chunk_locations import stored_chunks
from nwbgate.storage.referenced_paths import ReferencedPaths

#: Bytes of the chunks of datasets that HDF5 stores without chunks, and the level of their compression.
_CHUNK_BYTES, _LEVEL = 2**20, 4
_SHUFFLE, _DEFLATE = h5py.h5z.FILTER_SHUFFLE, h5py.h5z.FILTER_DEFLATE
_JSON = {"id": "json2", "encoding": "utf-8", "skipkeys": False, "ensure_ascii": True, "check_circular": True,
         "allow_nan": True, "sort_keys": True, "indent": None, "separators": [",", ":"], "strict": True}  # fmt: skip

Json = dict[str, Any]


def transcribe(file: h5py.File, store: Path) -> None:
    """Write the content of an NWB file into an empty folder, metadata consolidated.

    Parameters
    ----------
    file : h5py.File
        The file, open for reading.
    store : Path
        The folder.

    Raises
    ------
    WriteError
        If the file links to data of another file.
    OSError
        If the file cannot be read or the store cannot be written.
    """
    transcription = _Transcription(file, store)
    transcription.write_group(file["/"])
    consolidated = {"metadata": transcription.metadata, "zarr_consolidated_format": 1}
    (store / ".zmetadata").write_text(json.dumps(consolidated, indent=4))


@dataclass
class _Transcription:
    """One file becoming a store.

    Attributes
    ----------
    file : h5py.File
        The file.
    store : Path
        The folder.
    metadata : dict
        Content of the files of metadata so far, by their path in the store.
    """

    file: h5py.File
    store: Path
    metadata: dict[str, Json] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Look at the file's objects once for all references."""
        self._paths = ReferencedPaths(self.file)

    def write_group(self, group: h5py.Group) -> None:
        """Write a group and all below it."""
        self._place(group.name).mkdir(exist_ok=True)
        self._put(group.name, ".zgroup", {"zarr_format": 2})
        attributes = self._attributes(group)
        if links := list(self._links(group)):
            attributes["zarr_link"] = links
        self._put(group.name, ".zattrs", attributes)
        for name in group:
            if isinstance(group.get(name, getlink=True), h5py.SoftLink):
                continue
            child = group[name]
            if isinstance(child, h5py.Group):
                self.write_group(child)
            else:
                self._write_dataset(child)

    def _links(self, group: h5py.Group) -> Iterator[Json]:
        """Yield the soft links of a group as entries of `zarr_link`."""
        for name in group:
            link = group.get(name, getlink=True)
            if isinstance(link, h5py.ExternalLink):
                raise WriteError(
                    "a link to data of another file cannot be written to Zarr",
                    where=f"{group.name.rstrip('/')}/{name}",
                    got=f"{link.filename}:{link.path}",
                    fix="give the data themselves, without link_data=True",
                )
            if isinstance(link, h5py.SoftLink):
                yield {"source": ".", "path": posixpath.join(group.name, link.path), "name": name}

    def _write_dataset(self, dataset: h5py.Dataset) -> None:
        self._place(dataset.name).mkdir()
        if dataset.dtype.hasobject:
            kind, array = self._write_objects(dataset)
        else:
            kind, array = _kind(dataset.dtype), self._write_numbers(dataset)
        shape = list(dataset.shape) or [1]
        common = {"zarr_format": 2, "order": "C", "shape": shape, "fill_value": None}
        self._put(dataset.name, ".zarray", {**common, **array})
        scalar = not dataset.shape and kind != "object"
        self._put(dataset.name, ".zattrs", {**self._attributes(dataset), "zarr_dtype": "scalar" if scalar else kind})

    def _write_objects(self, dataset: h5py.Dataset) -> tuple[Any, Json]:
        """Write texts, references or records as one chunk; return their kind and metadata."""
        values = np.atleast_1d(dataset.asstr()[()] if h5py.check_string_dtype(dataset.dtype) else dataset[()])
        if h5py.check_string_dtype(dataset.dtype):
            kind: Any = "str"
            codec: Json = {"id": "vlen-utf8"}
            content = numcodecs.VLenUTF8().encode(values.astype(object))
        else:
            kind, rows = self._records(values) if values.dtype.names else ("object", [*map(self._reference, values)])
            codec, content = _JSON, json.dumps([*rows, "|O", [len(rows)]], separators=(",", ":")).encode()
        if values.size:
            self._put_chunk(dataset.name, (0,) * values.ndim, zlib.compress(bytes(content), _LEVEL))
        chunks = [max(1, length) for length in values.shape]
        compressor = {"id": "zlib", "level": _LEVEL}
        return kind, {"dtype": "|O", "chunks": chunks, "filters": [codec], "compressor": compressor}

    def _records(self, values: np.ndarray[Any, np.dtype[Any]]) -> tuple[Any, list[Any]]:
        """Return the fields and the rows of a table of records."""
        rows = [[self._plain(row[name]) for name in values.dtype.names or ()] for row in values]
        return _kind(values.dtype), rows

    def _write_numbers(self, dataset: h5py.Dataset) -> Json:
        """Write numbers, their chunks as they are where Zarr has the same codecs."""
        creation = dataset.id.get_create_plist()
        filters = [creation.get_filter(number) for number in range(creation.get_nfilters())]
        codes = [code for code, *_ in filters]
        stored = stored_chunks(dataset) if dataset.chunks else []
        same = (
            bool(stored)
            and codes in ([_SHUFFLE, _DEFLATE], [_DEFLATE])
            and not any(each.filter_mask for each in stored)
        )
        if same:
            for each in stored:
                _, content = dataset.id.read_direct_chunk(each.corner)
                self._put_chunk(dataset.name, _grid_place(each.corner, dataset.chunks), content)
            shuffle = [{"id": "shuffle", "elementsize": dataset.dtype.itemsize}] if _SHUFFLE in codes else []
            compressor = {"id": "zlib", "level": int(filters[-1][2][0])}
            return {"dtype": _dtype_json(dataset.dtype), "chunks": list(dataset.chunks), "filters": shuffle or None,
                    "compressor": compressor}  # fmt: skip
        return self._write_packed(dataset)

    def _write_packed(self, dataset: h5py.Dataset) -> Json:
        """Write numbers in chunks of rows."""
        shape = dataset.shape or (1,)
        row_bytes = max(1, prod(shape[1:]) * dataset.dtype.itemsize)
        chunks = (max(1, min(shape[0], _CHUNK_BYTES // row_bytes)), *(max(1, length) for length in shape[1:]))
        for start in range(0, shape[0], chunks[0]) if prod(shape) else ():
            rows = dataset[start : start + chunks[0]] if dataset.shape else np.atleast_1d(dataset[()])
            whole = np.zeros(chunks, packed_dtype(dataset.dtype))
            whole[: len(rows)] = rows
            place = (start // chunks[0], *(0 for _ in chunks[1:]))
            self._put_chunk(dataset.name, place, zlib.compress(whole.tobytes(), _LEVEL))
        return {"dtype": _dtype_json(dataset.dtype), "chunks": list(chunks), "filters": None,
                "compressor": {"id": "zlib", "level": _LEVEL}}  # fmt: skip

    def _attributes(self, item: h5py.Group | h5py.Dataset) -> Json:
        return {name: self._attribute(name, value) for name, value in item.attrs.items()}

    def _attribute(self, name: str, value: Any) -> Any:
        """Return an attribute as hdmf-zarr has it."""
        plain = self._plain(value)
        if not isinstance(value, h5py.Reference):
            return plain
        return plain["path"].strip("/") if name == ".specloc" else {"zarr_dtype": "object", "value": plain}

    def _plain(self, value: Any) -> Any:
        """Return a value of HDF5 as JSON has it."""
        if isinstance(value, h5py.Reference):
            return self._reference(value)
        if isinstance(value, h5py.Empty):
            return None
        if isinstance(value, bytes):
            return value.decode("utf-8")
        if isinstance(value, np.ndarray):
            return [self._plain(each) for each in value]
        return value.item() if isinstance(value, np.generic) else value

    def _reference(self, reference: h5py.Reference) -> Json:
        """Return the reference of hdmf-zarr to the same object."""
        target = self.file[reference]
        ids = {"object_id": target.attrs.get("object_id"), "source_object_id": self.file.attrs.get("object_id")}
        return {"source": ".", "path": self._paths.of(reference), **ids}

    def _put(self, path: str, name: str, content: Json) -> None:
        """Write a file of metadata."""
        place = self._place(path) / name
        place.write_text(json.dumps(content, indent=4))
        self.metadata[place.relative_to(self.store).as_posix()] = content

    def _put_chunk(self, path: str, place: tuple[int, ...], content: bytes) -> None:
        (self._place(path) / ".".join(map(str, place))).write_bytes(content)

    def _place(self, path: str) -> Path:
        return self.store / path.strip("/")


def packed_dtype(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Return a type of records without gaps, any other as it is."""
    return np.dtype([(name, dtype[name]) for name in dtype.names]) if dtype.names else dtype


def _dtype_json(dtype: np.dtype[Any]) -> Any:
    """Return a type as Zarr names it."""
    return [[name, dtype[name].str] for name in dtype.names] if dtype.names else dtype.str


def _kind(dtype: np.dtype[Any]) -> Any:
    """Return a type as hdmf-zarr names it."""
    if dtype.names:
        return [{"name": name, "dtype": _kind(dtype[name])} for name in dtype.names]
    if h5py.check_ref_dtype(dtype):
        return "object"
    return "str" if dtype.hasobject else dtype.type.__name__


def _grid_place(corner: tuple[int, ...], chunks: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(start // length for start, length in zip(corner, chunks, strict=True))
