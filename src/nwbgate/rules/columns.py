"""Vectorised queries of columns, such as missing, unlisted or unreferenced values.

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
    """Cached results about frames, freed with them."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[weakref.ref[pd.DataFrame], dict[Hashable, Any]]] = {}
        self._names = count()

    def name(self, frame: pd.DataFrame) -> int:
        """Return a unique number of a frame, unlike ``id``, which may be reused."""
        return self.recall(frame, "name", self._names.__next__)

    def recall(self, frame: pd.DataFrame, question: Hashable, answer: Callable[[], T]) -> T:
        """Return the cached answer to `question` about `frame`."""
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
    """Return each row's position among the distinct values (-1 for none), and these values."""

    def find_positions() -> tuple[Positions, list[Any]]:
        codes, values = pd.factorize(frame[column])
        return codes, list(values)

    return _MEMORY.recall(frame, ("distinct", column), find_positions)


def rows_among(frame: pd.DataFrame, column: str, offends: Callable[[Any], bool]) -> Mask:
    """Return the rows whose value `offends`, asked once per distinct value, ignoring missing ones."""
    codes, values = distinct(frame, column)
    return np.array([*(bool(offends(value)) for value in values), False])[codes]


def missing(frame: pd.DataFrame, column: str) -> Mask:
    """Return the rows without a value."""
    return _MEMORY.recall(frame, ("missing", column), lambda: frame[column].isna().to_numpy(dtype=bool))


def rows_unlike(frame: pd.DataFrame, column: str, pattern: str) -> Mask:
    """Return the rows whose text does not match all of `pattern`."""
    form = re.compile(pattern)
    return rows_among(frame, column, lambda value: form.fullmatch(str(value)) is None)


def below(frame: pd.DataFrame, column: str, minimum: float) -> Mask:
    """Return the rows whose number is below `minimum`."""
    return frame[column].lt(minimum).fillna(False).to_numpy(dtype=bool)


def above(frame: pd.DataFrame, column: str, maximum: float) -> Mask:
    """Return the rows whose number is above `maximum`."""
    return frame[column].gt(maximum).fillna(False).to_numpy(dtype=bool)


def repeated_rows(frame: pd.DataFrame, columns: Sequence[str]) -> Mask:
    """Return the rows that repeat an earlier row's complete values of `columns`."""

    def find_repeated() -> Mask:
        if len(columns) > 1 and any(_names_rows(frame, column) for column in columns):
            return np.zeros(len(frame), dtype=bool)
        again: Mask = frame.duplicated(list(columns), keep="first").to_numpy(dtype=bool)
        return again & rows_given(frame, columns)

    return _MEMORY.recall(frame, ("repeated", tuple(columns)), find_repeated)


def _names_rows(frame: pd.DataFrame, column: str) -> bool:
    """Return whether `column` has a unique value in every row."""
    return not (missing(frame, column).any() or repeated_rows(frame, [column]).any())


def parent_rows(child: pd.DataFrame, columns: Sequence[str], parent: pd.DataFrame, keys: Sequence[str]) -> Positions:
    """Return, per row of `child`, the row of `parent` referenced by `columns`, or -1.

    Where a key repeats in `parent` its first row is taken; that the key is unique is another rule.
    """

    def looked_up() -> Positions:
        if len(keys) == 1:
            return _index(parent, keys).get_indexer(pd.Index(child[columns[0]]))
        return _index(parent, keys).get_indexer(pd.MultiIndex.from_frame(child[list(columns)]))

    return _MEMORY.recall(child, ("parent", tuple(columns), _MEMORY.name(parent), tuple(keys)), looked_up)


def rows_given(frame: pd.DataFrame, columns: Sequence[str]) -> Mask:
    """Return the rows that have a value in each of `columns`."""
    lacking: Mask = np.logical_or.reduce([missing(frame, column) for column in columns])
    return ~lacking


def take_values(column: "pd.Series[Any]", rows: Positions, index: "pd.Index[Any]") -> "pd.Series[Any]":
    """Return values of `column` in `rows` (-1 for none)."""
    return column.reset_index(drop=True).reindex(rows).set_axis(index)


def lists(
    parent: pd.DataFrame, keys: Sequence[str], child: pd.DataFrame, columns: Sequence[str], listed: str
) -> "pd.Series[Any]":
    """Return, per row of `parent`, the sorted distinct `listed` values of its children."""
    pairs = pd.DataFrame({"row": parent_rows(child, columns, parent, keys), "value": child[listed].array})
    pairs = pairs[pairs["row"] >= 0].dropna().drop_duplicates().sort_values(["row", "value"])
    values = pairs["value"].tolist()
    rows, starts = np.unique(pairs["row"].to_numpy(), return_index=True)
    found = np.full(len(parent), None, dtype=object)
    for row, start, end in zip(rows, starts, [*starts[1:], len(values)], strict=True):
        found[row] = tuple(values[start:end])
    return pd.Series(found, index=parent.index, dtype=object)


class _FirstRows:
    """First row per key, for lookup in a table with repeated keys."""

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
    """Return the rows where two columns differ, treating two missing values as equal."""
    no_got, no_expected = got.isna().to_numpy(dtype=bool), expected.isna().to_numpy(dtype=bool)
    same = np.asarray(_comparable(got) == _comparable(expected), dtype=bool)
    return np.where(no_got | no_expected, no_got != no_expected, ~same)


def wall_time(frame: pd.DataFrame, column: str, zone: str) -> "pd.Series[Any]":
    """Return instants as local wall time, marked UTC, for rows with zones."""
    shown = frame[column].copy()
    for name, rows in frame.groupby(zone).groups.items():
        local = frame.loc[rows, column].dt.tz_convert(str(name)).dt.tz_localize(None)
        shown.loc[rows] = local.dt.tz_localize("UTC")
    return shown


def _comparable(series: "pd.Series[Any]") -> npt.NDArray[Any]:
    """Return values in a form that numpy compares element by element."""
    if pd.api.types.is_bool_dtype(series.dtype) or pd.api.types.is_numeric_dtype(series.dtype):
        return series.to_numpy(dtype=np.float64, na_value=np.nan)
    if isinstance(series.dtype, pd.DatetimeTZDtype):
        return np.asarray(series.dt.as_unit("us").astype("int64"))
    return np.asarray(series, dtype=object)


def offending(
    frame: pd.DataFrame, mask: Mask, got: "str | pd.Series[Any] | None" = None, expected: object = None
) -> pd.DataFrame | None:
    """Return rows of `frame` under `mask` with ``got`` and ``expected``, or None.

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
