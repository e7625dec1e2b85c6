"""Filters of session and plane tables: number, mouse, project code, or pandas query.

The same filters choose what is fetched, what is converted and what a project shows, so they are written once.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pandas as pd

from nwbgate.errors import TableError, UsageError, nearest

#: Unknown numbers, and existing ones, that an error names; more are counted.
_SHOWN = 5


@dataclass(frozen=True)
class Filters:
    """Row filters combined by "and"; none selects all rows.

    Parameters
    ----------
    sessions : sequence of str
        Numbers of sessions.
    mouse : sequence of str
        Numbers of mice.
    project_code : sequence of str
        Project codes.
    where : str
        pandas query on the table, or the empty string.
    """

    sessions: Sequence[str] = ()
    mouse: Sequence[str] = ()
    project_code: Sequence[str] = ()
    where: str = ""

    @property
    def given(self) -> dict[str, str]:
        """The conditions in use, by name, as text."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: value if isinstance(value, str) else ",".join(value) for name, value in values.items() if value}


#: Names of the filters.
FILTERS = tuple(each.name for each in fields(Filters))


@dataclass(frozen=True)
class FilterColumns:
    """The columns that filters apply to.

    Parameters
    ----------
    keys : sequence of str
        Columns (or levels of the index) with numbers of sessions; those that the table has are taken.
    mouse, project_code : str
        Columns with the mouse and the project code.
    """

    keys: Sequence[str] = ("behavior_session_id", "ophys_session_id")
    mouse: str = "mouse_id"
    project_code: str = "project_code"


def as_list(value: object) -> tuple[str, ...]:
    """Return values as texts, splitting a text at its commas; None gives none.

    >>> as_list("1900011401, 1900011501"), as_list(457841.0), as_list([1, "2"]), as_list(None)
    (('1900011401', '1900011501'), ('457841',), ('1', '2'), ())
    """
    if value is None:
        return ()
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    if isinstance(value, Iterable):
        return tuple(as_text(each) for each in value)
    return (as_text(value),)


def as_text(value: object) -> str:
    """Return a value as text, whole floats as integers."""
    return str(int(value) if isinstance(value, float) and value.is_integer() else value)


def choose_rows(
    frame: pd.DataFrame,
    filters: Filters,
    *,
    place: str,
    spelled: Callable[[str], str] = str,
    columns: FilterColumns | None = None,
) -> pd.DataFrame:
    """Return the rows that match all filters.

    Parameters
    ----------
    frame : DataFrame
        A table of sessions or planes.
    filters : Filters
        What is asked for.
    place : str
        Where the table is from, for errors.
    spelled : callable
        Gives the way the person wrote a filter's name, for errors (``mouse`` to ``--mouse``).
    columns : FilterColumns, optional
        The columns that filters apply to.

    Raises
    ------
    UsageError
        If a filter names what the table does not have, the query cannot be answered, or no row passes.
    TableError
        If the table lacks a column that a filter needs.
    """
    about = columns or FilterColumns()
    passing = np.ones(len(frame), dtype=bool)
    for name, of, noun in (
        ("sessions", _with(frame, about.keys), "session"),
        ("mouse", (about.mouse,), about.mouse),
        ("project_code", (about.project_code,), about.project_code),
    ):
        values = getattr(filters, name)
        if values:
            texts = _texts(frame, of, f"{place}, {spelled(name)}")
            _refuse_unknown(texts, values, noun, f"{place}, {spelled(name)}", of)
            passing &= texts.isin(list(values)).any(axis="columns").to_numpy()
    rows = frame[passing]
    rows = query_rows(rows, filters.where, f"{place}, {spelled('where')}") if filters.where else rows
    if rows.empty and filters.given:
        given = " ".join(f"{spelled(name)} {value}" for name, value in filters.given.items())
        raise UsageError("no session matches the filters", where=place, got=given, fix="widen the filters")
    return rows


def query_rows(rows: pd.DataFrame, query: str, place: str) -> pd.DataFrame:
    """Return the rows that match a pandas query on the table's columns only.

    Raises
    ------
    UsageError
        If the query cannot be answered, or is no condition on rows.
    """
    near = ""
    try:
        found: object = rows.query(query, engine="python", local_dict={}, global_dict={})
        if isinstance(found, pd.DataFrame):
            return found
        got = "the result is not a condition"
    except pd.errors.UndefinedVariableError as problem:
        got = str(problem)
        near = nearest(got.partition("'")[2].partition("'")[0], map(str, _names(rows)))
    except Exception as problem:  # pandas passes on whatever the parts of an expression raise
        got = f"{type(problem).__name__}: {problem}"
    raise UsageError(
        "invalid query",
        where=place,
        got=f"{query} ({got})",
        expected="a pandas condition on columns of the table, as in session_number == 4 and sex == 'F'",
        fix=f"{near} its columns are {', '.join(map(str, _names(rows)))}".strip(),
    )


def _names(frame: pd.DataFrame) -> list[Any]:
    return [*(name for name in frame.index.names if name is not None), *frame.columns]


def _with(frame: pd.DataFrame, columns: Sequence[str]) -> Sequence[str]:
    """Return the columns in the table; all of them if it has none."""
    return [name for name in columns if name in _names(frame)] or columns


def _texts(frame: pd.DataFrame, columns: Sequence[str], place: str) -> pd.DataFrame:
    """Return columns, or levels of the index, as text."""
    missing = [name for name in columns if name not in _names(frame)]
    if missing:
        raise TableError(
            f"the table has no column {' and no '.join(missing)}",
            where=place,
            expected=f"one of {', '.join(map(str, _names(frame)))}",
            fix="filter by an existing column, with a query",
        )
    found = {name: frame[name] if name in frame else frame.index.get_level_values(name) for name in columns}
    return pd.DataFrame({name: pd.Series(values, index=frame.index).astype("string") for name, values in found.items()})


def _refuse_unknown(texts: pd.DataFrame, values: Sequence[str], noun: str, place: str, columns: Sequence[str]) -> None:
    """Reject values in no row, suggesting the nearest existing one."""
    known = {str(text) for column in columns for text in texts[column].dropna()}
    unknown = [value for value in values if value not in known]
    if unknown:
        raise UsageError(
            f"the table has no {noun} {unknown[0]!r}",
            where=place,
            got=_first(unknown),
            expected=f"a {' or '.join(columns)} of the table",
            fix=nearest(unknown[0], known)
            or f"choose from those of the table: {_first(sorted(known)) or 'it has none'}",
        )


def _first(values: Sequence[str]) -> str:
    """Return the first of the values as text, with the number of the others."""
    more = f" and {len(values) - _SHOWN} more" if len(values) > _SHOWN else ""
    return ", ".join(values[:_SHOWN]) + more
