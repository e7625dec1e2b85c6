"""Numbers of rows from the shapes of datasets, without reading."""

from fnmatch import fnmatchcase

import h5py

from nwbgate.reading.format.layouts import Home, LayoutName, session_tables
from nwbgate.storage.hdf5 import dataset_at, group_at


def row_count(file: h5py.File, name: str, layout: LayoutName) -> int | None:
    """Return a session table's row count; None if it is not a plain table.

    Parameters
    ----------
    file : h5py.File
        An open file.
    name : str
        Name in ``session_tables.yaml``.
    layout : {"standard", "released"}
        Layout of the file.
    """
    table = session_tables().tables.get(name)
    for home in table.homes.get(layout, ()) if table is not None else ():
        found = _length(file, home)
        if found is not None:
            return found
    return None


def group_length(group: h5py.Group) -> int | None:
    """Return the number of rows or samples in a group of a file."""
    for name in ("id", "data"):
        found = dataset_at(group, name)
        if found is not None and found.shape:
            return int(found.shape[0])
    return None


def _length(file: h5py.File, home: Home) -> int | None:
    if home.table is not None:
        parent, _, pattern = home.table.rpartition("/")
        group = group_at(file, parent or "/")
        tables = [group_at(group, name) for name in group if fnmatchcase(name, pattern)] if group is not None else []
        lengths = [group_length(table) for table in tables if table is not None]
        return sum(length or 0 for length in lengths) if lengths else None
    if home.group is None or home.one_row:
        return None
    for place in home.values.values():
        found = None if "@" in place else dataset_at(file, f"{home.group}/{place.partition(':')[0]}")
        if found is not None and found.shape:
            return int(found.shape[0])
    return None
