"""Cells that spreadsheets would run as formulas: quoted, and restored on reading."""

import re
from collections.abc import Callable

import pandas as pd

#: What a formula begins with; a number may begin with a sign, too.
_FORMULA = re.compile(r"[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[+-]?(?:inf|nan)", re.IGNORECASE)
_QUOTE = "'"


def quote_formulas(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table with an apostrophe before each formula-like text.

    Texts of a file may be made to be run on the computer of whoever opens the table. Numbers stay numbers, also where
    they are text.
    """
    return _map_texts(frame, _quoted_cell)


def unquote_formulas(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table with its texts as they were before `quote_formulas`."""
    return _map_texts(frame, _unquoted_cell)


def _map_texts(frame: pd.DataFrame, change: Callable[[object], object]) -> pd.DataFrame:
    kinds = (pd.api.types.is_object_dtype, pd.api.types.is_string_dtype)
    texts = [name for name in frame.columns if any(is_kind(frame[name].dtype) for is_kind in kinds)]
    return frame.assign(**{name: frame[name].map(change).astype(frame[name].dtype) for name in texts})


def _quoted_cell(cell: object) -> object:
    runs = isinstance(cell, str) and _FORMULA.match(cell) and not _NUMBER.fullmatch(cell)
    return f"{_QUOTE}{cell}" if runs else cell


def _unquoted_cell(cell: object) -> object:
    return cell[1:] if isinstance(cell, str) and cell[:1] == _QUOTE and _FORMULA.match(cell[1:]) else cell
