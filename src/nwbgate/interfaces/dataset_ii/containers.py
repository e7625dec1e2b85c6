"""Objects shared by several streams: devices, the pipette and its electrode."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from pynwb import NWBFile
from pynwb.device import Device, DeviceModel
from pynwb.ecephys import ElectrodeGroup

from nwbgate.errors import MetadataError
from nwbgate.interfaces.dataset_ii.metadata import sentence

ELECTRODE = "cell_attached_electrode"
#: Columns of the electrodes table beside location and group: what they say, and what they say of unknown electrodes.
_COLUMNS: dict[str, tuple[str, float | str]] = {
    "x": ("x coordinate of the channel location in the brain (+x is posterior), in micrometres.", np.nan),
    "y": ("y coordinate of the channel location in the brain (+y is inferior), in micrometres.", np.nan),
    "z": ("z coordinate of the channel location in the brain (+z is right), in micrometres.", np.nan),
    "imp": ("Impedance of the channel, in ohms.", np.nan),
    "filtering": ("Description of hardware filtering.", "not stated"),
    "reference": ("Description of the reference electrode.", "not stated"),
    "target": ("Where the pipette was aimed at.", "not stated"),
    "pipette_resistance": ("Resistance of the pipette, measured or as a range.", "not stated"),
}


def entry(metadata: Mapping[str, Any], section: str, key: str) -> dict[str, Any]:
    """Return a metadata entry, such as ``Ecephys.ElectrodeGroups`` and its key.

    Raises
    ------
    MetadataError
        If there is none.
    """
    found: Any = metadata
    for name in (*section.split("."), key):
        if name not in found:
            place, known = f"{section}.{key}", ", ".join(found)
            raise MetadataError(
                f"metadata has no {place}",
                where=place,
                got=known,
                expected=name,
                fix="name an existing entry, or add it to the metadata",
            )
        found = found[name]
    return dict(found)


def device(nwbfile: NWBFile, metadata: Mapping[str, Any], key: str) -> Device:
    """Return a device from section Devices, adding it and its model if missing."""
    words = entry(metadata, "Devices", key)
    model_key = words.pop("device_model_metadata_key", None)
    if words["name"] in nwbfile.devices:
        return nwbfile.devices[words["name"]]
    model = _device_model(nwbfile, entry(metadata, "DeviceModels", model_key)) if model_key else None
    added = Device(**words, model=model)
    nwbfile.add_device(added)
    return added


def _device_model(nwbfile: NWBFile, words: dict[str, Any]) -> DeviceModel:
    if words["name"] not in nwbfile.device_models:
        nwbfile.add_device_model(DeviceModel(**words))
    return nwbfile.device_models[words["name"]]


def electrode_group(nwbfile: NWBFile, metadata: Mapping[str, Any]) -> ElectrodeGroup:
    """Return the pipette as an electrode group, adding it if missing."""
    key = entry(metadata, "Ecephys.Electrodes", ELECTRODE)["electrode_group_metadata_key"]
    words = entry(metadata, "Ecephys.ElectrodeGroups", key)
    if words["name"] in nwbfile.electrode_groups:
        return nwbfile.electrode_groups[words["name"]]
    amplifier = device(nwbfile, metadata, words.pop("device_metadata_key"))
    return nwbfile.create_electrode_group(**words, device=amplifier)


def electrode_index(nwbfile: NWBFile, metadata: Mapping[str, Any]) -> int:
    """Return the pipette's row in the electrodes table, adding it if missing.

    Coordinates and impedance are NaN where unknown.
    """
    group = electrode_group(nwbfile, metadata)
    rows = [] if nwbfile.electrodes is None else list(nwbfile.electrodes["group_name"].data)
    if group.name in rows:
        return rows.index(group.name)
    _add_columns(nwbfile, len(rows))
    location = entry(metadata, "Ecephys.Electrodes", ELECTRODE)["location"]
    nwbfile.add_electrode(group=group, location=location, **_electrode(metadata))
    return len(rows)


def _add_columns(nwbfile: NWBFile, rows: int) -> None:
    """Add the missing columns, with unknown values for existing electrodes."""
    known = () if nwbfile.electrodes is None else nwbfile.electrodes.colnames
    for name, (description, nothing) in _COLUMNS.items():
        if name not in known:
            nwbfile.add_electrode_column(name, description, data=[nothing] * rows)


def _electrode(metadata: Mapping[str, Any]) -> dict[str, float | str]:
    """Return the pipette's row: facts of the recording, else texts of the data set."""
    words = entry(metadata, "Ecephys.Electrodes", ELECTRODE)
    recording = metadata.get("Recording", {})
    values = {name: recording.get(name, words.get(name, nothing)) for name, (_, nothing) in _COLUMNS.items()}
    if "pipette_resistance_mohm" in recording:
        resistance = float(recording["pipette_resistance_mohm"])
        values["imp"] = 1e6 * resistance
        values["pipette_resistance"] = sentence(metadata, "resistance", pipette_resistance_mohm=resistance)
    return values
