"""The rig of a session as a device with a model, which released files describe wrongly for behavior boxes."""

from pynwb import NWBFile
from pynwb.device import Device, DeviceModel

#: Prefix of a rig's name: its kind, the manufacturer as the release says it, and what it is.
#: Released files call every rig that is no mesoscope a Scientifica microscope, also the boxes mice are trained in.
_KINDS = {
    "MESO": ("Mesoscope 2P Rig", "not stated", "Two-photon mesoscope that images up to eight planes in a session."),
    "CAM2P": ("Scientifica 2P Rig", "Scientifica", "Two-photon microscope that images one plane in a session."),
    "BEH": ("Behavior box", "not stated", "Box with running wheel, monitor and lick spout, without a microscope."),
}


def rig(nwbfile: NWBFile, name: str) -> Device:
    """Return the rig of a session, added to the file with its model where it is not there.

    Parameters
    ----------
    nwbfile : NWBFile
        File to add to.
    name : str
        ``equipment_name`` of the source, such as ``MESO.1``, ``CAM2P.4`` or ``BEH.D-Box2``.
    """
    if name in nwbfile.devices:
        return nwbfile.devices[name]
    kind, manufacturer, description = next(
        (about for prefix, about in _KINDS.items() if name.startswith(prefix)),
        ("Unknown rig", "not stated", "The source does not say what kind of rig it is."),
    )
    model = nwbfile.device_models.get(kind)
    if model is None:
        model = DeviceModel(name=kind, manufacturer=manufacturer, description=description)
        nwbfile.add_device_model(model)
    device = Device(name=name, description=f"Rig {name} of the Allen Brain Observatory.", model=model)
    nwbfile.add_device(device)
    return device
