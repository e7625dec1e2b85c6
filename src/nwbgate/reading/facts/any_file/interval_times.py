"""Further times in tables of intervals, beside the interval of their row."""

from collections.abc import Iterable, Iterator
from typing import Any

import h5py
import numpy as np
import pandas as pd

from nwbgate.reading.facts.records import records_frame
from nwbgate.reading.format.dynamic_table import column_names
from nwbgate.reading.format.layouts import session_tables
from nwbgate.storage.hdf5 import dataset_at
from nwbgate.storage.values import vector

#: End of the name of a column of times, and columns that are the interval.
_TIME, _OWN = "_time", ("start_time", "stop_time")
#: Fewest rows that tell, most that are looked at, and share of the steps between rows that go forward in a column of
#: times of the session; latencies go forward in half of them.
_FEWEST, _MOST, _FORWARD = 5, 200_000, 0.9

Times = np.ndarray[Any, np.dtype[np.float64]]


def interval_time_frame(tables: Iterable[h5py.Group]) -> pd.DataFrame:
    """Return the summary ``interval_times`` of `session_tables.yaml`.

    Parameters
    ----------
    tables : iterable of h5py.Group
        Tables with the columns ``start_time`` and ``stop_time``.
    """
    rows = [row for table in tables for row in _rows(table)]
    return records_frame(rows, session_tables().summaries["interval_times"].columns)


def _rows(table: h5py.Group) -> Iterator[dict[str, Any]]:
    names = [name for name in column_names(table) if name.endswith(_TIME) and name not in _OWN]
    shape = table["start_time"].shape
    columns = [(name, column) for name in names if (column := dataset_at(table, name)) is not None]
    columns = [(name, each) for name, each in columns if each.shape == shape and each.dtype.kind == "f"]
    if not columns or not _FEWEST <= shape[0] <= _MOST or table["stop_time"].shape != shape:
        return
    start, stop = vector(table["start_time"]), vector(table["stop_time"])
    for name, column in columns:
        times = vector(column)
        known = np.isfinite(times) & np.isfinite(start) & np.isfinite(stop)
        if known.sum() >= _FEWEST and np.mean(np.diff(times[known]) > 0) >= _FORWARD:
            yield {
                "path": table.name,
                "column": name,
                "n_known": int(known.sum()),
                "first": float(times[known].min()),
                "last": float(times[known].max()),
                "n_in_another": _n_in_another(times[known], start[known], stop[known]),
            }


def _n_in_another(times: Times, start: Times, stop: Times) -> int:
    """Return the number of times outside their own interval and inside of another one."""
    outside = (times < start) | (times > stop)
    order = np.argsort(start)
    latest = np.maximum.accumulate(stop[order])
    begun = np.searchsorted(start[order], times, side="right") - 1
    inside = (begun >= 0) & (times <= latest[np.maximum(begun, 0)])
    return int((outside & inside).sum())
