"""Frames from records, with known types instead of pandas' slow inference."""

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from pandas.arrays import IntegerArray


def records_frame(
    records: Sequence[Mapping[str, Any]], columns: Collection[str], whole: Collection[str] = ()
) -> pd.DataFrame:
    """Return a frame with exactly these columns, one row per record.

    Parameters
    ----------
    records : sequence of mapping
        Column to value.
    columns : collection of str
        Columns of the frame, in their order.
    whole : collection of str
        Columns of whole numbers some of which may be missing: Int64. Texts are objects, with NaN for none: frames of a
        few rows are made and compared much faster so than as pandas' own texts. Others have the type of their values.
    """
    if not records:
        return _empty_frame(tuple(columns), frozenset(whole)).copy()
    index = pd.RangeIndex(len(records))  # one for all columns: pandas need not align them
    values = {name: [record.get(name) for record in records] for name in columns}
    typed = {
        name: whole_numbers(found) if name in whole else _as_column(found, index) for name, found in values.items()
    }
    return pd.DataFrame(typed, index=index)


def _as_column(values: list[Any], index: pd.RangeIndex) -> "list[Any] | pd.Series[Any]":
    """Return texts as objects, other values as they are."""
    if not any(isinstance(value, str) for value in values):
        return values
    return pd.Series([np.nan if value is None else value for value in values], index=index, dtype=object)


@cache
def _empty_frame(columns: tuple[str, ...], whole: frozenset[str]) -> pd.DataFrame:
    """Return a typed frame without rows; pandas would guess texts for numbers."""
    return pd.DataFrame({name: whole_numbers([]) if name in whole else np.empty(0, object) for name in columns})


def whole_numbers(values: Sequence[Any] | np.ndarray[Any, Any]) -> IntegerArray:
    """Return Int64 of values that are whole numbers, None, NaN or NA."""
    missing = np.asarray(pd.isna(np.array(values, dtype=object)), dtype=bool)
    kept = [0 if gone else int(value) for value, gone in zip(values, missing, strict=True)]
    return IntegerArray(np.array(kept, dtype=np.int64), missing)
