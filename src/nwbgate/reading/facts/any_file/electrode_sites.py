"""Electrodes, each with its group, its place and its impedance."""

from typing import Any

import h5py
import numpy as np
import pandas as pd

from nwbgate.reading.facts.records import records_frame
from nwbgate.reading.format.dynamic_table import read_values
from nwbgate.reading.format.layouts import session_tables
from nwbgate.storage.hdf5 import at, dataset_at, group_at
from nwbgate.storage.values import one_text, text, text_attribute, vector

#: The table, and coordinates that tell a place, the first known ones.
_TABLE, _PLACES = "/general/extracellular_ephys/electrodes", (("rel_x", "rel_y", "rel_z"), ("x", "y", "z"))
#: Most electrodes that are looked at.
_MOST = 100_000


def site_frame(file: h5py.File) -> pd.DataFrame | None:
    """Return the summary ``electrode_sites`` of `session_tables.yaml`; None without electrodes.

    Parameters
    ----------
    file : h5py.File
        An open NWB file.
    """
    table = group_at(file, _TABLE)
    ids = None if table is None else dataset_at(table, "id")
    if table is None or ids is None or ids.ndim != 1 or not 0 < len(ids) <= _MOST:
        return None
    n_rows = len(ids)
    groups = _texts(table, "group", n_rows)
    locations = {path: _location(file, path) for path in {*groups} - {""}}
    values = {
        "electrode_id": ids[()].tolist(),
        "group": groups,
        "group_name": _texts(table, "group_name", n_rows),
        "location": _texts(table, "location", n_rows),
        "group_location": [locations.get(path, "") for path in groups],
        "place": _places(table, n_rows),
        "impedance": _numbers(table, "imp", n_rows),
    }
    rows = [dict(zip(values, row, strict=True)) for row in zip(*values.values(), strict=True)]
    return records_frame(rows, session_tables().summaries["electrode_sites"].columns)


def _texts(table: h5py.Group, name: str, n_rows: int) -> list[str]:
    """Return a column as texts or paths; empty where it is of another form."""
    column = dataset_at(table, name)
    if column is None or column.shape != (n_rows,) or column.dtype.kind not in "OS":
        return [""] * n_rows
    return [text(value) for value in read_values(column)]


def _location(file: h5py.File, path: str) -> str:
    """Return where a group of electrodes says that it is."""
    group = group_at(file, path)
    told = None if group is None else at(group, "location")
    if isinstance(told, h5py.Dataset) and told.shape == ():
        return one_text(told)
    return "" if group is None else text_attribute(group, "location")


def _numbers(table: h5py.Group, name: str, n_rows: int) -> list[float]:
    column = dataset_at(table, name)
    if column is None or column.shape != (n_rows,) or column.dtype.kind not in "iuf":
        return [np.nan] * n_rows
    return [float(value) for value in vector(column)]


def _places(table: h5py.Group, n_rows: int) -> list[str]:
    """Return the place of each electrode as a text, empty if unknown."""
    for names in _PLACES:
        columns: Any = np.array([_numbers(table, name, n_rows) for name in names])
        if np.isfinite(columns[:2]).all(axis=0).any():
            return [" ".join(f"{value:g}" for value in row) if np.isfinite(row[:2]).all() else "" for row in columns.T]
    return [""] * n_rows
