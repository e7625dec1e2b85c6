"""Columns of units about their spikes and electrodes, beside these."""

from typing import Any

import h5py
import numpy as np
import pandas as pd

from nwbgate.reading.facts.recording.units import unit_ids
from nwbgate.reading.facts.records import records_frame
from nwbgate.reading.format.dynamic_table import Values, read_numbers
from nwbgate.reading.format.layouts import session_tables
from nwbgate.storage.hdf5 import dataset_at, group_at
from nwbgate.storage.values import vector, whole_numbers

#: Names under which sorters and laboratories tell the number of spikes, the rate, and the electrode of the largest
#: waveform of a unit.
_COUNTS = ("num_spikes", "n_spikes", "spike_count", "nspikes", "number_of_spikes", "spike_counts")
_RATES = ("firing_rate", "mean_firing_rate", "avg_firing_rate", "mean_rate", "fr")
_PEAKS = ("peak_channel_id", "peak_channel", "peak_electrode", "peak_electrode_id", "max_channel", "max_electrode")
_SHARES = ("presence_ratio",)
_ELECTRODES = "/general/extracellular_ephys/electrodes"


def unit_column_frame(file: h5py.File, trains: Values | None) -> pd.DataFrame | None:
    """Return the summary ``unit_columns`` of `session_tables.yaml`; None where no column tells such a thing.

    Parameters
    ----------
    file : h5py.File
        An open NWB file.
    trains : sequence of arrays or None
        Spike times of each unit.
    """
    units = group_at(file, "/units")
    if units is None or trains is None or not len(trains):
        return None
    n_rows = len(trains)
    told = {name: _number_column(units, names, n_rows) for name, names in _NAMES.items()}
    if all(values is None for values in told.values()):
        return None
    exists, own = _known_peaks(file, units, told["told_peak"], n_rows)
    rows = [
        {
            "unit_id": unit,
            "n_spikes": len(trains[row]),
            **{name: np.nan if values is None else values[row] for name, values in told.items()},
            "peak_exists": exists[row],
            "peak_is_own": own[row],
        }
        for row, unit in enumerate(unit_ids(units, n_rows))
    ]
    return records_frame(rows, session_tables().summaries["unit_columns"].columns)


_NAMES = {"told_count": _COUNTS, "told_rate": _RATES, "told_peak": _PEAKS, "told_share": _SHARES}


def _number_column(units: h5py.Group, names: tuple[str, ...], n_rows: int) -> Any:
    """Return the first of these columns that has a number per unit, or None."""
    for name in names:
        column = dataset_at(units, name)
        if column is not None and column.shape == (n_rows,) and column.dtype.kind in "iuf":
            return vector(column)
    return None


def _known_peaks(file: h5py.File, units: h5py.Group, peaks: Any, n_rows: int) -> tuple[list[Any], list[Any]]:
    """Return whether each peak is an electrode, and one of its unit."""
    table = group_at(file, _ELECTRODES)
    ids = None if table is None else dataset_at(table, "id")
    if peaks is None or ids is None or ids.ndim != 1:
        return [None] * n_rows, [None] * n_rows
    numbers = whole_numbers(ids)
    exists = (np.isin(peaks, numbers) | np.isin(peaks, np.arange(len(numbers)))).tolist()
    named = read_numbers(units, "electrodes") if dataset_at(units, "electrodes") is not None else None
    if named is None or len(named) != n_rows:
        return exists, [None] * n_rows
    own = [
        bool(peak in numbers[_inside(rows, len(numbers))] or peak in rows) if np.isfinite(peak) else None
        for peak, rows in zip(peaks, (np.ravel(np.asarray(each)).astype(np.int64) for each in named), strict=True)
    ]
    return exists, own


def _inside(rows: Any, length: int) -> Any:
    return rows[(rows >= 0) & (rows < length)]
