"""Images of a plane: its projections over the session, and the masks of all cells in one."""

from pynwb import NWBFile
from pynwb.base import Images
from pynwb.image import GrayscaleImage

from nwbgate.interfaces.visual_behavior.imaging_plane import pixel_size
from nwbgate.interfaces.visual_behavior.plane_stream import OPHYS, PlaneInterface, ophys

SOURCE = f"{OPHYS}/images"
_DESCRIPTIONS = {
    "max_projection": "Brightest value of each pixel over the motion-corrected movie.",
    "average_image": "Mean of each pixel over the motion-corrected movie.",
    "segmentation_mask_image": "Pixels of all cells of the plane; zero outside of them.",
}
_MICROMETERS_PER_CENTIMETER = 1e4


class ProjectionsInterface(PlaneInterface):
    """Maximum and average projection and the image of all masks, rows x columns, as stored in the release."""

    display_name = "Visual Behavior projections"
    info = "Interface for the projections of an imaging plane of the Visual Behavior release."
    table_name = "projections"

    def add_stream(self, nwbfile: NWBFile) -> None:
        """Add the images, with the resolution in pixels per centimeter that NWB asks for.

        In the release it is the size of a pixel in centimeters, its inverse.
        """
        size = pixel_size(self.source)
        resolution = {"resolution": _MICROMETERS_PER_CENTIMETER / size} if size else {}
        names = [name for name in _DESCRIPTIONS if name in self.source.names(SOURCE)]
        images = [
            GrayscaleImage(
                name=name,
                data=self.source.array(f"{SOURCE}/{name}"),
                description=_DESCRIPTIONS[name],
                **resolution,
            )
            for name in names
        ]
        about = f"Projections of plane {self.plane_name} over the session, and its cells."
        ophys(nwbfile).add(Images(name=f"projections_{self.plane_name}", images=images, description=about))
