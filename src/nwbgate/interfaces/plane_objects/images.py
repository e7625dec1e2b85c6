"""Images of a plane: projections over the session, and all cell masks."""

from collections.abc import Mapping
from typing import Any

import numpy.typing as npt
from pynwb import NWBFile
from pynwb.base import Images
from pynwb.image import GrayscaleImage

from nwbgate.interfaces.plane_objects.modules import ophys

_MICROMETERS_PER_CENTIMETER = 1e4


def add_images(
    nwbfile: NWBFile,
    plane: str,
    images: Mapping[str, npt.NDArray[Any]],
    descriptions: Mapping[str, str],
    pixel_size: float | None,
) -> None:
    """Add the images of a plane, with their resolution in pixels per centimeter.

    Parameters
    ----------
    nwbfile : NWBFile
        File to add to.
    plane : str
        Name of the plane in the file.
    images : mapping
        Name of each image to its pixels, rows x columns.
    descriptions : mapping
        Name of each image to its description.
    pixel_size : float or None
        Width and height of a pixel in micrometers.
    """
    resolution = {"resolution": _MICROMETERS_PER_CENTIMETER / pixel_size} if pixel_size else {}
    found = [
        GrayscaleImage(name=name, data=pixels, description=descriptions[name], **resolution)
        for name, pixels in images.items()
    ]
    about = f"Projections of plane {plane} over the session, and its cells."
    ophys(nwbfile).add(Images(name=f"projections_{plane}", images=found, description=about))
