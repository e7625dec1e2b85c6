"""Columns of tables beside the names that their tables list."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

import h5py
import pandas as pd

from nwbgate.reading.facts.records import records_frame
from nwbgate.reading.format.dynamic_table import column_names
from nwbgate.reading.format.layouts import session_tables
from nwbgate.storage.hdf5 import neurodata_type

#: Types of table members other than columns.
_NO_COLUMNS = frozenset({"VectorIndex", "ElementIdentifiers", ""})
#: End of the name under which hdmf-experimental keeps the words of a column of EnumData, which is not listed.
_WORDS = "_elements"


def column_name_frame(tables: Iterable[h5py.Group]) -> pd.DataFrame:
    """Return the summary ``table_columns`` of `session_tables.yaml`.

    Parameters
    ----------
    tables : iterable of h5py.Group
        Tables that list the names of their columns.
    """
    rows = [_row(table) for table in tables]
    return records_frame(rows, session_tables().summaries["table_columns"].columns)


def _row(table: h5py.Group) -> dict[str, Any]:
    names = Counter(column_names(table))
    unlisted = [name for name in table if name not in names and _is_column(table, name)]
    unlisted = [name for name in unlisted if name.removesuffix(_WORDS) not in names]
    return {
        "path": table.name,
        "n_columns": len(names),
        "repeated": ", ".join(name for name, number in names.items() if number > 1),
        "unlisted": ", ".join(unlisted),
    }


def _is_column(table: h5py.Group, name: str) -> bool:
    if not isinstance(table.get(name, getlink=True), h5py.HardLink):
        return False
    child = table[name]
    # PyNWB does not list the columns of a table without rows
    return isinstance(child, h5py.Dataset) and bool(child.size) and neurodata_type(child) not in _NO_COLUMNS
