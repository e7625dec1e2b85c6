"""Coordinates of electrodes in numbers."""

from typing import Any

import h5py
import numpy as np
import pandas as pd

from nwbgate.reading.facts.records import records_frame
from nwbgate.reading.format.layouts import session_tables
from nwbgate.storage.hdf5 import dataset_at, group_at
from nwbgate.storage.values import vector

#: The table, and its columns in micrometers by the NWB schema.
_TABLE, _COLUMNS = "/general/extracellular_ephys/electrodes", ("x", "y", "z", "rel_x", "rel_y", "rel_z")


def place_frame(file: h5py.File) -> pd.DataFrame:
    """Return the summary ``electrode_places`` of `session_tables.yaml`.

    Parameters
    ----------
    file : h5py.File
        An open NWB file.
    """
    table = group_at(file, _TABLE)
    columns = [] if table is None else [column for name in _COLUMNS if (column := dataset_at(table, name)) is not None]
    rows = [_row(column) for column in columns if column.ndim == 1 and column.dtype.kind in "iuf" and column.size]
    return records_frame(rows, session_tables().summaries["electrode_places"].columns)


def _row(column: h5py.Dataset) -> dict[str, Any]:
    values = vector(column)
    known = values[np.isfinite(values)]
    return {
        "path": column.name,
        "name": column.name.rsplit("/", 1)[-1],
        "n_different": len(np.unique(known)),
        "largest": float(np.abs(known).max()) if len(known) else np.nan,
    }
