"""Which sessions of the table are asked for: by identifier, mouse, project code, or a query of pandas."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from nwbgate.errors import UsageError, nearest

#: Option to the column that it is held against.
_EQUAL = {"mouse": "mouse_id", "project_code": "project_code"}
#: Options that choose sessions.
FILTERS = ("sessions", *_EQUAL, "where")
_IDS = ("behavior_session_id", "ophys_session_id")


def chosen(sessions: pd.DataFrame, options: Mapping[str, Any], table: Path) -> pd.DataFrame:
    """Return the rows of the session table that the filters let pass.

    Parameters
    ----------
    sessions : pandas.DataFrame
        The table of behavior sessions.
    options : mapping
        ``sessions`` (identifiers of behavior or imaging sessions, separated by commas), ``mouse``, ``project_code``
        and ``where`` (a query of pandas on the table), each optional.
    table : Path
        Where the table is from, for errors.

    Raises
    ------
    UsageError
        If a filter names what the table does not have, the query is none, or no session passes.
    """
    rows = _with_ids(sessions, str(options["sessions"]), table) if options.get("sessions") else sessions
    for option, column in _EQUAL.items():
        if options.get(option):
            _refuse_unknown(sessions[column], str(options[option]), f"{table}, option {option}")
            rows = rows[rows[column].astype("string") == str(options[option])]
    rows = _queried(rows, str(options["where"]), table) if options.get("where") else rows
    if rows.empty:
        given = ", ".join(f"{name}={value}" for name, value in options.items() if value and name in FILTERS)
        raise UsageError("no session passes the filters", where=str(table), got=given, fix="widen the filters")
    return rows


def _with_ids(sessions: pd.DataFrame, text: str, table: Path) -> pd.DataFrame:
    """Return the rows of the identifiers in a text, refused where the table lacks one."""
    wanted = [part.strip() for part in text.split(",") if part.strip()]
    known = {str(value) for column in _IDS if column in sessions for value in sessions[column].dropna()}
    for one in wanted:
        if one not in known:
            raise UsageError(
                f"the table has no session {one!r}",
                where=str(table),
                expected=f"a {' or '.join(_IDS)} of the table",
                fix=nearest(one, known),
            )
    found = [sessions[column].astype("string").isin(wanted).fillna(False) for column in _IDS if column in sessions]
    return sessions[pd.concat(found, axis=1).any(axis=1)]


def _refuse_unknown(column: "pd.Series[Any]", value: str, where: str) -> None:
    known = {str(each) for each in column.dropna()}
    if value not in known:
        raise UsageError(f"the table has no {column.name} {value!r}", where=where, fix=nearest(value, known))


def _queried(rows: pd.DataFrame, query: str, table: Path) -> pd.DataFrame:
    """Return the rows for which a query of the caller's own command line is true."""
    try:
        found = rows.query(query, engine="python", local_dict={}, global_dict={})
    except Exception as problem:  # pandas raises whatever the expression does
        raise UsageError(
            "the query cannot be answered",
            where=f"{table}, option where",
            got=f"{query}: {type(problem).__name__}: {problem}",
            expected="""a query of pandas on the table, such as "sex == 'F' and session_number == 4" """.strip(),
            fix=f"its columns are {', '.join(rows.columns)}",
        ) from problem
    if not isinstance(found, pd.DataFrame):
        raise UsageError(
            "the query does not choose rows",
            where=f"{table}, option where",
            got=query,
            fix="write a condition on columns of the table, as pandas.DataFrame.query takes it",
        )
    return found
