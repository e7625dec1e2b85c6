"""Cells of a column, parsed to the specified type.

A cell that cannot be parsed is missing in the result, and its text is kept beside it: it is a finding for the check to
report, not an error.
"""

import ast
import json
import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api.extensions import take

from nwbgate.manifest.specification.declaration import ColumnType

if TYPE_CHECKING:
    Values = pd.Series[Any]
    #: Typed values, and the rows (and their text) that could not be parsed.
    Parsed = tuple[Values, dict[int, str]]

#: Types that a CSV parser can read as numbers, without looking at each cell's text.
NUMERIC: frozenset[ColumnType] = frozenset({"integer", "number"})
#: Whole numbers from here on are not exact as floating point, which a column with missing cells is read as.
_EXACT = 2**53
_LARGEST = 2**63 - 1
_WHOLE = re.compile(r"\s*([+-]?\d{1,19})(?:\.0*)?\s*")
_ZONE = re.compile(r"\d[T ]\d.*(?:Z|[+-]\d{2}:?\d{2})\s*$")
_LIST = re.compile(r"\[[-\d, ]*\]", re.ASCII)
_TRUTH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def parse_cells(raw: "Values", kind: ColumnType, text: "Callable[[], Values]") -> "Parsed":
    """Return a column's values as `kind`, and invalid cells' text by row.

    Parameters
    ----------
    raw : Series
        Cells as read: numbers where the parser found nothing else, else text.
    kind : ColumnType
        What they should be.
    text : callable
        Gives the column's cells as text; called only when some may not be whole numbers.

    Returns
    -------
    values : Series
        ``Int64``, ``float64``, ``boolean``, ``datetime64[us, UTC]``, or ``object`` of str or of tuples for lists.
    unparsed : dict of int to str
        Row number (from 0) and text of each cell that could not be parsed; it is missing in `values`.
    """
    if kind in NUMERIC:
        quick = _as_whole(raw) if kind == "integer" else _finite(raw)
        return (quick, {}) if quick is not None else _by_text(text(), kind)
    return (raw, {}) if kind == "string" else _by_text(raw, kind)


def _as_whole(raw: "Values") -> "Values | None":
    """Return numbers as ``Int64``, or None if one may not be whole or exact."""
    numbers = raw.to_numpy()
    if numbers.dtype == np.int64:
        none = np.zeros(len(numbers), dtype=bool)
    elif numbers.dtype == np.float64:
        none = np.isnan(numbers)
        given = np.where(none, 0, numbers)
        if (np.abs(given) >= _EXACT).any() or (given != np.floor(given)).any():
            return None
        numbers = given.astype(np.int64)
    else:
        return None
    return pd.Series(pd.arrays.IntegerArray(numbers, none), index=raw.index)


def _finite(raw: "Values") -> "Values | None":
    """Return numbers as float64, or None if one is text or infinite."""
    if raw.dtype not in (np.int64, np.float64):
        return None
    numbers = raw.astype("float64")
    return None if np.isinf(numbers.to_numpy()).any() else numbers


def _by_text(texts: "Values", kind: ColumnType) -> "Parsed":
    """Parse each distinct text once."""
    codes, kinds = pd.factorize(texts)
    if kind == "datetime":
        values = _dates(kinds)
        wrong = values.isna().to_numpy()
    else:
        parse, dtype = _PARSERS[kind]
        together = _all_integers(kinds) if kind == "integers" else None
        answers = [parse(str(text)) for text in kinds] if together is None else together
        wrong = np.array([answer is None for answer in answers], dtype=bool)
        values = _series(answers, dtype)
    return _spread(values, codes, texts.index), _unparsed_cells(wrong, codes, kinds)


def _series(answers: list[Any], dtype: str) -> "Values":
    """Return the parsed values as a column, tuples one by one."""
    if dtype != "object":
        return pd.Series(answers, dtype=dtype)
    cells = np.empty(len(answers), dtype=object)
    for place, answer in enumerate(answers):
        cells[place] = answer
    return pd.Series(cells)


def _spread(kinds: "Values", codes: npt.NDArray[np.intp], index: pd.Index) -> "Values":
    """Return the value of each row from the distinct values; code -1 is missing."""
    return pd.Series(take(kinds.array, codes, allow_fill=True), index=index)


def _unparsed_cells(wrong: npt.NDArray[np.bool_], codes: npt.NDArray[np.intp], kinds: Any) -> dict[int, str]:
    if not wrong.any():
        return {}
    rows = np.flatnonzero(np.append(wrong, False)[codes])
    return {int(row): str(kinds[codes[row]]) for row in rows}


def _dates(texts: Any) -> "Values":
    """Return ISO 8601 dates and times in UTC, the default zone."""
    dates = pd.to_datetime(pd.Series(texts, dtype=object), format="ISO8601", utc=True, errors="coerce")
    return dates.dt.as_unit("us")


def without_zone(texts: "Values") -> dict[int, str]:
    """Return row and text of times without zone and of dates without time."""
    return {int(row): text for row, text in enumerate(texts) if isinstance(text, str) and not _ZONE.search(text)}


def _integer(text: str) -> int | None:
    found = _WHOLE.fullmatch(text)
    number = int(found[1]) if found else None
    return number if number is not None and abs(number) <= _LARGEST else None


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if np.isfinite(number) and "_" not in text else None


def _boolean(text: str) -> bool | None:
    return _TRUTH.get(text.strip().lower())


def _integers(text: str) -> tuple[int, ...] | None:
    """Return a list of whole numbers, through the much faster JSON parser."""
    try:
        items = json.loads(text)
    except (ValueError, RecursionError):
        items = None
    return _of_type(items, int)


def _all_integers(texts: Iterable[str]) -> list[Any] | None:
    """Return lists of whole numbers, or None if one may be wrong."""
    if not all(map(_LIST.fullmatch, texts)):
        return None
    try:
        return list(map(tuple, json.loads(f"[{','.join(texts)}]")))
    except ValueError:
        return None


def _strings(text: str) -> tuple[str, ...] | None:
    try:
        items = ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        items = None
    return _of_type(items, str)


def _of_type(items: object, kind: type) -> tuple[Any, ...] | None:
    """Return a list of `kind` as a hashable tuple, or None."""
    if not isinstance(items, list) or not all(type(item) is kind for item in items):
        return None
    return tuple(items)


_PARSERS: dict[ColumnType, tuple[Callable[[str], object], str]] = {
    "integer": (_integer, "Int64"),
    "number": (_number, "float64"),
    "boolean": (_boolean, "boolean"),
    "integers": (_integers, "object"),
    "strings": (_strings, "object"),
}
