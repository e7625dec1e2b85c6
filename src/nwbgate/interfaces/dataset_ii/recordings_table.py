"""The side-car table of a data set: missing facts, one row per recording."""

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from difflib import get_close_matches
from functools import partial
from pathlib import Path

from nwbgate.errors import MetadataError, TableError
from nwbgate.interfaces.plan import REFUSED_IN_IDS
from nwbgate.manifest import age, recording_rows
from nwbgate.manifest.csv.csv_file import CsvFile
from nwbgate.manifest.csv.look_alikes import difference, key, look_alike
from nwbgate.writing.start_time import in_zone

#: Values of a row by column; a column that is empty is absent.
Values = dict[str, str | float | bool]

_TRUE, _FALSE = ("true", "yes", "1"), ("false", "no", "0")


@dataclass(frozen=True)
class RecordingRow:
    """One recording's row of the table.

    Parameters
    ----------
    recording_id : str
        Stem of the source file.
    line : int
        Line of the file that the row begins in.
    values : dict
        Column to value; empty cells are absent. Numbers are floats, ``exclude`` is a bool, the rest is text.
    """

    recording_id: str
    line: int
    values: Values = field(default_factory=dict)


def read_recordings(
    path: Path, recording_ids: Collection[str], *, timezone: str | None = None
) -> dict[str, RecordingRow]:
    """Read and judge a table of recordings.

    Parameters
    ----------
    path : Path
        Table as `nwbgate.manifest.csv.csv_file.CsvFile` reads it, with ``recording_id`` and any of `COLUMNS`.
    recording_ids : collection of str
        The recordings that are being converted.
    timezone : str, optional
        Time zone of start times without offset; see `nwbgate.writing.start_time.time_zone`.

    Returns
    -------
    dict
        Recording id to its row, in the order of the table.

    Raises
    ------
    TableError
        Naming row and column: an unknown column or recording, a recording given twice, a bad value, a row of another
        length, a neuron or a mouse of which two rows say different things, or a file that is not such a table.
    """
    file = CsvFile(path)
    header = _header(path, [name.strip() for name in file.columns])
    rows: dict[str, RecordingRow] = {}
    for line, cells in zip(file.lines, file.rows(), strict=True):
        row, place = _row(path, line, header, cells, timezone), (path, line, "recording_id")
        if row.recording_id in rows:
            first = rows[row.recording_id].line
            expected = f"one row; the first is at line {first}"
            raise _error(
                "the recording is given twice", place, row.recording_id, expected, fix="remove one of the two rows"
            )
        if row.recording_id not in recording_ids:
            alike = look_alike(row.recording_id, recording_ids)
            expected = f"a recording among the sources: {_some_ids([alike] if alike else recording_ids)}"
            if alike:
                expected += f", from which it differs by {difference(row.recording_id, alike)}"
            fix = "correct the id, give its source, too, or remove the row"
            raise _error("recording is not among the sources", place, ascii(row.recording_id), expected, fix=fix)
        rows[row.recording_id] = row
    _refuse_contradictions(path, list(rows.values()))
    _refuse_look_alikes(path, list(rows.values()))
    return rows


def _header(path: Path, header: list[str]) -> list[str]:
    for name in header:
        if name not in COLUMNS:
            near = get_close_matches(name, list(COLUMNS), n=1)
            fix = f"did you mean {near[0]!r}?" if near else "remove the column"
            expected = f"one of {', '.join(COLUMNS)}"
            raise _error("unknown column", (path, 1, name), repr(name), expected, fix=fix)
    if "recording_id" not in header:
        place = (path, 1, "recording_id")
        raise _error("the column is missing", place, ", ".join(header), "a column recording_id", fix="add the column")
    return header


def _row(path: Path, line: int, header: list[str], cells: list[str], timezone: str | None) -> RecordingRow:
    values: Values = {}
    readers: dict[str, Callable[[str], str | float | bool]] = {
        **COLUMNS,
        "session_start_time": partial(_session_start_time, timezone=timezone),
    }
    for column, cell in zip(header, cells, strict=True):
        if cell:
            try:
                values[column] = readers[column](cell)
            except ValueError as problem:
                raise _error(
                    "invalid value",
                    (path, line, column),
                    repr(cell),
                    str(problem),
                    fix="correct the cell, or leave it empty",
                ) from None
    if "recording_id" not in values:
        place = (path, line, "recording_id")
        raise _error(
            "the recording id is empty",
            place,
            "an empty cell",
            "the stem of a source file",
            fix="name it, or remove the row",
        )
    return RecordingRow(str(values.pop("recording_id")), line, values)


