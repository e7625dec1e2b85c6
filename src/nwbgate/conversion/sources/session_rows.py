"""A table of sessions: metadata and other values of each session, one row each."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from nwbgate.errors import TableError, nearest
from nwbgate.interfaces.plan import SessionPlan
from nwbgate.json_text import parse_json

#: Columns by which a row finds its session.
KEYS = ("session_id", "subject_id")
#: Sections whose fields a column may name without the section.
_SECTIONS = ("NWBFile", "Subject")
#: What separates the values of a list in one cell, because names of persons contain commas.
_SEPARATOR = ";"


@dataclass(frozen=True)
class SessionRow:
    """One row of a table of sessions.

    Attributes
    ----------
    keys : dict
        Values of the key columns.
    metadata : dict
        Metadata of the session, as NeuroConv takes them.
    words : dict of str to value
        Values of all columns that have one, for words in braces in a recipe; numbers as numbers.
    origin : str
        File and line, for errors.
    """

    keys: Mapping[str, str]
    metadata: dict[str, Any]
    words: Mapping[str, Any] = field(default_factory=dict)
    origin: str = ""

    def is_about(self, session_id: str, subject_id: str) -> bool:
        """Return whether the row is about a session; an unknown subject fits every row."""
        subject = self.keys.get("subject_id", "")
        return self.keys["session_id"] == session_id and (not subject or not subject_id or subject == subject_id)


def read_session_rows(path: Path, words: Collection[str] = ()) -> list[SessionRow]:
    """Return the rows of a table of sessions.

    Parameters
    ----------
    path : Path
        CSV file, or ``.xlsx`` with the extra ``excel``. ``session_id`` names the session; every other column is a field
        of ``NWBFile`` or ``Subject`` ("sex"), any metadata by its path ("Ophys.ImagingPlanes.plane0.location"), or a
        word that the recipe uses.
    words : collection of str
        Words in braces in the recipe.

    Raises
    ------
    TableError
        If a column is unknown, a session has no id or two rows are about the same session.
    """
    from nwbgate.manifest.csv.csv_file import CsvFile

    table = CsvFile(path)
    _check_columns(table.columns, words, path)
    rows = [
        _row(dict(zip(table.columns, cells, strict=True)), f"{path}, line {line}")
        for line, cells in zip(table.lines, table.rows(), strict=True)
    ]
    _refuse_repeated(rows)
    return rows


def with_rows(plans: Sequence[SessionPlan], rows: Sequence[SessionRow], path: Path) -> list[SessionPlan]:
    """Return the plans with the metadata of their rows.

    Sessions without a row, and rows without a session, are listed as excluded: either may be left out on purpose.
    """
    found = [_with_row(plan, row_of(plan.session_id, _subject(plan), rows), path) for plan in plans]
    idle = [row for row in rows if not any(row.is_about(plan.session_id, _subject(plan)) for plan in plans)]
    return [*found, *(_without_sources(row, [plan.session_id for plan in plans]) for row in idle)]


def _without_sources(row: SessionRow, known: Sequence[str]) -> SessionPlan:
    """Return an excluded session for a table row without source."""
    session_id = row.keys["session_id"]
    hint = nearest(session_id, known)
    reason = f"no source is about this row of the table: {row.origin}" + (f"; {hint}" if hint else "")
    return SessionPlan(session_id, (), {}, excluded=reason, origin=row.origin)


def row_of(session_id: str, subject_id: str, rows: Iterable[SessionRow]) -> SessionRow | None:
    """Return the row about a session, or None."""
    return next((row for row in rows if row.is_about(session_id, subject_id)), None)


def _subject(plan: SessionPlan) -> str:
    return str((plan.metadata.get("Subject") or {}).get("subject_id") or "")


def _with_row(plan: SessionPlan, row: SessionRow | None, path: Path) -> SessionPlan:
    if row is None:
        return replace(plan, excluded=plan.excluded or f"not in the table of sessions {path.name}")
    from neuroconv.utils import dict_deep_update

    merged = dict_deep_update(plan.metadata, row.metadata, append_list=False, remove_repeats=False, copy=True)
    return replace(plan, metadata=merged, origin=row.origin)


def known_fields() -> dict[str, str]:
    """Return each field of ``NWBFile`` and ``Subject`` with its section."""
    return {name: section for section in _SECTIONS for name in _schema()[section]["properties"]}


@cache
def _schema() -> dict[str, Any]:
    text = files("neuroconv.schemas").joinpath("base_metadata_schema.json").read_text(encoding="utf-8")
    return dict(parse_json(text)["properties"])


def _check_columns(columns: Sequence[str], words: Collection[str], path: Path) -> None:
    known = [*KEYS, *known_fields(), *words]
    if "session_id" not in columns:
        raise TableError(
            "the table of sessions has no column session_id",
            where=str(path),
            got=", ".join(columns),
            expected="session_id, and a column for each field",
            fix=nearest("session_id", columns) or "add the column",
        )
    for column in columns:
        if column not in known and not _is_path(column):
            raise TableError(
                f"unknown column {column!r} in the table of sessions",
                where=str(path),
                got=column,
                expected="a field of NWBFile or Subject, a path such as Ophys.ImagingPlanes.plane0.location, or a word "
                "in braces of the recipe",
                fix=nearest(column, known) or "remove the column, or write the path of the field",
            )


def _is_path(column: str) -> bool:
    section, dot, name = column.partition(".")
    return bool(dot and name) and (section not in _SECTIONS or name in _schema()[section]["properties"])


def _row(cells: Mapping[str, str], origin: str) -> SessionRow:
    if not cells["session_id"]:
        raise TableError("a row without session_id", where=origin, expected="the id of a session", fix="add the id")
    fields = known_fields()
    metadata: dict[str, Any] = {}
    for column, cell in sorted(cells.items(), key=lambda each: "." in each[0]):  # a path is more than a name
        place = column if "." in column else f"{fields[column]}.{column}" if column in fields else ""
        if cell and place:
            _set(metadata, place.split("."), cell)
    words = {name: _number(cell) for name, cell in cells.items() if cell and name not in KEYS}
    return SessionRow({key: cells.get(key, "") for key in KEYS}, metadata, words, origin)


def _set(metadata: dict[str, Any], place: list[str], cell: str) -> None:
    """Set a value at its place in the metadata."""
    *sections, name = place
    for section in sections:
        metadata = metadata.setdefault(section, {})
    metadata[name] = _value(place, cell)


def _value(place: list[str], cell: str) -> object:
    """Return a cell as its field's type: a list, a number, or text."""
    if place[0] not in _SECTIONS:
        return _number(cell)
    kind = _schema()[place[0]]["properties"].get(place[1], {}).get("type", "string")
    if kind == "array":
        return [part.strip() for part in cell.split(_SEPARATOR)]
    return _number(cell) if kind == "number" else cell


def _number(cell: str) -> float | str:
    """Return a cell as a number where it is one; "007" is a name."""
    try:
        return int(cell) if str(int(cell)) == cell else cell
    except ValueError:
        pass
    try:
        return float(cell)
    except ValueError:
        return cell


def _refuse_repeated(rows: Iterable[SessionRow]) -> None:
    seen: dict[tuple[str, ...], SessionRow] = {}
    for row in rows:
        key = tuple(row.keys.values())
        if key in seen:
            raise TableError(
                f"two rows are about the session {row.keys['session_id']!r}",
                where=row.origin,
                got=f"the same ids as {seen[key].origin}",
                expected="one row for each session",
                fix="remove one of the rows",
            )
        seen[key] = row
