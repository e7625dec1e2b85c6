"""An imaging plane: where it lies, how it was recorded, which identifiers it has, and with which microscope."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from hdmf.common import DynamicTable
from pynwb import NWBFile
from pynwb.ophys import ImagingPlane, OpticalChannel

from nwbgate.interfaces.visual_behavior.plane_stream import OPHYS, PlaneInterface, ophys
from nwbgate.interfaces.visual_behavior.released_file import ReleasedFile
from nwbgate.interfaces.visual_behavior.released_ids import METADATA
from nwbgate.interfaces.visual_behavior.rig import rig
from nwbgate.interfaces.visual_behavior.texts import description
from nwbgate.reading.format.layouts import session_tables

#: The only imaging plane of a released file.
SOURCE = "/general/optophysiology/imaging_plane_1"
#: Table of what core ImagingPlane has no field for.
TABLE = "imaging_planes"
#: Columns of `TABLE` that a session with one plane does not have: the sentinels -1 and 0 stand for "none" there.
_GROUPS = ("imaging_plane_group", "imaging_plane_group_count")
#: Micrometers in ten meters: the release's ``resolution`` of an image is the size of a pixel in millimeters over ten.
_MICROMETERS = 1e4


class ImagingPlaneInterface(PlaneInterface):
    """The imaging plane with its microscope, and its row in the table of identifiers of planes."""

    display_name = "Visual Behavior imaging plane"
    info = "Interface for an imaging plane of the Visual Behavior release."
    table_name = "planes"

    def _add_stream(self, nwbfile: NWBFile, metadata: Mapping[str, Any]) -> None:
        """Add the plane."""
        imaging_plane(nwbfile, metadata, self.source, self.plane_name)


def imaging_plane(nwbfile: NWBFile, metadata: Mapping[str, Any], source: ReleasedFile, name: str) -> ImagingPlane:
    """Return a plane, added to the file with its microscope and identifiers where it is not there.

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
    about = source.attributes(METADATA)
    indicator = source.needed_text(f"{SOURCE}/indicator")
    size = pixel_size(source)
    plane = nwbfile.create_imaging_plane(
        name=name,
        description=_description(source, about, size),
        device=rig(nwbfile, metadata, str(about["equipment_name"])),
        optical_channel=OpticalChannel(
            name="green",
            description=f"Emission of {indicator}.",
            emission_lambda=source.number(f"{SOURCE}/channel_1/emission_lambda"),
        ),
        excitation_lambda=source.number(f"{SOURCE}/excitation_lambda"),
        imaging_rate=source.number(f"{SOURCE}/imaging_rate"),
        indicator=indicator,
        location=source.needed_text(f"{SOURCE}/location"),
        **({"grid_spacing": [size, size], "grid_spacing_unit": "micrometers"} if size else {}),
    )
    _add_identifiers(nwbfile, metadata, name, about)
    return plane


def pixel_size(source: ReleasedFile) -> float | None:
    """Return the width and height of a pixel in micrometers; None where no image says it."""
    found = source.attributes(f"{OPHYS}/images/max_projection").get("resolution")
    return None if found is None else float(f"{float(found) * _MICROMETERS:.9g}")


def _description(source: ReleasedFile, about: dict[str, Any], size: float | None) -> str:
    pixels = f"{about['field_of_view_width']} x {about['field_of_view_height']} pixels"
    each = f" of {size:g} micrometers" if size else ""
    place = f"in {source.text(f'{SOURCE}/location')}, {about['imaging_depth']} micrometers below the pia"
    return f"Field of view of {pixels}{each} {place}."


def _add_identifiers(nwbfile: NWBFile, metadata: Mapping[str, Any], name: str, about: dict[str, Any]) -> None:
    """Add a row to the table of planes; it is made with the columns that the first plane has."""
    module = ophys(nwbfile)
    if TABLE not in module.data_interfaces:
        module.add(DynamicTable(name=TABLE, description=description(metadata, TABLE)))
        columns = session_tables().tables[TABLE].columns
        known = [column for column in columns if column == "plane" or _value(about, column) is not None]
        for column in known:
            module[TABLE].add_column(column, str(columns[column].description))
    row = {column: name if column == "plane" else _value(about, column) for column in module[TABLE].colnames}
    module[TABLE].add_row(**{column: np.nan if value is None else value for column, value in row.items()})


def _value(about: dict[str, Any], column: str) -> float | int | None:
    """Return what a file says about its plane; groups as numbers that may be missing."""
    if column not in about:
        return None
    value = int(about[column])
    if column in _GROUPS:
        return None if int(about["imaging_plane_group"]) < 0 else float(value)
    return value
