"""Selection of release files by the sessions in its tables."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from nwbgate.errors import FetchError, TableError
from nwbgate.fetching.manifest import ReleaseManifest, RemoteFile
from nwbgate.fetching.release import Release
from nwbgate.manifest.filters import FilterColumns, Filters, choose_rows
from nwbgate.manifest.specification.spec import load_spec
from nwbgate.manifest.tables import read_tables


@dataclass(frozen=True)
class Selection:
    """Sessions that match filters, with their files.

    Parameters
    ----------
    keys : tuple of str
        Numbers of the sessions, in the order of the table.
    files : tuple of RemoteFile
        Their files, in the order of the tables.
    """

    keys: tuple[str, ...]
    files: tuple[RemoteFile, ...]

    @property
    def sessions(self) -> int:
        """Number of sessions."""
        return len(self.keys)


def select(tables: Path, manifest: ReleaseManifest, release: Release, filters: Filters) -> Selection:
    """Return the files of the selected sessions.

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
    sessions = _sessions(frames[release.sessions.table], release, filters, manifest.name)
    keys = set(sessions[release.sessions.key].dropna())
    numbers: dict[str, None] = {}
    for name in release.files.tables:
        frame = _with_columns(frames[name], name, release.sessions.key, release.files.column)
        rows = frame[frame[release.sessions.key].isin(keys)]
        numbers |= {str(number): None for number in rows[release.files.column].dropna() if number >= 0}
    in_order = tuple(str(key) for key in sessions[release.sessions.key].dropna().unique())
    return Selection(in_order, tuple(_file(number, manifest) for number in numbers))


def _file(number: str, manifest: ReleaseManifest) -> RemoteFile:
    if number not in manifest.files:
        raise FetchError(
            "the tables name a file that is not in the manifest",
            where=manifest.name,
            got=number,
            fix="contact the server's operator, or name another server with --base-url",
        )
    return manifest.files[number]


def _sessions(frame: pd.DataFrame, release: Release, filters: Filters, place: str) -> pd.DataFrame:
    about = release.sessions
    frame = _with_columns(frame, about.table, about.key, *about.other_keys, about.mouse, about.project_code)
    columns = FilterColumns((about.key, *about.other_keys), about.mouse, about.project_code)
    return choose_rows(frame, filters, place=place, spelled=_option, columns=columns)


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _with_columns(frame: pd.DataFrame, name: str, *columns: str) -> pd.DataFrame:
    missing = [column for column in columns if column not in frame]
    if missing:
        raise TableError(
            "a column for selecting files is missing",
            where=name,
            got=f"no {', '.join(missing)}",
            fix="contact the server's operator, or name another server with --base-url",
        )
    return frame
