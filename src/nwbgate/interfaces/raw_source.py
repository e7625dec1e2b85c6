"""Raw rig files, opened to see what they hold when a session looks wrong."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

import pandas as pd

from nwbgate.errors import NwbgateError, UsageError, nearest
from nwbgate.reading.named_tables import Entry, as_table
from nwbgate.storage.hdf5 import open_hdf5

#: Endings of pickles.
_PICKLES = (".pkl", ".pkl.gz")
#: What a sync file has at its top.
_SYNC = {"data", "meta"}


class RawSource(Mapping[str, pd.DataFrame]):
    """A raw rig file: a summary, and tables made on demand.

    Parameters
    ----------
    path : Path
        The file.
    facts : mapping of str to str
        What it holds, line by line.
    tables : mapping of str to callable
        What makes each of its tables, by name.
    counts : mapping of str to int
        How many rows tables have, where that is known.
    """

    def __init__(
        self,
        path: Path,
        facts: Mapping[str, str],
        tables: Mapping[str, Callable[[], object]],
        counts: Mapping[str, int] | None = None,
    ) -> None:
        self.path, self._facts, known = path, dict(facts), dict(counts or {})
        self.entries = {name: Entry(read, partial(known.get, name)) for name, read in tables.items()}

    def glance(self) -> dict[str, str]:
        """Return what the file holds, line by line."""
        return dict(self._facts)

    def __getitem__(self, name: str) -> pd.DataFrame:
        """Return a table.

        Raises
        ------
        UsageError
            If there is none of this name; the nearest is named.
        """
        if name not in self.entries:
            raise UsageError(
                f"there is no table {name!r}",
                where=str(self.path),
                expected=f"one of {', '.join(self.entries)}",
                fix=nearest(name, self.entries) or "show it without a table to see the names",
            )
        return as_table(self.entries[name].read(), name)

    def __iter__(self) -> Iterator[str]:
        """Give the names."""
        return iter(self.entries)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.entries)


def raw_source(source: str) -> RawSource | None:
    """Return the contents of a raw rig file, or None for any other file.

    Parameters
    ----------
    source : str
        A path. Pickles are known by their ending, sync files by what they hold.

    Raises
    ------
    SourceError
        If it is a pickle or a sync file and unsound.
    """
    path = Path(source)
    if path.name.endswith(_PICKLES) and path.is_file():
        from nwbgate.interfaces.visual_behavior_rig.pickles.pickle_summary import pickle_summary

        return pickle_summary(path)
    if path.is_file() and _is_sync(path):
        from nwbgate.interfaces.visual_behavior_rig.sync.sync_summary import sync_summary

        return sync_summary(path)
    return None


def _is_sync(path: Path) -> bool:
    """Return whether an HDF5 file looks like a sync file."""
    try:
        with open_hdf5(path, walked=False) as file:  # names alone are read; who reads more opens it again, walked
            return set(file) >= _SYNC and "neurodata_type" not in file.attrs
    except (NwbgateError, OSError, RuntimeError):  # damaged: who opens it says how
        return False
