"""The values of one column as the type that `session_tables.yaml` gives it."""

from typing import Any

import numpy as np
import pandas as pd

from nwbgate.reading.dynamic_table import Values
from nwbgate.reading.hdf5 import text
from nwbgate.reading.layouts import Column


def typed(values: Values, column: Column) -> tuple[pd.Series, int]:
    """Return a column's values as its type, and the number of values that are not of that type.

    Parameters
    ----------
    values : array or list
        What the file holds, one per row.
    column : Column
        What it should be.

    Returns
    -------
    pandas.Series
        string -> text with NaN for none; integer -> int64, or Int64 where a value is missing; number -> float64;
        boolean -> bool, or boolean where a value is missing; numbers -> one float64 array per row.
    int
        Number of values that could not be read, which are missing in the series.
    """
    if column.type == "numbers":
        return _lists(values)
    array = _flat(values)
    if column.type == "string":
        return _texts(array, column), 0
    numbers, unreadable = _numbers(array)
    numbers = numbers.mask(numbers.isin([value for value in column.missing if not isinstance(value, str)]))
    if column.type == "integer":
        return _integers(numbers, array, unreadable)
    if column.type == "boolean":
        return _booleans(numbers, unreadable)
    return numbers.astype(np.float64), unreadable


def absent(column: Column, n_rows: int) -> pd.Series:
    """Return a column of missing values of the right type, for a column that the file does not have."""
    if column.type == "numbers":
        return pd.Series([np.empty(0)] * n_rows, dtype=object)
    if column.type == "string":
        return pd.Series([np.nan] * n_rows, dtype=object)
    if column.type == "integer":
        return pd.Series([pd.NA] * n_rows, dtype="Int64")
    if column.type == "boolean":
        return pd.Series([pd.NA] * n_rows, dtype="boolean")
    return pd.Series([np.nan] * n_rows, dtype="float64")


def _flat(values: Values) -> np.ndarray[Any, np.dtype[Any]]:
    """Return one value per row: of rows that are lists, their text."""
    if isinstance(values, np.ndarray) and values.ndim == 1:
        return values
    found = np.empty(len(values), dtype=object)
    found[:] = [text(np.asarray(row)) for row in values]
    return found


def _texts(array: np.ndarray[Any, np.dtype[Any]], column: Column) -> pd.Series:
    texts = pd.Series(array if array.dtype == object else [text(value) for value in array.tolist()], dtype=object)
    return texts.mask(texts.isin(["", *column.missing]), np.nan)


def _numbers(array: np.ndarray[Any, np.dtype[Any]]) -> tuple[pd.Series, int]:
    """Return float64 (int64 where the file has integers) and how many values are no number."""
    if array.dtype.kind in "biuf":
        return pd.Series(array.astype(np.float64) if array.dtype.kind != "i" else array), 0
    texts = pd.Series(array, dtype=object).replace({"": np.nan, "True": 1.0, "False": 0.0})
    numbers = pd.to_numeric(texts, errors="coerce").astype(np.float64)
    return numbers, int((numbers.isna() & texts.notna()).sum())


def _integers(numbers: pd.Series, array: np.ndarray[Any, np.dtype[Any]], unreadable: int) -> tuple[pd.Series, int]:
    if array.dtype.kind in "iu" and not numbers.isna().any():
        return pd.Series(array.astype(np.int64)), unreadable
    whole = numbers.isna() | (numbers == numbers.round())
    found = numbers.where(whole).astype("Int64")
    return (found if found.isna().any() else found.astype(np.int64)), unreadable + int((~whole).sum())


def _booleans(numbers: pd.Series, unreadable: int) -> tuple[pd.Series, int]:
    known = numbers.isin([0, 1])
    wrong = int((~known & numbers.notna()).sum())
    if known.all():
        return numbers.astype(bool), unreadable
    return numbers.where(known).astype("boolean"), unreadable + wrong


def _lists(values: Values) -> tuple[pd.Series, int]:
    """Return one float64 array per row; texts that are numbers are read as such, empty texts as nothing."""
    rows = np.empty(len(values), dtype=object)
    unreadable = 0
    for row, value in enumerate(values):
        numbers, wrong = _numbers(np.atleast_1d(np.asarray(value)).ravel())
        if np.asarray(value).dtype.kind not in "biuf":
            numbers = numbers.dropna()
        rows[row] = numbers.to_numpy(np.float64)
        unreadable += wrong
    return pd.Series(rows), unreadable
