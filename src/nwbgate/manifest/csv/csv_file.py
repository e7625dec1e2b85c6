"""A structurally valid table of text as columns of text and numbers.

What a cell says is judged elsewhere; here a file is rejected that would silently be read wrongly: rows of different
length, a column twice, an unclosed quote, another encoding. What spreadsheet programs do to it is undone.
"""

import csv
import io
import re
from collections.abc import Collection, Iterator
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from nwbgate.errors import TableError
from nwbgate.manifest.csv.spreadsheet import WORKBOOKS, plain, separator, workbook
from nwbgate.manifest.csv.structure import LONGEST_CELL, column_names, refuse_faults
from nwbgate.text_encoding import to_utf_8

#: Texts that ``pandas.read_csv`` takes for a missing value (its documentation, ``na_values``).
MISSING = frozenset({
    "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA",
    "NULL", "NaN", "None", "n/a", "nan", "null",
})  # fmt: skip
#: Cells that are read at a time.
_CELLS = 300_000
#: Bytes that are searched at a time, which fit in the cache.
_PIECE = 2**20
#: A number with an exponent.
_EXPONENT = re.compile(rb"\d[eE][+-]?\d")


class CsvFile:
    """The content of a CSV file after its structure was checked.

    Parameters
    ----------
    path : Path
        The file.

    Raises
    ------
    TableError
        If the file cannot be read, is not UTF-8, has a column twice or without a name, rows of another length than the
        header, an unclosed quote or a cell of more than `LONGEST_CELL` characters.

    Notes
    -----
    A byte order mark, UTF-16 with one, semicolons, tabs or bars between the columns (with decimal commas), rows and
    columns without any content, and workbooks (``.xlsx``, extra ``excel``) are read as what they mean.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        table = workbook(path) if path.suffix.lower() in WORKBOOKS else plain(_content(path))
        self._content, self._lines = table.content, table.lines
        self.columns = column_names(self._content, path)
        refuse_faults(self._content, len(self.columns), path, self._lines)

    @property
    def lines(self) -> tuple[int, ...]:
        """Line of the file in which each row begins, the header left out."""
        return self._all_lines[1:]

    @property
    def header_line(self) -> int:
        """Line of the file that the header is in."""
        return self._all_lines[0]

    @cached_property
    def _all_lines(self) -> tuple[int, ...]:
        return self._lines or _lines(self._content)

    @cached_property
    def has_exponents(self) -> bool:
        """Whether any cell looks like 1.23457E+12, as a spreadsheet rounds ids."""
        data = np.frombuffer(self._content, dtype=np.uint8)
        pieces = (data[max(start - 2, 0) : start + _PIECE] for start in range(0, len(data), _PIECE))
        return any(map(_may_have_exponent, pieces)) and _EXPONENT.search(self._content) is not None

    @cached_property
    def _texts(self) -> list[str]:
        return self._content.decode().split("\n")

    def character(self, row: int, column: str) -> int | None:
        """Return the position of a cell in its line, from 1, or None.

        Parameters
        ----------
        row : int
            Row, from 0.
        column : str
            Name of the column.
        """
        if self._lines is not None or column not in self.columns:
            return None
        line = self._texts[self._all_lines[row + 1] - 1]
        before = next(csv.reader([line]))[: self.columns.index(column)]
        if line.count('"'):  # the reader takes the quotes away: look for them again
            return _after(line, len(before)) + 1
        return sum(len(cell) + 1 for cell in before) + 1

    def rows(self) -> Iterator[list[str]]:
        """Yield the cells of each row as text, in the order of `columns`.

        Without white space around it; empty where pandas takes a cell for missing, as `frame` does.
        """
        reader = csv.reader(io.StringIO(self._content.decode(), newline=""))
        next(reader)
        return ([_present(cell.strip()) for cell in cells] for cells in reader if cells)

    def frame(self, text: Collection[str]) -> pd.DataFrame:
        """Return all columns: `text` ones as text, others as numbers where possible.

        Cells that ``pandas.read_csv`` takes for missing (empty, ``NaN``, ``NA``, ``None`` ...) are missing here too,
        because the field reads these tables with it.
        """
        return self._read_bytes(dict.fromkeys(text, object), list(self.columns))

    def text(self, column: str) -> "pd.Series[str]":
        """Return one column as text, whatever its content."""
        return self._read_bytes({column: object}, [column])[column]

    def _read_bytes(self, dtype: dict[str, type], columns: list[str]) -> pd.DataFrame:
        """Return columns, read in pieces that fit in the cache."""
        rows = max(_CELLS // len(self.columns), 1)
        content = io.BytesIO(self._content)
        try:
            with pd.read_csv(
                content, dtype=dtype, usecols=columns, index_col=False, low_memory=False, chunksize=rows
            ) as pieces:
                frame: pd.DataFrame = pd.concat(pieces, ignore_index=True)
                return frame
        except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
            raise TableError(
                "the file is not a CSV table",
                where=str(self.path),
                got=str(error).strip(),
                fix="correct this line, or export the table again",
            ) from None


def header(path: Path) -> tuple[str, ...]:
    """Return the column names of a CSV file.

    Raises
    ------
    TableError
        If the file cannot be read, or its header is not one of a table.
    """
    content = b"" if path.suffix.lower() in WORKBOOKS else _content(path, LONGEST_CELL)
    if not content or separator(content) != ",":
        return CsvFile(path).columns
    return column_names(plain(content).content, path)


def _content(path: Path, most: int = -1) -> bytes:
    """Return the bytes of the file, at most `most`, with newline line ends."""
    try:
        with path.open("rb") as file:
            content = file.read(most)
    except OSError as error:
        raise TableError(
            "cannot read the table",
            where=str(path),
            got=error.strerror or str(error),
            fix="check the path and the permissions",
        ) from None
    content = to_utf_8(content)
    if not content.isascii() or b"\0" in content:
        _refuse_other_encodings(content, path)
    return content.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in content else content


def _refuse_other_encodings(content: bytes, path: Path) -> None:
    if b"\0" in content:
        place, got = content.index(b"\0"), "a zero byte"
    else:
        try:
            content.decode("utf-8")
        except UnicodeDecodeError as error:
            place, got = error.start, f"the byte 0x{content[error.start]:02x}"
        else:
            return
    line = content.count(b"\n", 0, place) + 1
    raise TableError(
        "the table is not encoded in UTF-8",
        where=f"{path}, line {line}",
        got=got,
        fix="save it again as UTF-8",
    )


def _may_have_exponent(data: npt.NDArray[np.uint8]) -> bool:
    """Return whether bytes look like an exponent, ten times faster than a pattern."""
    letters = np.flatnonzero((data[1:-1] | 0x20) == ord("e"))
    before, after = data[letters] - ord("0"), data[letters + 2] - ord("0")  # unsigned: 0 to 9 for digits
    return bool(((before < 10) & ((after < 10) | np.isin(data[letters + 2], (ord("+"), ord("-"))))).any())


def _present(cell: str) -> str:
    return "" if cell in MISSING else cell


def _after(line: str, commas: int) -> int:
    """Return the place behind so many commas that are not in quotes."""
    quoted, place = False, 0
    while commas and place < len(line):
        quoted ^= line[place] == '"'
        commas -= line[place] == "," and not quoted
        place += 1
    return place


def _lines(content: bytes) -> tuple[int, ...]:
    """Return the first line of each row, the header first; blank lines are skipped."""
    reader, line, lines = csv.reader(io.StringIO(content.decode(), newline="")), 1, []
    for row in reader:
        if row:
            lines.append(line)
        line = reader.line_num + 1
    return tuple(lines)
