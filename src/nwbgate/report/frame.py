"""Tables as aligned text for people, or as CSV, JSON or Parquet for programs."""

import io
import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from nwbgate.findings.summary import one_line
from nwbgate.manifest.csv.formulas import quote_formulas

#: Values of an array in a cell that are shown.
_SHOWN = 3
#: Longest text of a cell that is shown; programs get all of it.
_WIDEST = 60
#: Rows that are made text at a time.
_PART = 20_000


def aligned_text(frame: pd.DataFrame, rows: int | None = 20, width: int = 120) -> str:
    """Return a table's first rows, aligned, with the row count.

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
    return f"{body}\n{count}" + (f"; showing the first {len(head)}" if len(head) < len(frame) else "") + "\n"


def _cells(column: "pd.Series[Any]") -> "pd.Series[Any]":
    """Return a column as text, numbers in one format."""
    cells = column.reset_index(drop=True)
    if pd.api.types.is_numeric_dtype(cells.dtype):
        return cells
    return pd.Series([_cell(value) for value in cells], index=cells.index, dtype=object)


def _cell(value: object) -> object:
    """Return a non-numeric cell as text."""
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
    """Yield a table as comma-separated values with a header and its index."""
    for number, part in enumerate(_parts(frame)):
        yield quote_formulas(_plain(part, text=True)).to_csv(index=False, header=number == 0)


def as_json(frame: pd.DataFrame) -> Iterator[str]:
    """Yield a table as a JSON list with one object per row.

    What is missing, infinite or no number is null.
    """
    before = "["
    for part in _parts(frame):
        for row in _plain(part, text=False).to_dict("records"):
            yield before + json.dumps({str(name): _json(value) for name, value in row.items()})
            before = ",\n"
    yield "[]\n" if before == "[" else "]\n"


def _parts(frame: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield a table in parts that fit into memory as text."""
    for first in range(0, max(len(frame), 1), _PART):
        yield frame.iloc[first : first + _PART]


def parquet(frame: pd.DataFrame) -> bytes:
    """Return a table as Parquet bytes, its index as columns, arrays as lists.

    Raises
    ------
    MissingExtraError
        If pyarrow is not installed.
    """
    from nwbgate.extras import import_extra

    import_extra("pyarrow", "parquet")
    buffer = io.BytesIO()
    _plain(frame, text=False).to_parquet(buffer, index=False)
    return buffer.getvalue()


def _plain(frame: pd.DataFrame, *, text: bool) -> pd.DataFrame:
    """Return a table with its named index as columns, arrays as lists or text."""
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
    """Return a value as plain JSON data."""
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
