"""One table as text for a person, or whole as CSV, JSON or Parquet for a program."""

import io
import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from nwbgate.findings.summary import one_line
from nwbgate.manifest.formulas import quoted

#: Values of an array in a cell that are shown.
_SHOWN = 3
#: Longest text of a cell that is shown; programs get all of it.
_WIDEST = 60
#: Rows that are made text at a time.
_PART = 20_000


def aligned(frame: pd.DataFrame, rows: int | None = 20, width: int = 120) -> str:
    """Return the beginning of a table in aligned columns, and a line that says how many rows there are.

    Arrays in cells are abbreviated, and characters that could steer a terminal are blanks.

    Parameters
    ----------
    frame : DataFrame
        Any table.
    rows : int or None
        Rows to show; None shows all.
    width : int
        Characters of a line; columns that do not fit are continued below.
    """
    head = frame if rows is None else frame.head(rows)
    shown = pd.DataFrame({one_line(str(name)): _cells(head.iloc[:, at]) for at, name in enumerate(head.columns)})
    index = head.index if isinstance(head.index, pd.MultiIndex) else head.index.map(_cell)
    named = index.set_names([None if name is None else one_line(str(name)) for name in index.names])
    shown = shown.set_axis(named, axis="index")
    without = "\n".join(map(str, index)) or "  ".join(shown.columns)
    body = without if shown.empty else shown.to_string(line_width=width)
    count = f"{len(frame)} {'row' if len(frame) == 1 else 'rows'} x {len(frame.columns)} columns"
    return f"{body}\n{count}" + (f"; the first {len(head)} are shown" if len(head) < len(frame) else "") + "\n"


def _cells(column: "pd.Series[Any]") -> "pd.Series[Any]":
    """Return what is shown of a column: numbers in one format, everything else as text."""
    cells = column.reset_index(drop=True)
    if pd.api.types.is_numeric_dtype(cells.dtype):
        return cells
    return pd.Series([_cell(value) for value in cells], index=cells.index, dtype=object)


def _cell(value: object) -> object:
    """Return what is shown of a cell that is no number."""
    if isinstance(value, np.ndarray) and value.ndim != 1:
        return f"{value.dtype} array {' x '.join(map(str, value.shape))}"
    if isinstance(value, np.ndarray | list | tuple):
        more = ", ..." if len(value) > _SHOWN else ""
        counted = f" ({len(value)})" if len(value) > _SHOWN else ""
        return one_line(f"[{', '.join(_short(each) for each in value[:_SHOWN])}{more}]{counted}")
    if isinstance(value, str):
        text = one_line(value)
        return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 3]}..."
    return value


def _short(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float | np.floating) else str(value)


def csv(frame: pd.DataFrame) -> Iterator[str]:
    """Give a table as comma-separated values with a header and its index, part by part; arrays are JSON lists."""
    for number, part in enumerate(_parts(frame)):
        yield quoted(_plain(part, text=True)).to_csv(index=False, header=number == 0)


def as_json(frame: pd.DataFrame) -> Iterator[str]:
    """Give a table as a JSON list with an object per row, part by part.

    What is missing, infinite or no number is null.
    """
    before = "["
    for part in _parts(frame):
        for row in _plain(part, text=False).to_dict("records"):
            yield before + json.dumps({str(name): _json(value) for name, value in row.items()})
            before = ",\n"
    yield "[]\n" if before == "[" else "]\n"


def _parts(frame: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Give the table in parts that fit into memory as text, the first even if it is empty."""
    for first in range(0, max(len(frame), 1), _PART):
        yield frame.iloc[first : first + _PART]


def parquet(frame: pd.DataFrame) -> bytes:
    """Return a table as the bytes of a Parquet file, with its index as columns and arrays as lists.

    Raises
    ------
    MissingExtraError
        If pyarrow is not installed.
    """
    from nwbgate.extras import imported

    imported("pyarrow", "parquet")
    buffer = io.BytesIO()
    _plain(frame, text=False).to_parquet(buffer, index=False)
    return buffer.getvalue()


def _plain(frame: pd.DataFrame, *, text: bool) -> pd.DataFrame:
    """Return a table with its named index as columns, and arrays as lists, or as text."""
    named = [name for name in frame.index.names if name is not None]
    whole = frame.reset_index() if named else frame
    convert = _as_text if text else _as_list
    plain = whole.rename(columns=str)
    for name in plain:
        if plain[name].dtype == object and plain[name].map(_many).any():
            plain[name] = plain[name].map(convert)
    return plain


def _many(value: object) -> bool:
    return isinstance(value, np.ndarray | list | tuple | dict)


def _as_list(value: object) -> object:
    return value.tolist() if isinstance(value, np.ndarray) else value


def _as_text(value: object) -> object:
    return json.dumps(_json(value)) if _many(value) else value


def _json(value: object) -> object:
    """Return a value as JSON has it: lists, texts, whole numbers, finite numbers, truth, or null."""
    if isinstance(value, np.ndarray | np.generic):
        return _json(value.tolist())
    if isinstance(value, list | tuple):
        return [_json(each) for each in value]
    if isinstance(value, dict):
        return {str(name): _json(each) for name, each in value.items()}
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and not np.isfinite(value)):
        return None
    if isinstance(value, bool | int | float | str):
        return value
    return value.isoformat() if isinstance(value, date) else str(value)
