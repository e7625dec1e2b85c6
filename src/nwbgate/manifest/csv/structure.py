"""Structure of a CSV table: unique column names, rows of one length, closed quotes."""

import csv
import io
from pathlib import Path

import numpy as np
import numpy.typing as npt

from nwbgate.errors import TableError

#: Characters in one cell; a longer one is the rest of a file behind an unclosed quote, not a value.
LONGEST_CELL = 100_000
#: Bytes that are searched at a time.
_PIECE = 2**20
_Signs = npt.NDArray[np.uint8]
_COMMA, _NEWLINE, _QUOTE = (ord(character) for character in ',\n"')


def column_names(content: bytes, path: Path) -> tuple[str, ...]:
    """Return the unique column names."""
    first = content[:LONGEST_CELL].decode("utf-8", errors="replace")
    names = next(csv.reader(io.StringIO(first)), [])
    if not names:
        raise TableError(
            "the table is empty",
            where=str(path),
            expected="a header with the names of the columns",
            fix="give the table with its header, or leave the file out",
        )
    for place, name in enumerate(names):
        if not name.strip():
            raise TableError(
                f"column {place + 1} has no name",
                where=f"{path}, line 1",
                fix="write the table without the row numbers of the program it comes from",
            )
        if name in names[:place]:
            raise TableError(
                "a column occurs twice",
                where=f"{path}, line 1",
                got=f"{name} as columns {names.index(name) + 1} and {place + 1}",
                fix="remove one of them",
            )
    return tuple(names)


def _suspicious(content: bytes, width: int) -> bool:
    """Return whether a row's length or a cell's size looks wrong, at memory speed."""
    data = np.frombuffer(content, dtype=np.uint8)
    data = data[: len(data) - 1] if content.endswith(b"\n") else data
    quotes, cells, last = _Quotes(b'"' in content), 0, 0
    for start in range(0, len(data), _PIECE):  # a piece and what is computed of it stay in the cache
        places, signs = quotes.separators(data[start : start + _PIECE], start)
        if _is_ragged(signs, cells, width) or _longest(places, last) > LONGEST_CELL:
            return True
        cells, last = cells + len(signs), int(places[-1]) if len(places) else last
    return bool((cells + 1) % width) or len(data) - last > LONGEST_CELL or _stray(data, quotes.places())


class _Quotes:
    """Quotes met so far, and whether the last one is open.

    Parameters
    ----------
    any_quote : bool
        Whether there are quotes at all.
    """

    def __init__(self, any_quote: bool) -> None:
        self._any, self._open, self._places = any_quote, np.uint8(0), [np.empty(0, np.intp)]

    def separators(self, piece: _Signs, start: int) -> tuple[npt.NDArray[np.intp], _Signs]:
        """Return places and signs of separators outside quotes in the next piece."""
        places = np.flatnonzero(piece <= _COMMA)
        signs = piece[places]
        places += start
        separates = (signs == _COMMA) | (signs == _NEWLINE)
        if self._any:
            quotes = signs == _QUOTE
            self._places.append(places[quotes])
            inside = np.cumsum(quotes, dtype=np.uint8)
            inside += self._open
            inside &= 1
            separates &= inside == 0
            self._open = inside[-1] if len(inside) else self._open
        return places[separates], signs[separates]

    def places(self) -> npt.NDArray[np.intp]:
        """Return the places of all quotes."""
        return np.concatenate(self._places)


def _is_ragged(separators: _Signs, before: int, width: int) -> bool:
    """Return whether newlines are elsewhere than behind each `width` cells."""
    newlines = separators == _NEWLINE
    ends = newlines[(width - 1 - before) % width :: width]
    return not ends.all() or np.count_nonzero(newlines) != len(ends)


def _stray(data: _Signs, places: npt.NDArray[np.intp]) -> bool:
    """Return whether a quote is unclosed, or not at the edge of its cell."""
    if len(places) % 2:
        return True
    before = data[np.maximum(places[::2] - 1, 0)]
    after = data[np.minimum(places[1::2] + 1, len(data) - 1)]
    return not np.isin(np.concatenate([before, after]), (_COMMA, _NEWLINE, _QUOTE)).all()


def _longest(places: npt.NDArray[np.intp], last: int) -> int:
    """Return the largest distance of separators, an upper bound of cell length."""
    return int(np.diff(places, prepend=last).max()) if len(places) else 0


def refuse_faults(content: bytes, width: int, path: Path, lines: tuple[int, ...] | None) -> None:
    """Reject rows of another length, long cells and unclosed quotes, naming the first."""
    if _suspicious(content, width):
        _read_rows(content, width, path, lines)


def _read_rows(content: bytes, width: int, path: Path, lines: tuple[int, ...] | None) -> None:
    """Read row by row, skipping blank lines; raise for the first bad row."""
    reader = csv.reader(io.StringIO(content.decode("utf-8"), newline=""), strict=True)
    line = 1
    try:
        for number, row in enumerate(reader):
            if row:
                _refuse_row(row, width, f"{path}, line {lines[number] if lines else line}")
            line = reader.line_num + 1
    except csv.Error as error:
        if "field larger" in str(error):
            raise _too_long(f"{path}, line {line}", str(error)) from None
        raise TableError(
            "a quote is not closed", where=f"{path}, from line {line} on", got=str(error), fix="close the quote"
        ) from None


def _too_long(where: str, got: str) -> TableError:
    return TableError(
        "a cell is too long",
        where=where,
        got=got,
        expected=f"at most {LONGEST_CELL:,} characters",
        fix="check for an unclosed quote before it",
    )


def _refuse_row(row: list[str], width: int, where: str) -> None:
    longest = max(map(len, row))
    if longest > LONGEST_CELL:
        column = [len(cell) for cell in row].index(longest) + 1
        raise _too_long(f"{where}, column {column}", f"{longest:,} characters")
    if len(row) != width:
        raise TableError(
            "wrong number of cells in a row",
            where=where,
            got=f"{len(row)} cells",
            expected=f"{width} cells, as in the header",
            fix="put cells that contain commas in quotes, and keep empty cells",
        )
