"""Tables saved by spreadsheet programs, turned into plain CSV."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

from nwbgate.errors import TableError
from nwbgate.extras import import_extra

#: File name endings of workbooks.
WORKBOOKS = (".xlsx", ".xlsm")
#: Separators other than a comma.
_SEPARATORS = ";\t|"
#: An empty row after the header: a pattern that begins with one sign is searched much faster.
_EMPTY_ROW = re.compile(rb'\n[ \t]*[,"][ \t,"]*(?=\n|\Z)')
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+(?:[eE][+-]?\d+)?")


@dataclass(frozen=True)
class Plain:
    """A table as CSV: UTF-8, commas, no row or column that is empty.

    Parameters
    ----------
    content : bytes
        The table.
    lines : tuple of int or None
        Line of the file in which each row of `content` begins, the header first; None where no row was left out.
    """

    content: bytes
    lines: tuple[int, ...] | None = None


def separator(content: bytes) -> str:
    """Return the column separator, from the first line that is not blank."""
    first = next((line for line in content[:100_000].decode(errors="replace").splitlines() if line.strip()), "")
    widths = {sign: len(next(csv.reader([first], delimiter=sign), [])) for sign in ("," + _SEPARATORS)}
    return "," if widths[","] > 1 else max(widths, key=lambda sign: widths[sign])


def plain(content: bytes) -> Plain:
    """Return a table as plain CSV, without empty rows and columns.

    In a table that is separated otherwise, a cell such as ``1,5`` is a number with a decimal comma. A table whose
    quotes are not closed is returned as it is, for the reader to refuse.
    """
    sign = separator(content)
    if sign == "," and not _has_blank_name(content) and not _EMPTY_ROW.search(content):
        return Plain(content)
    try:
        rows = list(_rows(content.decode(errors="strict"), sign))
    except (csv.Error, UnicodeDecodeError):
        return Plain(content)
    if sign != ",":
        rows = [(line, [_with_point(cell) for cell in cells]) for line, cells in rows]
    return plain_csv(rows)


def workbook(path: Path) -> Plain:
    """Return a workbook's only sheet with content; dates as ISO 8601.

    Raises
    ------
    TableError
        If the file is no workbook, or several of its sheets hold something.
    MissingExtraError
        If openpyxl is not installed.
    """
    openpyxl = import_extra("openpyxl", "excel")
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        sheets = {sheet.title: list(_cells(sheet.iter_rows(values_only=True))) for sheet in book.worksheets}
        book.close()
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, EOFError) as problem:
        raise TableError(
            "the workbook cannot be read",
            where=str(path),
            got=f"{type(problem).__name__}: {problem}",
            fix="save the table again, as a workbook (xlsx) or as CSV UTF-8",
        ) from problem
    filled = {title: rows for title, rows in sheets.items() if any(any(cells) for _, cells in rows)}
    if len(filled) > 1:
        raise TableError(
            "the workbook has several tables",
            where=str(path),
            got=f"sheets {', '.join(filled)}",
            expected="one sheet",
            fix="save the sheet of the table as a file of its own",
        )
    return plain_csv(next(iter(filled.values()), []))


def plain_csv(rows: Sequence[tuple[int, list[str]]]) -> Plain:
    """Return rows as CSV, without empty rows and columns."""
    full = [(line, cells) for line, cells in rows if not all(_is_blank(cell) for cell in cells)]
    if not full:
        return Plain(b"")
    names = full[0][1]
    empty = {
        place
        for place, name in enumerate(names)
        if _is_blank(name) and all(_is_blank(cells[place]) for _, cells in full if place < len(cells))
    }
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    for _, cells in full:
        writer.writerow([cell for place, cell in enumerate(cells) if place not in empty])
    return Plain(text.getvalue().encode(), tuple(line for line, _ in full))


def _rows(text: str, sign: str) -> "Iterable[tuple[int, list[str]]]":
    """Give line and cells of each row of a CSV text."""
    reader, line = csv.reader(io.StringIO(text, newline=""), delimiter=sign, strict=True), 1
    for cells in reader:
        yield line, cells
        line = reader.line_num + 1


def _cells(rows: Iterable[tuple[object, ...]]) -> "Iterable[tuple[int, list[str]]]":
    """Give number and texts of each row of a sheet."""
    for number, values in enumerate(rows, start=1):
        yield number, [_text(value) for value in values]


def _text(value: object) -> str:
    """Return a cell of a workbook as a CSV would have it."""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


def _with_point(cell: str) -> str:
    return cell.replace(",", ".") if _DECIMAL_COMMA.fullmatch(cell.strip()) else cell


def _is_blank(cell: str) -> bool:
    return not cell.strip()


def _has_blank_name(content: bytes) -> bool:
    """Tell whether the first line may lack the name of a column."""
    end = content.find(b"\n")
    header = content[: end if end >= 0 else None].decode(errors="replace")
    return any(map(_is_blank, next(csv.reader([header]), [])))
