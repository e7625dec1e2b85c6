"""The shift of each frame of a plane that brought it in register."""

from collections.abc import Mapping
from typing import Any

from pynwb import NWBFile

from nwbgate.interfaces.plane_objects.series import add_shifts
from nwbgate.interfaces.visual_behavior.texts import description
from nwbgate.interfaces.visual_behavior_rig.imaging.motion_table import read_shifts
from nwbgate.interfaces.visual_behavior_rig.imaging.plane_interface import PlaneInterface


class MotionCorrectionInterface(PlaneInterface):
    """Shifts along x and y in pixels, shape (frames, 2), whole numbers."""

    display_name = "Visual Behavior rig motion correction"
    info = "Interface for the motion correction of an imaging plane of a Visual Behavior rig."
    file_facts = ("rigid_motion_transform_file", "dff_file")

    def _add_stream(self, nwbfile: NWBFile, metadata: Mapping[str, Any]) -> None:
        """Add the shifts."""
        shifts = read_shifts(self.plane.file("rigid_motion_transform_file"), self.plane.frames)
        words = description(metadata, "motion_correction")
        add_shifts(nwbfile, self.plane_name, shifts, self.frame_times(), words)
