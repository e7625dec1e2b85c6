"""Objects of the file that several streams share: devices, the pipette and its electrode."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from pynwb import NWBFile
from pynwb.device import Device, DeviceModel
from pynwb.ecephys import ElectrodeGroup

from nwbgate.errors import MetadataError
from nwbgate.interfaces.dataset_ii.metadata import sentence

ELECTRODE = "cell_attached_electrode"
#: Optional columns of the electrodes table that say what is not known of one recording.
_TEXT_COLUMNS = {
    "target": "Where the pipette was aimed at.",
    "pipette_resistance": "Resistance of the pipette, measured or as a range.",
}


def entry(metadata: Mapping[str, Any], section: str, key: str) -> dict[str, Any]:
    """Return an entry of the metadata, such as ``Ecephys.ElectrodeGroups`` and its key.

    Raises
    ------
    MetadataError
        If there is none.
    """
    found: Any = metadata
    for name in (*section.split("."), key):
        if name not in found:
            place, known = f"{section}.{key}", ", ".join(found)
            raise MetadataError(f"metadata has no {place}", where=place, got=known, expected=name)
        found = found[name]
    return dict(found)


def device(nwbfile: NWBFile, metadata: Mapping[str, Any], key: str) -> Device:
    """Return a device of the section Devices, added to the file with its model where they are not there."""
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
    """Return the pipette as an electrode group, added to the file where it is not there."""
    key = entry(metadata, "Ecephys.Electrodes", ELECTRODE)["electrode_group_metadata_key"]
    words = entry(metadata, "Ecephys.ElectrodeGroups", key)
    if words["name"] in nwbfile.electrode_groups:
        return nwbfile.electrode_groups[words["name"]]
    amplifier = device(nwbfile, metadata, words.pop("device_metadata_key"))
    return nwbfile.create_electrode_group(**words, device=amplifier)


def electrode_index(nwbfile: NWBFile, metadata: Mapping[str, Any]) -> int:
    """Return the row of the pipette in the electrodes table, added where it is not there.

    Coordinates and impedance are NaN where nobody has said them.
    """
    group = electrode_group(nwbfile, metadata)
    rows = [] if nwbfile.electrodes is None else list(nwbfile.electrodes["group_name"].data)
    if group.name in rows:
        return rows.index(group.name)
    words = entry(metadata, "Ecephys.Electrodes", ELECTRODE)
    recording = metadata.get("Recording", {})
    resistance = recording.get("pipette_resistance_mohm")
    if resistance is not None:
        words["pipette_resistance"] = sentence(metadata, "resistance", pipette_resistance_mohm=resistance)
    _add_text_columns(nwbfile, rows)
    nwbfile.add_electrode(
        group=group,
        location=words["location"],
        filtering=words.get("filtering", "not stated"),
        reference=words.get("reference", "not stated"),
        imp=np.nan if resistance is None else 1e6 * float(resistance),
        **{axis: float(recording.get(axis, np.nan)) for axis in "xyz"},
        **{name: words.get(name, "not stated") for name in _TEXT_COLUMNS},
    )
    return len(rows)


def _add_text_columns(nwbfile: NWBFile, rows: list[str]) -> None:
    known = () if nwbfile.electrodes is None else nwbfile.electrodes.colnames
    for name, description in _TEXT_COLUMNS.items():
        if name not in known:
            nwbfile.add_electrode_column(name, description, data=["not stated"] * len(rows))
