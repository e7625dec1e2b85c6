"""Images of a plane: projections over the session, and all cell masks."""

from collections.abc import Mapping
from typing import Any

from pynwb import NWBFile

from nwbgate.interfaces.plane_objects.images import add_images
from nwbgate.interfaces.visual_behavior.imaging.imaging_plane import pixel_size
from nwbgate.interfaces.visual_behavior.imaging.plane_stream import OPHYS, PlaneInterface
from nwbgate.interfaces.visual_behavior.texts import description

SOURCE = f"{OPHYS}/images"
#: The images of every plane, and one without which AllenSDK reads a file, too.
_IMAGES, _OPTIONAL = ("max_projection", "average_image"), ("segmentation_mask_image",)


class ProjectionsInterface(PlaneInterface):
    """Maximum and average projection and mask image, rows x columns, as released."""

    display_name = "Visual Behavior projections"
    info = "Interface for the projections of an imaging plane of the Visual Behavior release."
    table_name = "projections"

    def _add_stream(self, nwbfile: NWBFile, metadata: Mapping[str, Any]) -> None:
        """Add the images, with the resolution in pixels per centimeter.

        In the release it is the size of a pixel in centimeters, its inverse.
        """
        names = [*_IMAGES, *(name for name in _OPTIONAL if name in self.source.names(SOURCE))]
        images = {name: self.source.numbers(f"{SOURCE}/{name}")[()] for name in names}
        texts = {name: description(metadata, name) for name in names}
        add_images(nwbfile, self.plane_name, images, texts, pixel_size(self.source))
