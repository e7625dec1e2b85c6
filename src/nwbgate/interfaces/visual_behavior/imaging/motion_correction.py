"""Motion correction shift of each frame of a plane."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from pynwb import NWBFile

from nwbgate.errors import SourceError
from nwbgate.interfaces.plane_objects.series import add_shifts
from nwbgate.interfaces.visual_behavior.imaging.plane_stream import OPHYS, PlaneStream, plane_times
from nwbgate.interfaces.visual_behavior.release.file import FloatArray
from nwbgate.interfaces.visual_behavior.texts import description

_X, _Y = (f"{OPHYS}/ophys_motion_correction_{axis}" for axis in "xy")


class MotionCorrectionInterface(PlaneStream):
    """Shifts along x and y in pixels, shape (frames, 2), whole numbers."""

    display_name = "Visual Behavior motion correction"
    info = "Interface for the motion correction of an imaging plane of the Visual Behavior release."
    table_name = "motion_correction"

    def _add_stream(self, nwbfile: NWBFile, metadata: Mapping[str, Any]) -> None:
        """Add the shifts.

        Raises
        ------
        SourceError
            If there are not as many along x or y as frames, or their times differ.
        """
        times = self._times()
        x, y = (self.source.numbers(f"{axis}/data", len(times))[()] for axis in (_X, _Y))
        frames = plane_times(self.source, f"{_X}/timestamps", self.clock)
        add_shifts(
            nwbfile, self.plane_name, np.column_stack([x, y]), frames, description(metadata, "motion_correction")
        )

    def _times(self) -> FloatArray:
        """Return the times of the x shifts, checking that the y shifts repeat them."""
        times = self.source.timestamps(f"{_X}/timestamps")
        if not np.array_equal(self.source.timestamps(f"{_Y}/timestamps"), times):
            raise SourceError(
                "the shifts along x and y have different timestamps",
                where=f"{self.source.path}:{_Y}/timestamps",
                got=f"values other than {_X}/timestamps",
                expected="one set of timestamps for both",
                fix="download the file again; if it is as released, leave this session out",
            )
        return times
