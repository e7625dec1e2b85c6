"""Frequency bands of decomposed series: their limits, beside the data."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import h5py
import numpy as np
import pandas as pd

from nwbgate.reading.facts.records import records_frame
from nwbgate.reading.format.layouts import session_tables
from nwbgate.storage.hdf5 import address, dataset_at, group_at, neurodata_type
from nwbgate.storage.values import refuse_large, refuse_other_than_numbers

_TYPE = "DecompositionSeries"


def band_frame(series: Iterable[h5py.Group], periods: Callable[[], Mapping[int, float]]) -> pd.DataFrame:
    """Return the summary ``bands`` of `session_tables.yaml`.

    Parameters
    ----------
    series : iterable of h5py.Group
        Time series of a file.
    periods : callable
        Returns the sampling period of each series by its address in the file, seconds.
    """
    found = [
        (group, table)
        for group in series
        if neurodata_type(group) == _TYPE and (table := group_at(group, "bands")) is not None
    ]
    known = periods() if found else {}
    rows = [_row(group, table, known) for group, table in found]
    return records_frame(rows, session_tables().summaries["bands"].columns)


def _row(group: h5py.Group, table: h5py.Group, periods: Mapping[int, float]) -> dict[str, Any]:
    data, limits = dataset_at(group, "data"), _limits(table)
    source = group_at(group, "source_timeseries")
    period = np.nan if source is None else periods.get(address(source), np.nan)
    ids = dataset_at(table, "id")
    low, high = limits[:, 0], limits[:, 1]
    return {
        "path": group.name,
        "n_bands": len(limits) if len(limits) or ids is None else ids.size,
        "n_in_data": data.shape[-1] if data is not None and data.ndim > 1 else np.nan,
        "n_reversed": int((high < low).sum()),
        "n_negative": int((limits < 0).any(axis=1).sum()),
        "highest": float(np.max(high[np.isfinite(high)], initial=0.0)),
        "half_rate": 0.5 / period if period > 0 else np.nan,
    }


def _limits(table: h5py.Group) -> Any:
    """Return lower and upper limits, shape (bands, 2); no rows without any."""
    column = dataset_at(table, "band_limits")
    if column is None or column.ndim != 2 or column.shape[1] != 2:
        return np.empty((0, 2))
    refuse_large(column)
    refuse_other_than_numbers(column, ("bands", "limits"))
    return np.asarray(column[()], dtype=np.float64)
