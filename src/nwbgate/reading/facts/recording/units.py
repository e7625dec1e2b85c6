"""Units and spikes in numbers: order, intervals, electrodes."""

from typing import Any

import h5py
import numpy as np
import pandas as pd

from nwbgate.reading.facts.records import records_frame
from nwbgate.reading.format.dynamic_table import Values, read_column, read_numbers
from nwbgate.reading.format.layouts import session_tables
from nwbgate.storage.hdf5 import dataset_at, group_at
from nwbgate.storage.values import text, whole_numbers

_ELECTRODES = "/general/extracellular_ephys/electrodes"

Times = np.ndarray[Any, np.dtype[np.float64]]


def spike_frame(file: h5py.File, trains: Values | None) -> pd.DataFrame | None:
    """Return the summary ``spikes`` of `session_tables.yaml`; None for a file without units.

    Parameters
    ----------
    file : h5py.File
        An open NWB file.
    trains : sequence of arrays or None
        Spike times of each unit.

    Raises
    ------
    SourceError
        If a ragged column cannot be split into rows.
    """
    units = group_at(file, "/units")
    if units is None or trains is None:
        return None
    columns = {
        "obs_intervals": read_numbers(units, "obs_intervals", columns=2),
        "electrodes": read_numbers(units, "electrodes"),
        "electrode_group": read_column(units, "electrode_group") if "electrode_group" in units else None,
    }
    ids = unit_ids(units, len(trains))
    electrodes = _electrode_groups(file)
    rows = [
        {"unit_id": ids[row]}
        | _spikes(np.ravel(times).astype(np.float64), _row(columns["obs_intervals"], row))
        | _electrodes(_row(columns["electrodes"], row), _row(columns["electrode_group"], row), electrodes)
        for row, times in enumerate(trains)
    ]
    whole = {"n_intervals", "n_bad_intervals", "n_outside", "n_electrodes", "n_dangling_electrodes"}
    return records_frame(rows, session_tables().summaries["spikes"].columns, whole)


def unit_ids(units: h5py.Group, count: int) -> list[int]:
    """Return the id of each unit, its row where the file gives none."""
    ids = dataset_at(units, "id")
    known = [] if ids is None else [int(each) for each in whole_numbers(ids)[:count]]
    return [*known, *range(len(known), count)]


def _row(column: Values | None, row: int) -> Any:
    return column[row] if column is not None and row < len(column) else None


def _spikes(times: Times, intervals: Any) -> dict[str, Any]:
    kept = times[~np.isnan(times)]
    found: dict[str, Any] = {
        "n_spikes": len(times),
        "n_nan": len(times) - len(kept),
        "n_unsorted": int((np.diff(kept) < 0).sum()),
        "n_repeated": int((np.diff(kept) == 0).sum()),
        "first": kept.min() if len(kept) else np.nan,
        "last": kept.max() if len(kept) else np.nan,
    }
    if intervals is None:
        return found
    spans = np.asarray(intervals, dtype=np.float64).reshape(-1, 2)
    return found | {
        "n_intervals": len(spans),
        "n_bad_intervals": int((spans[:, 1] < spans[:, 0]).sum() + (spans[1:, 0] < spans[:-1, 1]).sum()),
        "observed_from": spans[0, 0] if len(spans) else np.nan,
        "observed_to": spans[-1, 1] if len(spans) else np.nan,
        "n_outside": len(kept) - _number_inside(kept, spans),
    }


def _number_inside(times: Times, spans: Times) -> int:
    """Return the number of times in an interval, ends included."""
    if not len(spans):
        return 0
    order = np.argsort(spans[:, 0], kind="stable")
    latest_end = np.maximum.accumulate(spans[order, 1])
    before = np.searchsorted(spans[order, 0], times, side="right") - 1
    return int(((before >= 0) & (latest_end[before] >= times)).sum())


def _electrodes(rows: Any, group: Any, groups: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {"electrode_group": text(group).rsplit("/", 1)[-1] if group is not None else None}
    if rows is None:
        return found
    named = np.ravel(rows).astype(np.int64)
    inside = (named >= 0) & (named < len(groups))
    return found | {
        "n_electrodes": len(named),
        "n_dangling_electrodes": int((~inside).sum()),
        "electrodes_group": "; ".join(sorted({groups[row] for row in named[inside]})),
    }


def _electrode_groups(file: h5py.File) -> list[str]:
    """Return the electrode group of each electrode."""
    table = group_at(file, _ELECTRODES)
    if table is None or dataset_at(table, "group_name") is None:
        return []
    return [text(name) for name in read_column(table, "group_name")]
