"""Devices of a file, as it describes them."""

import h5py
import pandas as pd

from nwbgate.reading.facts.records import records_frame
from nwbgate.reading.format.layouts import session_tables
from nwbgate.storage.hdf5 import group_at, neurodata_type
from nwbgate.storage.values import text_attribute

#: Folder of devices by the NWB schema.
_DEVICES = "/general/devices"


def rig_frame(file: h5py.File) -> pd.DataFrame | None:
    """Return the summary ``rigs`` of `session_tables.yaml`; None for a file without devices.

    Parameters
    ----------
    file : h5py.File
        An open NWB file.
    """
    folder = group_at(file, _DEVICES)
    found = [] if folder is None else [(name, group_at(folder, name)) for name in folder]
    rows = [
        {"name": name, "description": text_attribute(device, "description") or None}
        for name, device in found
        if device is not None and neurodata_type(device) == "Device"
    ]
    return records_frame(rows, session_tables().summaries["rigs"].columns) if rows else None
