"""Ellipses of eye, pupil and corneal reflection, timed by camera pulses."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from pynwb import NWBFile

from nwbgate.interfaces.visual_behavior.behavior.eye_tracking import add_eye_tracking, add_rig_geometry
from nwbgate.interfaces.visual_behavior_rig.behavior.behavior_interface import BehaviorInterface


class EyeTrackingInterface(BehaviorInterface):
    """Eye tracking: ellipses in camera pixels, with angles in radians.

    Adds to ``processing/behavior`` the `EyeTracking` of three `SpatialSeries` of centers, the `PupilTracking` of the
    pupil's measures, the `BehavioralTimeSeries` ``eye_ellipses`` of those of eye and corneal reflection and of likely
    blinks, and the `DynamicTable` ``eye_tracking_rig_geometry``. All series share one set of timestamps, in seconds.
    Where there are more frames than pulses, only the geometry is added.
    """

    display_name = "Visual Behavior rig eye tracking"
    keywords = ("behavior", "eye tracking", "pupil")
    info = "Interface for the eye tracking of a session of a Visual Behavior rig."
    file_facts = ("sync_file", "eye_tracking_filepath", "raw_eye_tracking_video_meta_data")

    def table(self) -> pd.DataFrame | None:
        """Return ellipses, areas and blinks; None where the session has none."""
        return self.session.eye_tracking

    def _add_stream(self, nwbfile: NWBFile, metadata: Mapping[str, Any]) -> None:
        table = self.table()
        if table is not None and len(table):
            times = self.aligned(table["timestamps"].to_numpy(np.float64))
            add_eye_tracking(nwbfile, metadata, times, lambda column: _values(table, column))
        if self.session.rig_geometry is not None:
            add_rig_geometry(nwbfile, metadata, self.session.rig_geometry)


def _values(table: pd.DataFrame, column: str) -> np.ndarray[Any, Any]:
    """Return a column, or the centers of an ellipse, which are two columns."""
    names = [f"{column}_x", f"{column}_y"] if column.endswith("_center") else column
    return table[names].to_numpy()
