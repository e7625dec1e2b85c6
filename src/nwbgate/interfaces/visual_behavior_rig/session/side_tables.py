"""Side tables with facts of the laboratory's database: projects and novel images."""

from pathlib import Path

from nwbgate.errors import TableError
from nwbgate.manifest.csv.csv_file import CsvFile

KEY = "behavior_session_id"
#: What separates the names of images in a cell.
SEPARATOR = ";"


def read_projects(path: Path) -> dict[int, str]:
    """Return the project code of each session, from a CSV file.

    The ``behavior_session_table.csv`` of a release is such a table.

    Raises
    ------
    TableError
        If a column is missing, a session is named twice, or an id is not a number.
    """
    return {number: text for number, text in _column(path, "project_code").items() if text}


def read_novel_images(path: Path) -> dict[int, list[str]]:
    """Return the novel images of each session, from a CSV file.

    Names are separated by semicolons; an empty cell says that none was novel.

    Raises
    ------
    TableError
        If a column is missing, a session is named twice, or an id is not a number.
    """
    cells = _column(path, "novel_images")
    return {number: [name.strip() for name in text.split(SEPARATOR) if name.strip()] for number, text in cells.items()}


def _column(path: Path, column: str) -> dict[int, str]:
    table = CsvFile(path)
    missing = [name for name in (KEY, column) if name not in table.columns]
    if missing:
        got = f"columns {', '.join(table.columns)}"
        raise _wrong(f"the table has no column {', '.join(missing)}", str(path), got, f"{KEY} and {column}")
    key, value = (table.columns.index(name) for name in (KEY, column))
    found: dict[int, str] = {}
    for line, cells in zip(table.lines, table.rows(), strict=True):
        where = f"{path}, line {line}, column {KEY}"
        if not cells[key].isdecimal():
            raise _wrong("an id is not a number", where, repr(cells[key]), "a behavior_session_id")
        if int(cells[key]) in found:
            raise _wrong("a session is named twice", where, cells[key], "each session once")
        found[int(cells[key])] = cells[value]
    return found


def _wrong(what: str, where: str, got: str, expected: str) -> TableError:
    return TableError(what, where=where, got=got, expected=expected, fix="correct the table, or leave the option out")
