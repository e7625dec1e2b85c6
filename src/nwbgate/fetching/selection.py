"""Which files of a release are asked for: sessions chosen in its tables, and the files that these name for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from nwbgate.errors import FetchError, TableError, UsageError
from nwbgate.fetching.manifest import ReleaseManifest, RemoteFile
from nwbgate.fetching.release import Release
from nwbgate.manifest.spec import load_spec
from nwbgate.manifest.tables import read_tables

_SHOWN = 5


@dataclass(frozen=True)
class Filters:
    """Which sessions are asked for; all conditions hold together, and none means all sessions.

    Parameters
    ----------
    sessions : sequence of str
        Numbers of sessions.
    mice : sequence of str
        Numbers of mice.
    project_codes : sequence of str
        Project codes.
    where : str
        pandas query on the table of sessions, or the empty string.
    """

    sessions: Sequence[str] = ()
    mice: Sequence[str] = ()
    project_codes: Sequence[str] = ()
    where: str = ""


@dataclass(frozen=True)
class Selection:
    """What was asked for.

    Parameters
    ----------
    sessions : int
        Number of sessions.
    files : tuple of RemoteFile
        Their files, in the order of the tables.
    """

    sessions: int
    files: tuple[RemoteFile, ...]


def select(tables: Path, manifest: ReleaseManifest, release: Release, filters: Filters) -> Selection:
    """Return the files of the sessions that are asked for.

    Parameters
    ----------
    tables : Path
        Folder with the tables of the release.
    manifest : ReleaseManifest
        Its manifest.
    release : Release
        How its tables name sessions and files.
    filters : Filters
        What is asked for.

    Raises
    ------
    UsageError
        If a session is unknown, a query cannot be answered, or no session fits.
    TableError
        If a table is not one, or lacks a column that is needed.
    FetchError
        If a table names a file that the manifest does not have.
    """
    frames = read_tables(tables, load_spec(release.spec))
    chosen = _sessions(frames[release.sessions.table], release, filters)
    if chosen.empty:
        raise UsageError("no session is like that", got=_said(filters), fix="ask for less at once", where=manifest.name)
    keys = set(chosen[release.sessions.key].dropna())
    numbers: dict[str, None] = {}
    for name in release.files.tables:
        frame = _with_columns(frames[name], name, release.sessions.key, release.files.column)
        rows = frame[frame[release.sessions.key].isin(keys)]
        numbers |= {str(number): None for number in rows[release.files.column].dropna() if number >= 0}
    return Selection(len(keys), tuple(_file(number, manifest) for number in numbers))


def _file(number: str, manifest: ReleaseManifest) -> RemoteFile:
    if number not in manifest.files:
        raise FetchError(
            "the tables name a file that the manifest does not have",
            where=manifest.name,
            got=number,
            fix="ask whoever serves it, or name another server with --base-url",
        )
    return manifest.files[number]


def _sessions(frame: pd.DataFrame, release: Release, filters: Filters) -> pd.DataFrame:
    about = release.sessions
    frame = _with_columns(frame, about.table, about.key, *about.other_keys, about.mouse, about.project_code)
    if filters.sessions:
        frame = frame[_named(frame, (about.key, *about.other_keys), filters.sessions)]
    if filters.mice:
        frame = frame[frame[about.mouse].astype("string").isin(list(filters.mice))]
    if filters.project_codes:
        frame = frame[frame[about.project_code].isin(list(filters.project_codes))]
    return _queried(frame, filters.where) if filters.where else frame


def _named(frame: pd.DataFrame, columns: Sequence[str], names: Sequence[str]) -> "pd.Series[bool]":
    """Return which rows have one of the numbers in one of the columns; each number must be in some row."""
    texts = frame[list(columns)].astype("string")
    known = {text for column in columns for text in texts[column].dropna()}
    unknown = [name for name in names if name not in known]
    if unknown:
        more = f" and {len(unknown) - _SHOWN} more" if len(unknown) > _SHOWN else ""
        raise UsageError(
            "the release has no such session",
            where="--sessions",
            got=", ".join(unknown[:_SHOWN]) + more,
            expected=f"numbers in the column {' or '.join(columns)}",
            fix="look the numbers up in the tables",
        )
    return texts.isin(list(names)).any(axis="columns")


def _queried(frame: pd.DataFrame, query: str) -> pd.DataFrame:
    try:
        found: object = frame.query(query, engine="python", local_dict={}, global_dict={})
        if isinstance(found, pd.DataFrame):
            return found
        got = "it is no condition"
    except Exception as error:  # pandas passes on whatever the parts of an expression raise
        got = f"{type(error).__name__}: {error}"
    raise UsageError(
        "the query cannot be answered",
        where="--where",
        got=f"{query} ({got})",
        expected='a condition of pandas on columns of the table of sessions, as in "session_number == 1"',
        fix=f"columns: {', '.join(frame.columns)}",
    )


def _with_columns(frame: pd.DataFrame, name: str, *columns: str) -> pd.DataFrame:
    missing = [column for column in columns if column not in frame]
    if missing:
        raise TableError(
            "a column that chooses files is missing",
            where=name,
            got=f"no {', '.join(missing)}",
            fix="ask whoever serves it, or name another server with --base-url",
        )
    return frame


def _said(filters: Filters) -> str:
    parts = {
        "--sessions": ",".join(filters.sessions),
        "--mouse": ",".join(filters.mice),
        "--project-code": ",".join(filters.project_codes),
        "--where": filters.where,
    }
    return " ".join(f"{name} {value}" for name, value in parts.items() if value)
