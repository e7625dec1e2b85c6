"""The rig of a session as a device, corrected for behavior boxes."""

from collections.abc import Mapping
from typing import Any

from pynwb import NWBFile
from pynwb.device import Device, DeviceModel

#: Entry of the section Rigs for a rig whose name begins like none of the others.
UNKNOWN = "unknown"


def rig(nwbfile: NWBFile, metadata: Mapping[str, Any], name: str) -> Device:
    """Return the rig of a session, adding it and its model if missing.

    Parameters
    ----------
    nwbfile : NWBFile
        File to add to.
    metadata : mapping
        Complete metadata; the section Rigs has the model of each kind of rig, by how the names of such rigs begin.
    name : str
        ``equipment_name`` of the source, such as ``MESO.1``, ``CAM2P.4`` or ``BEH.D-Box2``.
    """
    if name in nwbfile.devices:
        return nwbfile.devices[name]
    kinds = metadata["Rigs"]
    about = kinds[next((prefix for prefix in kinds if name.startswith(prefix)), UNKNOWN)]
    model = nwbfile.device_models.get(about["model"])
    if model is None:
        texts = {key: about[key] for key in ("manufacturer", "description")}
        model = DeviceModel(name=about["model"], **texts)
        nwbfile.add_device_model(model)
    device = Device(name=name, description=f"Rig {name} of the Allen Brain Observatory.", model=model)
    nwbfile.add_device(device)
    return device
