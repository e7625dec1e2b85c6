"""The summary or table that ``nwbgate show`` prints, as work within limits."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from nwbgate.findings.summary import one_line
from nwbgate.interfaces.raw_source import RawSource, raw_source
from nwbgate.processes.worker import WorkerDiedError
from nwbgate.reading.named_tables import NamedTables, Opened
from nwbgate.reading.opening import open_nwb
from nwbgate.storage.hdf5 import readable
from nwbgate.storage.safe_files.folder_contents import is_searched


@dataclass(frozen=True)
class ShowWork:
    """A file or folder to be shown, as work that any process can do.

    Parameters
    ----------
    source : str
        File, address or folder.
    table : str, optional
        Name of the table; the summary without it.
    follow_links, cache, every : bool
        As the options of the command line.
    """

    source: str
    table: str | None
    follow_links: bool = False
    cache: bool = True
    every: bool = False

    def run(self) -> str | pd.DataFrame:
        """Return the summary as text, or the table."""
        opened = _open_project_or_file(self.source, self.follow_links, cache=self.cache)
        with readable(self.source):
            return _summary(opened, self.every) if self.table is None else _tables(opened)[self.table]

    def lost(self, error: Exception) -> str | pd.DataFrame:
        """Raise the error, which names the file."""
        raise error.at(self.source) if isinstance(error, WorkerDiedError) else error


def _open_project_or_file(source: str, follow_links: bool, *, cache: bool) -> Opened | RawSource:
    """Return the project of a folder, or the contents of a file."""
    if is_searched(Path(source)):
        from nwbgate.reading.projects.project import Project

        return Project(source, cache=cache)
    return raw_source(source) or open_nwb(source, follow_links=follow_links)


def _tables(opened: Opened | RawSource) -> NamedTables | RawSource:
    """Return the tables of what was opened, by name."""
    return opened if isinstance(opened, RawSource) else NamedTables(opened)


def _summary(opened: Opened | RawSource, every: bool) -> str:
    """Return the description of a file or project and the names of its tables."""
    facts = opened.glance()
    widest = max(map(len, facts), default=0)
    lines = [f"{one_line(name):<{widest}}  {one_line(text)}" for name, text in facts.items()]
    entries = _tables(opened).entries
    named = {name: entry for name, entry in entries.items() if every or not entry.by_path} or entries
    rows = {one_line(name): entry.count() for name, entry in named.items()}
    widest = max(map(len, rows), default=0)
    tables = [f"  {name:<{widest}}" + ("" if count is None else f"  {count:>9,}") for name, count in rows.items()]
    more = len(entries) - len(named)
    others = [f"and {more} tables and series known only by their path; --all names them"] if more else []
    return (
        "\n".join(
            [*lines, "", "tables, with numbers of rows:" if tables else "no tables", *map(str.rstrip, tables), *others]
        )
        + "\n"
    )
