"""Images of a plane: projections over the session, and all cell masks."""

from collections.abc import Mapping
from typing import Any

from pynwb import NWBFile

from nwbgate.interfaces.plane_objects.images import add_images
from nwbgate.interfaces.visual_behavior.texts import description
from nwbgate.interfaces.visual_behavior_rig.imaging.grey_png import read_grey_png
from nwbgate.interfaces.visual_behavior_rig.imaging.plane_interface import PlaneInterface

#: Name of each image in the written file, and the fact that names its file.
IMAGES = {
    "max_projection": "max_projection_file",
    "average_image": "average_intensity_projection_image_file",
}


class ProjectionsInterface(PlaneInterface):
    """Maximum and average projection, and mask image, rows x columns."""

    display_name = "Visual Behavior rig projections"
    info = "Interface for the projections of an imaging plane of a Visual Behavior rig."
    file_facts = tuple(IMAGES.values())

    def _add_stream(self, nwbfile: NWBFile, metadata: Mapping[str, Any]) -> None:
        """Add the images."""
        facts = self.plane.facts
        images: dict[str, Any] = {
            name: read_grey_png(self.plane.file(fact), facts.movie_height, facts.movie_width)
            for name, fact in IMAGES.items()
        }
        images["segmentation_mask_image"] = self.plane.rois.masks.union()
        texts = {name: description(metadata, name) for name in images}
        add_images(nwbfile, self.plane_name, images, texts, facts.surface_2p_pixel_size_um or None)
