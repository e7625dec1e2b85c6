"""Vectorised questions about columns: which rows lack a value, are off the list, refer to nothing, differ.

Each returns a boolean mask with True where a row offends. Text is judged once per distinct value, and what is worked
out for a column is kept as long as its frame lives, because many rules ask about the same columns.
"""

import re
import weakref
from collections.abc import Callable, Hashable, Sequence
from itertools import count
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

Mask = npt.NDArray[np.bool_]
Positions = npt.NDArray[np.intp]
T = TypeVar("T")


class Memory:
    """What was worked out about frames, forgotten with them."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[weakref.ref[pd.DataFrame], dict[Hashable, Any]]] = {}
        self._names = count()

    def name(self, frame: pd.DataFrame) -> int:
        """Return a number that no other frame has had, unlike ``id``, which a later frame may have again."""
        return self.recall(frame, "name", self._names.__next__)

    def recall(self, frame: pd.DataFrame, question: Hashable, answer: Callable[[], T]) -> T:
        """Return the answer to `question` about `frame`, working it out the first time."""
        known = self._known.get(id(frame))
        if known is None or known[0]() is not frame:
            address = id(frame)
            known = (weakref.ref(frame, lambda _: self._known.pop(address, None)), {})
            self._known[address] = known
        if question not in known[1]:
            known[1][question] = answer()
        return known[1][question]  # type: ignore[no-any-return]


_MEMORY = Memory()


def distinct(frame: pd.DataFrame, column: str) -> tuple[Positions, list[Any]]:
    """Return, per row, the position of its value among the distinct values (-1 for none), and those values."""

    def factorized() -> tuple[Positions, list[Any]]:
        codes, values = pd.factorize(frame[column])
        return codes, list(values)

    return _MEMORY.recall(frame, ("distinct", column), factorized)


def among(frame: pd.DataFrame, column: str, offends: Callable[[Any], bool]) -> Mask:
    """Return the rows whose value `offends`; it is asked once per distinct value, and never about a missing one."""
    codes, values = distinct(frame, column)
    return np.array([*(bool(offends(value)) for value in values), False])[codes]


def missing(frame: pd.DataFrame, column: str) -> Mask:
    """Return the rows without a value."""
    return _MEMORY.recall(frame, ("missing", column), lambda: frame[column].isna().to_numpy(dtype=bool))


def off_list(frame: pd.DataFrame, column: str, allowed: Sequence[Any]) -> Mask:
    """Return the rows whose value is not one of `allowed`."""
    listed = set(allowed)
    return among(frame, column, lambda value: value not in listed)


def unlike(frame: pd.DataFrame, column: str, pattern: str) -> Mask:
    """Return the rows whose text does not match all of `pattern`."""
    form = re.compile(pattern)
    return among(frame, column, lambda value: form.fullmatch(str(value)) is None)


def below(frame: pd.DataFrame, column: str, minimum: float) -> Mask:
    """Return the rows whose number is below `minimum`."""
    return frame[column].lt(minimum).fillna(False).to_numpy(dtype=bool)


def above(frame: pd.DataFrame, column: str, maximum: float) -> Mask:
    """Return the rows whose number is above `maximum`."""
    return frame[column].gt(maximum).fillna(False).to_numpy(dtype=bool)


def repeated(frame: pd.DataFrame, columns: Sequence[str]) -> Mask:
    """Return the rows whose values of `columns`, none of them missing, an earlier row has too."""

    def found() -> Mask:
        if len(columns) > 1 and any(_names_rows(frame, column) for column in columns):
            return np.zeros(len(frame), dtype=bool)
        again: Mask = frame.duplicated(list(columns), keep="first").to_numpy(dtype=bool)
        return again & given(frame, columns)

    return _MEMORY.recall(frame, ("repeated", tuple(columns)), found)


def _names_rows(frame: pd.DataFrame, column: str) -> bool:
    """Return whether every row has a value of `column` that no other row has."""
    return not (missing(frame, column).any() or repeated(frame, [column]).any())


def parent_rows(child: pd.DataFrame, columns: Sequence[str], parent: pd.DataFrame, keys: Sequence[str]) -> Positions:
    """Return, per row of `child`, the row of `parent` that its `columns` name by `keys`, or -1.

    Where a key repeats in `parent` its first row is taken; that the key is unique is another rule.
    """

    def looked_up() -> Positions:
        if len(keys) == 1:
            return _index(parent, keys).get_indexer(pd.Index(child[columns[0]]))
        return _index(parent, keys).get_indexer(pd.MultiIndex.from_frame(child[list(columns)]))

    return _MEMORY.recall(child, ("parent", tuple(columns), _MEMORY.name(parent), tuple(keys)), looked_up)


def given(frame: pd.DataFrame, columns: Sequence[str]) -> Mask:
    """Return the rows that have a value in each of `columns`."""
    lacking: Mask = np.logical_or.reduce([missing(frame, column) for column in columns])
    return ~lacking


def taken(column: "pd.Series[Any]", rows: Positions, index: "pd.Index[Any]") -> "pd.Series[Any]":
    """Return the values of `column` in `rows` (-1 for none), with the index of those that asked."""
    return column.reset_index(drop=True).reindex(rows).set_axis(index)


def lists(
    parent: pd.DataFrame, keys: Sequence[str], child: pd.DataFrame, columns: Sequence[str], listed: str
) -> "pd.Series[Any]":
    """Return, per row of `parent`, the sorted distinct values of `listed` in the rows of `child` that name it."""
    pairs = pd.DataFrame({"row": parent_rows(child, columns, parent, keys), "value": child[listed].array})
    pairs = pairs[pairs["row"] >= 0].dropna().drop_duplicates().sort_values(["row", "value"])
    values = pairs["value"].tolist()
    rows, starts = np.unique(pairs["row"].to_numpy(), return_index=True)
    found = np.full(len(parent), None, dtype=object)
    for row, start, end in zip(rows, starts, [*starts[1:], len(values)], strict=True):
        found[row] = tuple(values[start:end])
    return pd.Series(found, index=parent.index, dtype=object)


class _FirstRows:
    """An index of the first row per key, for looking up rows of a table whose key may repeat."""

    def __init__(self, index: pd.Index) -> None:
        self._first = np.flatnonzero(~index.duplicated())
        self._index = index if len(self._first) == len(index) else index[self._first]

    def get_indexer(self, wanted: pd.Index) -> Positions:
        found = self._index.get_indexer(wanted)
        return np.where(found < 0, -1, self._first[found]) if len(self._first) else np.full(len(wanted), -1)


def _index(parent: pd.DataFrame, keys: Sequence[str]) -> _FirstRows:
    def built() -> _FirstRows:
        return _FirstRows(pd.Index(parent[keys[0]]) if len(keys) == 1 else pd.MultiIndex.from_frame(parent[list(keys)]))

    return _MEMORY.recall(parent, ("index", tuple(keys)), built)


def unlike_each_other(got: "pd.Series[Any]", expected: "pd.Series[Any]") -> Mask:
    """Return the rows where two columns differ; both missing is no difference, one missing is."""
    no_got, no_expected = got.isna().to_numpy(dtype=bool), expected.isna().to_numpy(dtype=bool)
    same = np.asarray(_comparable(got) == _comparable(expected), dtype=bool)
    return np.where(no_got | no_expected, no_got != no_expected, ~same)


def wall_time(frame: pd.DataFrame, column: str, zone: str) -> "pd.Series[Any]":
    """Return instants as the clock on the wall showed them, written as UTC, in rows that name a time zone."""
    shown = frame[column].copy()
    for name, rows in frame.groupby(zone).groups.items():
        local = frame.loc[rows, column].dt.tz_convert(str(name)).dt.tz_localize(None)
        shown.loc[rows] = local.dt.tz_localize("UTC")
    return shown


def _comparable(series: "pd.Series[Any]") -> npt.NDArray[Any]:
    """Return values that numpy compares one by one: numbers as float64, dates as int64 nanoseconds, the rest as is."""
    if pd.api.types.is_bool_dtype(series.dtype) or pd.api.types.is_numeric_dtype(series.dtype):
        return series.to_numpy(dtype=np.float64, na_value=np.nan)
    if isinstance(series.dtype, pd.DatetimeTZDtype):
        return np.asarray(series.dt.as_unit("ns").astype("int64"))
    return np.asarray(series, dtype=object)


def offending(
    frame: pd.DataFrame, mask: Mask, got: "str | pd.Series[Any] | None" = None, expected: object = None
) -> pd.DataFrame | None:
    """Return the rows of `frame` where `mask` is true, with ``got`` and ``expected`` to word the finding, or None.

    Parameters
    ----------
    frame, mask : DataFrame and bool array of its length
        The judged table, and which rows offend.
    got : str or Series
        Column (or values per row) that was found.
    expected : object
        What it should be: one value for all rows, or a Series of one per row.
    """
    if not mask.any():
        return None
    rows = frame.loc[mask].copy(deep=False)
    if got is not None:
        rows["got"] = (frame[got] if isinstance(got, str) else got)[mask]
    if expected is not None:
        rows["expected"] = expected[mask] if isinstance(expected, pd.Series) else str(expected)
    return rows
