"""Settings of the amplifier beside the series of a pipette."""

from typing import Any

import h5py
import pandas as pd

from nwbgate.reading.facts.any_file.sweeps import PATCH_TYPES
from nwbgate.reading.facts.records import records_frame
from nwbgate.reading.format.layouts import session_tables
from nwbgate.storage.hdf5 import dataset_at
from nwbgate.storage.values import one_number

#: Settings that the NWB schema has for the series of a pipette.
_SETTINGS = (
    "gain", "bias_current", "bridge_balance", "capacitance_compensation", "capacitance_fast", "capacitance_slow",
    "resistance_comp_correction", "resistance_comp_prediction", "whole_cell_capacitance_comp",
    "whole_cell_series_resistance_comp",
)  # fmt: skip
#: Fewest samples of a series that was recorded: shorter ones are stubs of tests, whose settings mean nothing.
_FEWEST = 100


def setting_frame(file: h5py.File, series: pd.DataFrame) -> pd.DataFrame | None:
    """Return the summary ``pipette_settings`` of `session_tables.yaml`; None without pipettes.

    Parameters
    ----------
    file : h5py.File
        An open NWB file.
    series : pandas.DataFrame
        The summary ``series``.
    """
    if PATCH_TYPES.isdisjoint(series["neurodata_type"]):
        return None
    recorded = series["neurodata_type"].isin(PATCH_TYPES) & (series["n_samples"] >= _FEWEST)
    paths = series["path"][recorded]
    rows: list[dict[str, Any]] = [
        {"path": path, "setting": name, "value": one_number(data)}
        for path in paths
        for name in _SETTINGS
        if (data := dataset_at(file[path], name)) is not None and data.size == 1 and data.dtype.kind in "iuf"
    ]
    return records_frame(rows, session_tables().summaries["pipette_settings"].columns)
