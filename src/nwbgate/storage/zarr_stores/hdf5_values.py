"""Attributes and objects of a Zarr store as values of HDF5."""

import json
from collections.abc import Callable
from math import prod
from typing import Any

import h5py
import numpy as np

from nwbgate.errors import TooLargeError
from nwbgate.storage.values import MOST
from nwbgate.storage.zarr_stores.stored_chunks import StoredChunks

#: Bytes that an object takes at least while its array is read.
_LEAST_BYTES = 64

Refer = Callable[[Any], h5py.Reference]


def is_reference(value: Any) -> bool:
    """Return whether an attribute is a reference to an object."""
    return isinstance(value, dict) and value.get("zarr_dtype") == "object" and "value" in value


def attribute_value(value: Any) -> Any:
    """Return an attribute of JSON with the type of HDF5.

    What HDF5 has no type for stays a text of JSON.
    """
    if value is None:
        return h5py.Empty("f8")
    if isinstance(value, str | bool | float) or (isinstance(value, int) and -(2**63) <= value < 2**64):
        return value
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return np.array(value, h5py.string_dtype())
    if isinstance(value, list):
        array = _numbers(value)
        return json.dumps(value) if array is None else array
    return json.dumps(value)


def _numbers(values: list[Any]) -> np.ndarray[Any, np.dtype[Any]] | None:
    """Return nested lists of numbers as an array, or None."""
    try:
        found = np.array(values)
    except (ValueError, OverflowError):
        return None
    return found if found.dtype.kind in "biuf" else None


def object_values(chunks: StoredChunks, kind: Any, refer: Refer) -> np.ndarray[Any, np.dtype[Any]]:
    """Return an array of objects with the types of HDF5.

    Parameters
    ----------
    chunks : StoredChunks
        Of the array.
    kind : object
        Attribute `zarr_dtype`: ``object`` for references, a list of fields for records, else texts.
    refer : callable
        Turns a reference of hdmf-zarr into one of HDF5.

    Raises
    ------
    TooLargeError
        If the array is too large to be held.
    ValueError
        If an object is not of its kind.
    OSError
        If a chunk is damaged.
    """
    stored = _whole(chunks)
    if isinstance(kind, list):
        return _records(stored, kind, refer)
    return _references(stored, refer) if kind == "object" else _texts(stored)


def _whole(chunks: StoredChunks) -> np.ndarray[Any, np.dtype[Any]]:
    """Return the content of an array; objects of missing chunks are None."""
    shape, dtype = chunks.metadata.shape, chunks.metadata.dtype
    if (size := prod(shape) * max(_LEAST_BYTES, dtype.itemsize)) > MOST:
        raise TooLargeError(
            "an array of texts or references is too large to be read",
            where=str(chunks.array),
            got=f"about {size:,} bytes for shape {shape}",
            expected=f"at most {MOST:,} bytes",
            fix="write it with the size that it needs",
        )
    whole = np.empty(shape, dtype)
    for place in chunks.places():
        starts = [number * length for number, length in zip(place, chunks.metadata.chunks, strict=True)]
        target = whole[tuple(slice(start, start + length) for start, length in zip(starts, chunks.shape, strict=True))]
        target[...] = chunks.read(place)[tuple(map(slice, target.shape))]
    return whole


def _texts(stored: np.ndarray[Any, np.dtype[Any]]) -> np.ndarray[Any, np.dtype[Any]]:
    found = np.empty(stored.shape, h5py.string_dtype())
    for place in np.ndindex(stored.shape):
        found[place] = _text(stored[place])
    return found


def _text(value: Any) -> str:
    """Return a text, empty where its chunk was never written."""
    if isinstance(value, bytes):
        return value.decode("utf-8")
    if value is None or (isinstance(value, int) and value == 0):
        return ""
    if not isinstance(value, str):
        raise ValueError(f"{str(value)[:80]!r} in place of a text")
    return str(value)


def _references(stored: np.ndarray[Any, np.dtype[Any]], refer: Refer) -> np.ndarray[Any, np.dtype[Any]]:
    found = np.empty(stored.shape, h5py.ref_dtype)
    for place in np.ndindex(stored.shape):
        found[place] = refer(stored[place])
    return found


def _records(stored: np.ndarray[Any, np.dtype[Any]], fields: list[Any], refer: Refer) -> np.ndarray[Any, np.dtype[Any]]:
    """Return a table of records, whose fields are references, texts or numbers."""
    kinds = [
        (str(field["name"]), _field_dtype(str(field["dtype"]), stored.dtype, str(field["name"]))) for field in fields
    ]
    found = np.empty(stored.shape, np.dtype(kinds))
    for place in np.ndindex(stored.shape):
        found[place] = tuple(
            _field_value(value, kind, refer) for value, (_, kind) in zip(stored[place], kinds, strict=True)
        )
    return found


def _field_dtype(name: str, stored: np.dtype[Any], field: str) -> np.dtype[Any]:
    """Return the type of a field of records."""
    found: np.dtype[Any]
    if name == "object":
        found = np.dtype(h5py.ref_dtype)
    elif stored.names and not stored[field].hasobject and stored[field].kind != "U":
        found = stored[field]
    else:
        found = np.dtype(h5py.string_dtype() if name.startswith(("str", "bytes", "object")) else name)
    return found


def _field_value(value: Any, kind: np.dtype[Any], refer: Refer) -> Any:
    if h5py.check_ref_dtype(kind):
        return refer(value)
    return _text(value) if h5py.check_string_dtype(kind) else value
