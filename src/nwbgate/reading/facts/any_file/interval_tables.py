"""Tables of intervals in numbers: missing, reversed, repeated and overlapping rows."""

from collections.abc import Iterable
from typing import Any

import h5py
import numpy as np
import pandas as pd

from nwbgate.reading.facts.records import records_frame
from nwbgate.reading.format.dynamic_table import column_names, read_values
from nwbgate.reading.format.layouts import session_tables
from nwbgate.storage.hdf5 import dataset_at
from nwbgate.storage.values import vector

#: Seconds by which the start of an interval may precede the stop of the one before: rounding.
_ROUNDING = 1e-6
#: Most rows of a table whose other columns are compared where start and stop are repeated.
_MOST_ROWS = 200_000

Times = np.ndarray[Any, np.dtype[np.float64]]


def is_interval_table(group: h5py.Group) -> bool:
    """Return whether a table has the columns of TimeIntervals."""
    return dataset_at(group, "start_time") is not None and dataset_at(group, "stop_time") is not None


def interval_frame(tables: Iterable[h5py.Group]) -> pd.DataFrame:
    """Return the summary ``interval_tables`` of `session_tables.yaml`.

    Parameters
    ----------
    tables : iterable of h5py.Group
        Tables with the columns ``start_time`` and ``stop_time``.

    Raises
    ------
    MalformedError
        If one of these columns is not a vector of numbers.
    """
    rows = [_row(table) for table in tables]
    return records_frame(rows, session_tables().summaries["interval_tables"].columns)


def _row(table: h5py.Group) -> dict[str, Any]:
    start, stop = vector(table["start_time"]), vector(table["stop_time"])
    both = min(len(start), len(stop))
    start, stop = start[:both], stop[:both]
    known = np.isfinite(start) & np.isfinite(stop)
    begins, ends = start[known], stop[known]
    return {
        "path": table.name,
        "name": table.name.rsplit("/", 1)[-1],
        "n_rows": both,
        "n_missing": int((~known).sum()),
        "n_reversed": int((ends < begins).sum()),
        "n_repeated": _n_repeated(table, start, stop),
        "n_overlapping": _n_overlapping(begins, ends),
        "longest": float((ends - begins).max()) if len(begins) else np.nan,
        "usual": float(np.median(ends - begins)) if len(begins) else np.nan,
        "first": float(begins.min()) if len(begins) else np.nan,
        "last": float(max(begins.max(), ends.max())) if len(begins) else np.nan,
    }


def _n_overlapping(begins: Times, ends: Times) -> int:
    """Return the number of intervals that start before an earlier one stops."""
    order = np.lexsort((ends, begins))
    latest = np.maximum.accumulate(ends[order])
    return int((begins[order][1:] < latest[:-1] - _ROUNDING).sum())


def _n_repeated(table: h5py.Group, start: Times, stop: Times) -> int:
    """Return the number of rows that repeat an earlier one in every plain column."""
    frame = pd.DataFrame({"start_time": start, "stop_time": stop}).dropna()
    again = frame.duplicated(keep=False)
    if not again.any() or len(frame) > _MOST_ROWS:
        return 0
    for name in column_names(table):
        column = dataset_at(table, name)
        if name in frame or column is None:
            continue
        if f"{name}_index" in table or column.shape != start.shape or column.dtype.names is not None:
            return 0  # rows of lists or images may differ in them
        frame[name] = np.asarray(read_values(column))[frame.index.to_numpy()]
    return int(frame[again].duplicated().sum())
