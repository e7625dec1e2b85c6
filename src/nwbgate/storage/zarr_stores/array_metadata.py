"""Metadata of one Zarr array: shape, chunks, type and codecs."""

import base64
import binascii
from dataclasses import dataclass
from math import prod
from typing import Any, Literal

import numpy as np

from nwbgate.errors import MalformedError, TooLargeError
from nwbgate.storage.values import MOST

#: Kinds of NumPy types that an array of NWB may have: numbers, bytes, texts, objects and records of them.
_KINDS = "biufcSUOV"
#: Numbers that JSON has no word for, as Zarr spells them.
_UNWRITABLE = {"NaN": np.nan, "Infinity": np.inf, "-Infinity": -np.inf}


@dataclass(frozen=True)
class ArrayMetadata:
    """Content of a `.zarray` file.

    Attributes
    ----------
    shape, chunks : tuple of int
        Of the array and of every chunk; a chunk at the edge is stored whole.
    dtype : numpy.dtype
        Type of the elements.
    order : {"C", "F"}
        Layout of the elements in a chunk.
    fill : object
        Value of the elements of a missing chunk.
    codecs : tuple of dict
        Configurations of filters and compressor, in the order of writing.
    separator : str
        Between the numbers in the name of a chunk.
    """

    shape: tuple[int, ...]
    chunks: tuple[int, ...]
    dtype: np.dtype[Any]
    order: Literal["C", "F"]
    fill: Any
    codecs: tuple[dict[str, Any], ...]
    separator: str

    @property
    def chunk_bytes(self) -> int:
        """Bytes of a decoded chunk."""
        return prod(self.chunks) * self.dtype.itemsize

    @property
    def is_numeric(self) -> bool:
        """Return whether HDF5 stores the elements as the same bytes."""
        fields = [field for field, *_ in (self.dtype.fields or {}).values()] or [self.dtype]
        return not self.dtype.hasobject and all(field.kind in "biufcS" for field in fields)

    @property
    def grid(self) -> tuple[int, ...]:
        """Chunks along each axis."""
        return tuple(-(-length // chunk) for length, chunk in zip(self.shape, self.chunks, strict=True))


def array_metadata(content: dict[str, Any], where: str) -> ArrayMetadata:
    """Return the metadata of an array.

    Parameters
    ----------
    content : dict
        Content of its `.zarray`.
    where : str
        Path of that file, for errors.

    Raises
    ------
    MalformedError
        If a key is missing or has a value that Zarr does not know.
    TooLargeError
        If a chunk takes more than a gigabyte.
    """
    try:
        found = _parse(content)
    except (KeyError, TypeError, ValueError, OverflowError, binascii.Error) as error:
        missing = f"no key {error}" if isinstance(error, KeyError) else str(error)
        raise _damage(where, missing, "an array of Zarr 2") from error
    if found.chunk_bytes > MOST:
        raise TooLargeError(
            "a chunk is too large to be read",
            where=where,
            got=f"{found.chunk_bytes:,} bytes for chunks of {found.chunks}",
            expected=f"at most {MOST:,} bytes",
            fix="write the array in chunks of about 1 MB",
        )
    return found


def _parse(content: dict[str, Any]) -> ArrayMetadata:
    if content["zarr_format"] != 2:
        raise ValueError(f"zarr_format {content['zarr_format']!r}")
    shape, chunks = _lengths(content["shape"], 0), _lengths(content["chunks"], 1)
    if len(shape) != len(chunks):
        raise ValueError(f"shape {shape} with chunks {chunks}")
    if content["order"] not in ("C", "F"):
        raise ValueError(f"order {content['order']!r}")
    dtype = _dtype(content["dtype"])
    separator = content.get("dimension_separator", ".")
    if separator not in (".", "/"):
        raise ValueError(f"dimension_separator {separator!r}")
    codecs = [*(content.get("filters") or []), *filter(None, [content["compressor"]])]
    if not all(isinstance(codec, dict) and isinstance(codec.get("id"), str) for codec in codecs):
        raise ValueError("a codec without id")
    return ArrayMetadata(
        shape, chunks, dtype, content["order"], _fill(content.get("fill_value"), dtype), tuple(codecs), separator
    )


def _lengths(values: Any, least: int) -> tuple[int, ...]:
    if not isinstance(values, list) or any(type(value) is not int or value < least for value in values):
        raise ValueError(f"{values!r} in place of lengths")
    return tuple(values)


def _dtype(given: Any) -> np.dtype[Any]:
    """Return a type from its name or its fields."""
    dtype = (
        np.dtype([(name, _dtype(kind), *map(tuple, more)) for name, kind, *more in given])
        if _is_record(given)
        else np.dtype(given)
    )
    if dtype.kind not in _KINDS or dtype.subdtype is not None:
        raise ValueError(f"the type {given!r}")
    return dtype


def _is_record(given: Any) -> bool:
    if not isinstance(given, str | list):
        raise TypeError(f"the type {given!r}")
    return isinstance(given, list)


def _fill(value: Any, dtype: np.dtype[Any]) -> Any:
    """Return the fill value as NumPy has it; objects have none."""
    if dtype.hasobject:
        return None if dtype.kind == "O" else 0
    if value is None or value == "":
        return np.zeros((), dtype)[()]
    if dtype.kind in "SV":
        return np.frombuffer(base64.b64decode(value).ljust(dtype.itemsize, b"\0"), dtype)[0]
    if dtype.kind == "c":
        return complex(*(_UNWRITABLE.get(part, part) for part in value))
    return np.asarray(_UNWRITABLE.get(value, value) if dtype.kind != "U" else value).astype(dtype)[()]


def _damage(where: str, got: str, expected: str) -> MalformedError:
    return MalformedError(
        "the metadata of the array are damaged",
        where=where,
        got=got,
        expected=expected,
        fix="copy or download the store again, or write it again with hdmf-zarr",
    )
