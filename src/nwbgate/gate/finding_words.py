"""Words of a finding: values with units, and the row's place."""

from collections.abc import Sequence
from functools import cache
from typing import Any
from unicodedata import category

import numpy as np
import pandas as pd

from nwbgate.reading.format.layouts import session_tables
from nwbgate.rules.rule import Rule

#: Units that say that there is none.
_NO_UNITS = ("n.a.", "a.u.")
#: Categories of Unicode of characters that nobody sees: of format, of control, and spaces.
_HIDDEN = ("Cf", "Cc", "Zs", "Zl", "Zp")
#: Characters shown of one value.
_LONGEST = 200


def word(value: object, unit: str = "") -> str:
    """Return a cell in words: rounded, with its unit, cut if long.

    Parameters
    ----------
    value : object
        A cell of a table.
    unit : str
        Unit of numbers.
    """
    if not isinstance(value, (list, tuple, dict, np.ndarray)) and pd.isna(value):  # type: ignore[call-overload]
        return "nothing"
    if isinstance(value, int | float | np.number) and not isinstance(value, bool):
        number = str(float(f"{value:.9g}")) if isinstance(value, float | np.floating) else str(value)
        return f"{number} {unit}".rstrip()
    text = str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}... ({len(text)} characters)"


def visible(text: str) -> str:
    """Return a text with its invisible characters as numbers."""
    if text.isascii():
        return text
    return "".join(
        f"<U+{ord(each):04X}>" if category(each) in _HIDDEN and not each.isascii() else each for each in text
    )


@cache
def unit_of(table: str, column: str | None) -> str:
    """Return the short unit of a session table's column, or empty."""
    described = session_tables().tables.get(table)
    known = described.columns.get(column) if described and column else None
    if known is None or not known.unit or known.unit in _NO_UNITS:
        return ""
    return min(session_tables().spellings(known.unit), key=len)


def location(rule: Rule, keys: Sequence[str], first: object, row: "pd.Series[Any]") -> str:
    """Return the place of the first offending row: table, column, key.

    Parameters
    ----------
    rule : Rule
        The rule that fired.
    keys : sequence of str
        Key columns of its table.
    first : object
        Key of the row.
    row : pandas.Series
        The row.
    """
    column = f".{rule.column}" if rule.column else ""
    values = first if isinstance(first, tuple) else (first,)
    names = keys if len(keys) == len(values) else ("row",) * len(values)
    key = ", ".join(f"{name} {word(value)}" for name, value in zip(names, values, strict=True))
    timed = rule.scope == "session" and "start_time" in row.index and "start_time" not in keys
    time = f", at {row['start_time']:.3f} s" if timed and pd.notna(row["start_time"]) else ""
    return f"{rule.table}{column}, {key}{time}"
