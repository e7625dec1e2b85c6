"""An imaging plane with its location, recording parameters and row of identifiers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from hdmf.common import DynamicTable
from pynwb import NWBFile
from pynwb.device import Device
from pynwb.ophys import ImagingPlane, OpticalChannel

from nwbgate.interfaces.plane_objects.modules import ophys
from nwbgate.reading.format.layouts import session_tables

#: Table of the properties for which core ImagingPlane has no field.
TABLE = "imaging_planes"


@dataclass(frozen=True)
class PlaneDescription:
    """An imaging plane as described by a source.

    Attributes
    ----------
    name : str
        Name in the file, such as ``VISp_150``.
    location : str
        Brain area.
    indicator : str
        Calcium indicator.
    imaging_rate : float
        Frames per second, in Hz.
    excitation_lambda, emission_lambda : float
        Wavelengths in nanometers.
    description : str
        Field of view and depth in words.
    pixel_size : float or None
        Width and height of a pixel in micrometers; None where unknown.
    identifiers : dict
        Columns of the table ``imaging_planes`` beside the name; None for a missing value.
    """

    name: str
    location: str
    indicator: str
    imaging_rate: float
    excitation_lambda: float
    emission_lambda: float
    description: str
    pixel_size: float | None = None
    identifiers: dict[str, float | int | None] = field(default_factory=dict)


def field_of_view(width: int, height: int, pixel_size: float | None, location: str, depth: int) -> str:
    """Return the description of a field of view: size, area and depth."""
    each = f" of {pixel_size:g} micrometers" if pixel_size else ""
    place = f"in {location}, {depth} micrometers below the pia"
    return f"Field of view of {width} x {height} pixels{each} {place}."


def add_imaging_plane(
    nwbfile: NWBFile, plane: PlaneDescription, device: Device, table_description: str
) -> ImagingPlane:
    """Add a plane and its identifiers to a file.

    Parameters
    ----------
    nwbfile : NWBFile
        File to add to.
    plane : PlaneDescription
        The plane.
    device : Device
        Its microscope.
    table_description : str
        Description of the table of identifiers, for the first plane of the file.
    """
    size = plane.pixel_size
    added = nwbfile.create_imaging_plane(
        name=plane.name,
        description=plane.description,
        device=device,
        optical_channel=OpticalChannel(
            name="green", description=f"Emission of {plane.indicator}.", emission_lambda=plane.emission_lambda
        ),
        excitation_lambda=plane.excitation_lambda,
        imaging_rate=plane.imaging_rate,
        indicator=plane.indicator,
        location=plane.location,
        **({"grid_spacing": [size, size], "grid_spacing_unit": "micrometers"} if size else {}),
    )
    _add_identifiers(nwbfile, plane.name, plane.identifiers, table_description)
    return added


def _add_identifiers(nwbfile: NWBFile, name: str, values: Mapping[str, Any], description: str) -> None:
    """Add a row to the table of planes; the first plane decides the columns."""
    module = ophys(nwbfile)
    if TABLE not in module.data_interfaces:
        module.add(DynamicTable(name=TABLE, description=description))
        columns = session_tables().tables[TABLE].columns
        known = [column for column in columns if column == "plane" or values.get(column) is not None]
        for column in known:
            module[TABLE].add_column(column, str(columns[column].description))
    row = {column: name if column == "plane" else values.get(column) for column in module[TABLE].colnames}
    module[TABLE].add_row(**{column: np.nan if value is None else value for column, value in row.items()})
