"""Column values in the types of `session_tables.yaml`."""

from typing import Any

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray
from pandas.arrays import BooleanArray, IntegerArray

from nwbgate.reading.format.dynamic_table import Values
from nwbgate.reading.format.layouts import LayoutColumn
from nwbgate.storage.values import text

#: The values of a column before it is one of a frame.
ColumnArray = np.ndarray[Any, np.dtype[Any]] | ExtensionArray
Missing = np.ndarray[Any, np.dtype[np.bool_]]


def typed_values(values: Values, column: LayoutColumn) -> tuple[ColumnArray, int]:
    """Return a column's values in its type, and the number of invalid ones.

    Parameters
    ----------
    values : array or list
        What the file holds, one per row.
    column : LayoutColumn
        What it should be.

    Returns
    -------
    array
        string -> text (objects) with NaN for none; integer -> int64, or Int64 where a value is missing; number ->
        float64; boolean -> bool, or boolean where a value is missing; numbers -> one float64 array per row (objects).
    int
        Number of values that could not be read, which are missing in the array.
    """
    if column.type == "numbers":
        return _lists(values)
    array = _flat(values)
    if column.type == "string":
        return _texts(array, column), 0
    numbers, unreadable = _numbers(array)
    missing = np.isnan(numbers) if numbers.dtype.kind == "f" else np.zeros(len(numbers), bool)
    for value in column.missing:
        if not isinstance(value, str):
            missing |= numbers == value
    if column.type == "integer":
        return _integers(numbers, missing, unreadable)
    if column.type == "boolean":
        return _booleans(numbers, missing, unreadable)
    return np.where(missing, np.nan, numbers.astype(np.float64, copy=False)), unreadable


def absent(column: LayoutColumn, n_rows: int) -> ColumnArray:
    """Return a column of missing values of the right type."""
    if column.type == "numbers":
        rows = np.empty(n_rows, dtype=object)
        rows[:] = [np.empty(0)] * n_rows
        return rows
    if column.type == "string":
        return np.full(n_rows, np.nan, dtype=object)
    if column.type == "integer":
        return IntegerArray(np.zeros(n_rows, np.int64), np.ones(n_rows, bool))
    if column.type == "boolean":
        return BooleanArray(np.zeros(n_rows, bool), np.ones(n_rows, bool))
    return np.full(n_rows, np.nan)


def _flat(values: Values) -> np.ndarray[Any, np.dtype[Any]]:
    """Return one value per row, lists as text."""
    if isinstance(values, np.ndarray) and values.ndim == 1:
        return values
    found = np.empty(len(values), dtype=object)
    found[:] = [text(np.asarray(row)) for row in values]
    return found


def _texts(array: np.ndarray[Any, np.dtype[Any]], column: LayoutColumn) -> ColumnArray:
    nothing = {"", *column.missing}
    values = array.tolist() if array.dtype == object else [text(value) for value in array.tolist()]
    texts = np.empty(len(values), dtype=object)
    texts[:] = [np.nan if value in nothing else value for value in values]
    return texts


def _numbers(array: np.ndarray[Any, np.dtype[Any]]) -> tuple[np.ndarray[Any, np.dtype[Any]], int]:
    """Return float64 (int64 for integers) and the number of non-numeric values."""
    if array.dtype.kind in "iu":
        return array.astype(np.int64), 0
    if array.dtype.kind in "bf":
        return array.astype(np.float64), 0
    texts = pd.Series(array, dtype=object).replace({"": np.nan, "True": 1.0, "False": 0.0})
    numbers = pd.to_numeric(texts, errors="coerce").astype(np.float64)
    return numbers.to_numpy(), int((numbers.isna() & texts.notna()).sum())


def _integers(numbers: np.ndarray[Any, np.dtype[Any]], missing: Missing, unreadable: int) -> tuple[ColumnArray, int]:
    broken = ~missing & (numbers != np.round(numbers)) if numbers.dtype.kind == "f" else np.zeros_like(missing)
    missing = missing | broken
    whole = np.where(missing, 0, numbers).astype(np.int64)
    return (IntegerArray(whole, missing) if missing.any() else whole), unreadable + int(broken.sum())


def _booleans(numbers: np.ndarray[Any, np.dtype[Any]], missing: Missing, unreadable: int) -> tuple[ColumnArray, int]:
    known = ~missing & ((numbers == 0) | (numbers == 1))
    truth = known & (numbers == 1)
    return (truth if known.all() else BooleanArray(truth, ~known)), unreadable + int((~known & ~missing).sum())


def _lists(values: Values) -> tuple[ColumnArray, int]:
    """Return one float64 array per row, parsing texts; empty texts give empty arrays."""
    rows = np.empty(len(values), dtype=object)
    unreadable = 0
    for row, value in enumerate(values):
        array = np.atleast_1d(np.asarray(value)).ravel()
        numbers, wrong = _numbers(array)
        if array.dtype.kind not in "biuf":
            numbers = numbers[~np.isnan(numbers)]
        rows[row] = numbers.astype(np.float64)
        unreadable += wrong
    return rows, unreadable
