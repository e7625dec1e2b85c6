"""Series of starts and stops of intervals in numbers: signs of their marks."""

from collections.abc import Iterable
from typing import Any

import h5py
import numpy as np
import pandas as pd

from nwbgate.reading.facts.records import records_frame
from nwbgate.reading.format.layouts import session_tables
from nwbgate.storage.hdf5 import dataset_at, neurodata_type
from nwbgate.storage.values import vector

_TYPE = "IntervalSeries"


def mark_frame(series: Iterable[h5py.Group]) -> pd.DataFrame:
    """Return the summary ``interval_marks`` of `session_tables.yaml`.

    Parameters
    ----------
    series : iterable of h5py.Group
        Time series of a file.
    """
    rows = [_row(group) for group in series if neurodata_type(group) == _TYPE and _has_marks(group)]
    return records_frame(rows, session_tables().summaries["interval_marks"].columns)


def _has_marks(group: h5py.Group) -> bool:
    data = dataset_at(group, "data")
    return data is not None and data.ndim == 1 and data.dtype.kind in "iuf"


def _row(group: h5py.Group) -> dict[str, Any]:
    marks = vector(group["data"])
    known = marks[np.isfinite(marks)]
    of_kinds = [np.sign(known[np.abs(known) == kind]) for kind in np.unique(np.abs(known[known != 0]))]
    return {
        "path": group.name,
        "n_marks": len(marks),
        "n_zero": int((known == 0).sum()),
        "n_same": sum(int((kind[1:] == kind[:-1]).sum()) for kind in of_kinds),
        "n_stops_first": sum(int(kind[0] < 0) for kind in of_kinds),
    }
