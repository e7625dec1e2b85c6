"""An imaging plane with its location, recording parameters, identifiers and microscope."""

from collections.abc import Mapping
from typing import Any

from pynwb import NWBFile
from pynwb.ophys import ImagingPlane

from nwbgate.interfaces.plane_objects.imaging_plane import TABLE, PlaneDescription, add_imaging_plane, field_of_view
from nwbgate.interfaces.visual_behavior.imaging.plane_stream import OPHYS, PlaneInterface
from nwbgate.interfaces.visual_behavior.release.file import ReleasedFile
from nwbgate.interfaces.visual_behavior.release.ids import METADATA
from nwbgate.interfaces.visual_behavior.rig import rig
from nwbgate.interfaces.visual_behavior.texts import description
from nwbgate.reading.format.layouts import session_tables

#: The only imaging plane of a released file.
SOURCE = "/general/optophysiology/imaging_plane_1"
#: Columns of `TABLE` that a session with one plane does not have: the sentinels -1 and 0 stand for "none" there.
_GROUPS = ("imaging_plane_group", "imaging_plane_group_count")
#: Micrometers in ten meters: the release's ``resolution`` of an image is the size of a pixel in millimeters over ten.
_MICROMETERS = 1e4


class ImagingPlaneInterface(PlaneInterface):
    """The imaging plane, its microscope and its row of identifiers."""

    display_name = "Visual Behavior imaging plane"
    info = "Interface for an imaging plane of the Visual Behavior release."
    table_name = "planes"

    def _add_stream(self, nwbfile: NWBFile, metadata: Mapping[str, Any]) -> None:
        """Add the plane."""
        imaging_plane(nwbfile, metadata, self.source, self.plane_name)


def imaging_plane(nwbfile: NWBFile, metadata: Mapping[str, Any], source: ReleasedFile, name: str) -> ImagingPlane:
    """Return a plane, adding it with microscope and identifiers if missing.

    Parameters
    ----------
    nwbfile : NWBFile
        File to add to.
    metadata : mapping
        Complete metadata, with the texts of rig and tables.
    source : ReleasedFile
        The file of the plane.
    name : str
        Name of the plane in the written file.
    """
    if name in nwbfile.imaging_planes:
        return nwbfile.imaging_planes[name]
    device = rig(nwbfile, metadata, str(source.attributes(METADATA)["equipment_name"]))
    return add_imaging_plane(nwbfile, released_plane(source, name), device, description(metadata, TABLE))


def released_plane(source: ReleasedFile, name: str) -> PlaneDescription:
    """Return the plane described by a released file."""
    about = source.attributes(METADATA)
    size, location = pixel_size(source), source.needed_text(f"{SOURCE}/location")
    width, height = about["field_of_view_width"], about["field_of_view_height"]
    return PlaneDescription(
        name=name,
        location=location,
        indicator=source.needed_text(f"{SOURCE}/indicator"),
        imaging_rate=source.number(f"{SOURCE}/imaging_rate"),
        excitation_lambda=source.number(f"{SOURCE}/excitation_lambda"),
        emission_lambda=source.number(f"{SOURCE}/channel_1/emission_lambda"),
        description=field_of_view(width, height, size, location, about["imaging_depth"]),
        pixel_size=size,
        identifiers={name: _value(about, name) for name in session_tables().tables[TABLE].columns if name != "plane"},
    )


def pixel_size(source: ReleasedFile) -> float | None:
    """Return the width and height of a pixel in micrometers; None if unknown."""
    found = source.attributes(f"{OPHYS}/images/max_projection").get("resolution")
    return None if found is None else float(f"{float(found) * _MICROMETERS:.9g}")


def _value(about: dict[str, Any], column: str) -> float | int | None:
    """Return a value from a file's plane metadata, groups as nullable numbers."""
    if column not in about:
        return None
    value = int(about[column])
    if column in _GROUPS:
        return None if int(about["imaging_plane_group"]) < 0 else float(value)
    return value
