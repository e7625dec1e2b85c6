"""Values of an HDF5 file as numbers and text, checked before conversion."""

from math import prod
from typing import Any

import h5py
import numpy as np

from nwbgate.errors import MalformedError, TooLargeError
from nwbgate.processes.memory import available_memory

Numbers = np.ndarray[Any, np.dtype[np.float64]]
Integers = np.ndarray[Any, np.dtype[np.int64]]

#: Bytes of one column, text or list of row numbers that are held at once; tables of real sessions have far fewer.
MOST = 2**30
#: Kinds of NumPy types that are numbers.
_NUMERIC = "biuf"
#: What h5py raises for a value whose type it does not know. Damaged storage is an OSError, which `readable` explains.
_UNREADABLE = (TypeError, ValueError, OverflowError, AttributeError, NotImplementedError)
_FIX = "rewrite the value as the NWB schema requires; pynwb-validate and nwbgate check name every such value"


def text(value: object) -> str:
    """Return an HDF5 string, bytes or one-element array as text."""
    if isinstance(value, np.ndarray):
        return "; ".join(text(one) for one in value.ravel().tolist())
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace")
    return "" if value is None or isinstance(value, h5py.Empty) else str(value)


def place(item: h5py.Group | h5py.Dataset, attribute: str = "") -> str:
    """Return the file and HDF5 path of an object or attribute."""
    return f"{item.file.filename} {item.name}" + (f" attribute {attribute}" if attribute else "")


def refuse_large(data: h5py.Dataset, rows: int | None = None, most: int | None = MOST) -> None:
    """Reject a dataset that needs too much memory, counting whole inflated chunks.

    Parameters
    ----------
    data : h5py.Dataset
        What is about to be read.
    rows : int, optional
        Number of rows to be read at once; all by default.
    most : int, optional
        Bytes that it may take; None for the memory that is available.

    Raises
    ------
    TooLargeError
        If it takes more.
    """
    shape = data.shape or ()
    length = prod(shape[1:]) * (shape[0] if rows is None else min(rows, shape[0])) if shape else 1
    chunk = prod(data.chunks) if data.chunks else 0
    size = max(length, chunk) * data.dtype.itemsize
    if size < 2**20:  # too small to ask for the free memory
        return
    limit = available_memory() if most is None else most
    if size > limit:
        raise TooLargeError(
            "a dataset is too large to be read at once",
            where=place(data),
            got=f"{size:,} bytes for shape {shape}, chunks {data.chunks}",
            expected=f"at most {limit:,} bytes",
            fix="write the dataset with the size that it needs, in chunks of about 1 MB",
        )


def stored_content(data: h5py.Dataset, most: int | None = MOST) -> Any:
    """Return the content of a dataset as h5py gives it.

    Raises
    ------
    MalformedError
        If the dataset is empty (a null dataspace), or of a type that cannot be read.
    TooLargeError
        If it is larger than `most` bytes, or than the memory that is available where `most` is None.
    """
    refuse_empty(data)
    refuse_large(data, most=most)
    try:
        return data[()]
    except _UNREADABLE as error:
        raise malformed_value(data, f"{_kind(data)}: {error}", "a type that h5py reads") from error


def refuse_empty(data: h5py.Dataset) -> None:
    """Reject a dataset without a value.

    Raises
    ------
    MalformedError
        If its dataspace is null.
    """
    if data.shape is None:
        raise malformed_value(data, "a null dataspace without a value", "a value")


def one_text(data: h5py.Dataset) -> str:
    """Return the text of a dataset; several are joined by semicolons, numbers converted.

    Raises
    ------
    MalformedError
        If it holds nothing, or neither text nor numbers.
    """
    if not _is_text(data.dtype) and data.dtype.kind not in _NUMERIC:
        raise malformed_value(data, _kind(data), "text")
    return text(stored_content(data))


def one_number(data: h5py.Dataset) -> float:
    """Return the number of a scalar dataset.

    Raises
    ------
    MalformedError
        If it is not scalar, or not a number.
    """
    if data.shape != () or data.dtype.kind not in _NUMERIC:
        raise malformed_value(data, _kind(data), "one number, a scalar dataset")
    return float(stored_content(data))


def vector(data: h5py.Dataset, most: int | None = None) -> Numbers:
    """Return a one-dimensional dataset of numbers, float64, shape (n,).

    Raises
    ------
    MalformedError
        If it has another number of dimensions, or does not hold numbers.
    """
    refuse_other_than_numbers(data, ("n",))
    return np.asarray(stored_content(data, most), dtype=np.float64)


