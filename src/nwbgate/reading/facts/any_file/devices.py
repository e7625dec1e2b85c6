"""The device of each series, through its plane, its electrodes, or its own link."""

import h5py
import pandas as pd

from nwbgate.reading.facts.records import records_frame
from nwbgate.reading.format.layouts import session_tables
from nwbgate.storage.hdf5 import address, dataset_at, group_at, groups
from nwbgate.storage.values import attribute, referenced_object

#: Series that sample without a pause while their device records; sweeps and snippets do not.
_CONTINUOUS = frozenset({"ElectricalSeries", "RoiResponseSeries", "TwoPhotonSeries", "OnePhotonSeries", "ImageSeries"})


def device_frame(file: h5py.File, series: pd.DataFrame) -> pd.DataFrame:
    """Return the summary ``devices`` of `session_tables.yaml`.

    Parameters
    ----------
    file : h5py.File
        An open NWB file.
    series : pandas.DataFrame
        The summary ``series``.
    """
    continuous = series[series["table"].isna() & series["neurodata_type"].isin(_CONTINUOUS)]
    found = group_at(file, "general/devices")
    names = {address(device): device.name for device in (groups(found) if found is not None else ())}
    rows = [
        {"path": path, "device": names.get(address(device), device.name), "clock": clock}
        for path, clock in zip(continuous["path"], continuous["clock"], strict=True)
        if (device := _device(file[path])) is not None
    ]
    return records_frame(rows, session_tables().summaries["devices"].columns)


def _device(group: h5py.Group) -> h5py.Group | None:
    """Return the device of a series; None where it names none."""
    for path in ("device", "imaging_plane/device"):
        if (device := group_at(group, path)) is not None:
            return device
    table = _region(group, "rois")
    if table is not None:
        return group_at(table, "imaging_plane/device")
    table = _region(group, "electrodes")
    groups = dataset_at(table, "group") if table is not None else None
    rows = dataset_at(group, "electrodes")
    if groups is None or rows is None or not rows.size or not 0 <= int(rows[0]) < len(groups):
        return None
    probe = referenced_object(groups, groups[int(rows[0])])
    return group_at(probe, "device") if isinstance(probe, h5py.Group) else None


def _region(group: h5py.Group, name: str) -> h5py.Group | None:
    """Return the table whose rows a series names."""
    region = dataset_at(group, name)
    reference = None if region is None else attribute(region, "table")
    if region is None or not isinstance(reference, h5py.Reference):
        return None
    target = referenced_object(region, reference)
    return target if isinstance(target, h5py.Group) else None