def _refuse_contradictions(path: Path, rows: Sequence[RecordingRow]) -> None:
    """Reject placeholders for ids, and rows that contradict each other."""
    values = [{"place": f"row at line {row.line}", **row.values} for row in rows]
    for find, what in _CONTRADICTIONS.items():
        for odd in find(values):
            place = (path, rows[odd.row].line, odd.column)
            raise _error(what, place, odd.got, odd.expected, fix="correct one of the two rows")


#: What no table may say, by the function that finds it.
_CONTRADICTIONS = {
    recording_rows.placeholder_ids: "an id is a placeholder",
    recording_rows.two_descriptions: "a mouse or neuron has two values",
    recording_rows.contradicted_births: "the age contradicts another recording of the mouse",
}


def _refuse_look_alikes(path: Path, rows: Sequence[RecordingRow]) -> None:
    """Refuse two ids of mice or neurons that a person takes for one."""
    for column in ("subject_id", "neuron_id"):
        seen: dict[str, RecordingRow] = {}
        for row in (each for each in rows if column in each.values):
            value = str(row.values[column])
            first = seen.setdefault(key(value), row)
            other = str(first.values[column])
            if difference(value, other):
                raise _error(
                    "two ids look the same",
                    (path, row.line, column),
                    ascii(value),
                    f"{other!a} as in row at line {first.line}; they differ by {difference(value, other)}",
                    fix="write one id in one way; where they are two, give them names that differ",
                )


def _error(what: str, place: tuple[Path, int, str], got: str, expected: str, *, fix: str) -> TableError:
    path, line, column = place
    where = f"{path}, row at line {line}, column {column}"
    return TableError(what, where=where, got=got, expected=expected, fix=fix)


def _some_ids(names: Collection[str]) -> str:
    listed = sorted(names)
    return ", ".join(listed[:5]) + (f", ... ({len(listed)} in all)" if len(listed) > 5 else "")


def _text(cell: str) -> str:
    return cell


def _subject_id(cell: str) -> str:
    if REFUSED_IN_IDS.search(cell):
        raise ValueError("an id without white space and any of _ * \\ / < > : | \" ' ? % @ ; . (DANDI refuses them)")
    return cell


def _sex(cell: str) -> str:
    if cell not in ("M", "F", "U", "O"):
        raise ValueError("M, F, U (unknown) or O (other)")
    return cell


def _age(cell: str) -> str:
    if not age.is_age(cell):
        raise ValueError(age.EXPECTED)
    return cell


def _session_start_time(cell: str, timezone: str | None = None) -> str:
    try:
        moment = datetime.fromisoformat(cell)
    except ValueError:
        moment = None
    if moment is None or "T" not in cell.replace(" ", "T") or (moment.tzinfo is None and timezone is None):
        raise ValueError(
            "an ISO 8601 date and time with an offset, such as 2016-05-04T13:30:00-07:00; the option timezone names"
            " the zone of times without offset"
        )
    try:
        return in_zone(moment, timezone, where="").isoformat()
    except MetadataError as problem:
        raise ValueError(f"{problem.expected}; {problem.what}") from problem


def _number(cell: str) -> float:
    try:
        value = float(cell)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ValueError("a finite number")
    return value


def _positive(cell: str) -> float:
    value = _number(cell)
    if value <= 0:
        raise ValueError("a number greater than 0")
    return value


def _boolean(cell: str) -> bool:
    if cell.lower() not in (*_TRUE, *_FALSE):
        raise ValueError(f"one of {', '.join((*_TRUE, *_FALSE))}")
    return cell.lower() in _TRUE


#: Columns of the table, each with the function that reads a cell; it raises a `ValueError` that says what is expected.
COLUMNS: dict[str, Callable[[str], str | float | bool]] = {
    "recording_id": _text,
    "neuron_id": _text,
    "subject_id": _subject_id,
    "sex": _sex,
    "age": _age,
    "session_start_time": _session_start_time,
    "depth_um": _positive,
    "anaesthetic": _text,
    "pipette_resistance_mohm": _positive,
    "x": _number,
    "y": _number,
    "z": _number,
    "exclude": _boolean,
    "notes": _text,
}