def length(data: h5py.Dataset) -> int:
    """Return the number of rows of a dataset.

    Raises
    ------
    MalformedError
        If it is scalar or empty, and therefore has no rows.
    """
    refuse_empty(data)
    if not data.shape:
        raise malformed_value(data, _kind(data), "one value per row")
    return int(data.shape[0])


def refuse_other_than_numbers(data: h5py.Dataset, *shapes: tuple[str, ...]) -> None:
    """Reject a dataset that is not numeric or lacks the expected dimensions.

    Parameters
    ----------
    data : h5py.Dataset
        Any dataset.
    shapes : tuple of str
        What it may be, each as the names of its dimensions: ``("frames", "cells")``.

    Raises
    ------
    MalformedError
        If it is something else.
    """
    refuse_empty(data)
    if data.ndim not in map(len, shapes) or data.dtype.kind not in _NUMERIC:
        expected = " or ".join(f"({', '.join(names)})" for names in shapes)
        raise malformed_value(data, _kind(data), f"numbers of shape {expected}")


def whole_numbers(data: h5py.Dataset) -> Integers:
    """Return whole numbers, such as row numbers or ids, int64, shape (n,).

    Raises
    ------
    MalformedError
        If it has more than one dimension, or a value is not a whole number that fits 64 bits.
    """
    refuse_empty(data)
    if data.ndim > 1 or data.dtype.kind not in _NUMERIC:
        raise malformed_value(data, _kind(data), "whole numbers of shape (n,)")
    values = np.atleast_1d(stored_content(data))
    with np.errstate(invalid="ignore"):
        found: Integers = values.astype(np.int64)
    wrong = np.flatnonzero((found != values) | ((values > 0) & (found < 0)))
    if len(wrong):
        raise malformed_value(data, f"{values[wrong[0]]} at {wrong[0]}", "whole numbers")
    return found


def attribute(item: h5py.Group | h5py.Dataset, name: str) -> Any:
    """Return an attribute as h5py gives it, or None.

    Raises
    ------
    MalformedError
        If it is of a type that h5py cannot read.
    """
    try:
        return item.attrs.get(name)
    except _UNREADABLE as error:
        raise MalformedError(
            "cannot read the attribute", where=place(item, name), got=str(error), expected="a value", fix=_FIX
        ) from error


def number_attribute(item: h5py.Group | h5py.Dataset, name: str, default: float) -> float:
    """Return a numeric attribute, or the default.

    Raises
    ------
    MalformedError
        If it is something else.
    """
    value = attribute(item, name)
    if value is None:
        return default
    array = np.asarray(value) if not isinstance(value, h5py.Empty) else np.empty(0)
    if array.size != 1 or array.dtype.kind not in _NUMERIC:
        raise MalformedError(
            "an attribute has the wrong shape or type",
            where=place(item, name),
            got=repr(value)[:80],
            expected="one number",
            fix=_FIX,
        )
    return float(array.ravel()[0])


def text_attribute(item: h5py.Group | h5py.Dataset, name: str) -> str:
    """Return an attribute as text, empty if missing."""
    return text(attribute(item, name))


def referenced_object(item: h5py.Dataset | h5py.Group, reference: object) -> h5py.Group | h5py.Dataset:
    """Return the target of a reference found in `item`.

    Raises
    ------
    MalformedError
        If it is not a reference, or leads nowhere.
    """
    try:
        if isinstance(reference, h5py.Reference) and reference:
            return item.file[reference]
    except (*_UNREADABLE, RuntimeError, KeyError, OSError):
        pass
    raise malformed_value(item, "a broken reference", "a reference to an object of the file")


def _is_text(dtype: Any) -> bool:
    return h5py.check_string_dtype(dtype) is not None or dtype.kind == "S"


def _kind(data: h5py.Dataset) -> str:
    """Return the type and shape of a dataset in words."""
    words = "text" if _is_text(data.dtype) else str(data.dtype)
    return f"{words} of shape {data.shape}"


def malformed_value(item: h5py.Group | h5py.Dataset, got: str, expected: str) -> MalformedError:
    """Return the error for a value of the wrong shape or type."""
    return MalformedError(
        "a value has the wrong shape or type", where=place(item), got=got, expected=expected, fix=_FIX
    )
