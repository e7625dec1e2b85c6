"""Ellipses fitted to eye, pupil and corneal reflection, likely blinks, and where camera and monitor stood."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from hdmf.common import DynamicTable
from pynwb import NWBFile, TimeSeries
from pynwb.behavior import BehavioralTimeSeries, EyeTracking, PupilTracking, SpatialSeries

from nwbgate.interfaces.visual_behavior.behavior_interface import BehaviorInterface, behavior_module
from nwbgate.interfaces.visual_behavior.columns import described, unit_of, vectors
from nwbgate.interfaces.visual_behavior.texts import description

PLACE = "/acquisition/EyeTracking"
#: Series of centers in both files, by the short name that begins the columns of the session table.
ELLIPSES = {"eye": "eye_tracking", "cr": "corneal_reflection_tracking", "pupil": "pupil_tracking"}
#: What else an ellipse has: the end of our name, and the dataset beside the centers.
MEASURES = {"area": "area", "area_raw": "area_raw", "width": "width", "height": "height", "phi": "angle"}


class EyeTrackingInterface(BehaviorInterface):
    """Eye tracking: centers and semi-axes in pixels of the camera, areas in square pixels, angles in radians.

    Adds to ``processing/behavior`` the `EyeTracking` of three `SpatialSeries` of centers, the `PupilTracking` of the
    pupil's measures, the `BehavioralTimeSeries` ``eye_ellipses`` of those of eye and corneal reflection and of likely
    blinks, and the `DynamicTable` ``eye_tracking_rig_geometry``. All series share one set of timestamps, in seconds.
    """

    display_name = "Visual Behavior eye tracking"
    keywords = ("behavior", "eye tracking", "pupil")
    info = "Interface for the eye tracking of the Visual Behavior 2P release."
    table_name = "eye_tracking"

    def add_to_nwbfile(self, nwbfile: NWBFile, metadata: dict[str, Any] | None = None) -> None:
        """Add eye tracking and rig geometry to a file in memory; nothing where the session has none.

        Parameters
        ----------
        nwbfile : NWBFile
            File to add to.
        metadata : dict, optional
            Merged over `get_metadata`.

        Raises
        ------
        SourceError
            If the series are damaged, of different lengths, or their times go backwards.
        UsageError
            If the stream was aligned to times that do not ascend.
        """
        super().add_to_nwbfile(nwbfile, metadata)
        if self.source.has("eye_tracking_rig_geometry"):
            words = description(self._complete(metadata), "eye_tracking_rig_geometry")
            columns = vectors("eye_tracking_rig_geometry", self.source.table("eye_tracking_rig_geometry"))
            table = DynamicTable(name="eye_tracking_rig_geometry", description=words, columns=columns)
            behavior_module(nwbfile).add(table)

    def _add_stream(self, nwbfile: NWBFile, metadata: Mapping[str, Any]) -> None:
        tracking, pupil, ellipses = EyeTracking(), PupilTracking(), BehavioralTimeSeries(name="eye_ellipses")
        for container in (tracking, pupil, ellipses):
            behavior_module(nwbfile).add(container)  # before their series: objects of a file share an ancestor
        clock: Any = self.aligned(self.source.timestamps(f"{PLACE}/eye_tracking/timestamps"))
        frames = len(clock)
        for short, name in ELLIPSES.items():
            center = SpatialSeries(
                name=name,
                description=description(metadata, name),
                data=self._values(f"{name}/data", frames),
                unit="pixels",
                reference_frame=description(metadata, "eye_camera_frame"),
                timestamps=clock,
            )
            tracking.add_spatial_series(center)
            clock = center if isinstance(clock, np.ndarray) else clock
            home = pupil if short == "pupil" else ellipses
            for measure, stored in MEASURES.items():
                home.add_timeseries(self._series(f"{short}_{measure}", f"{name}/{stored}", frames, clock))
        ellipses.add_timeseries(self._series("likely_blink", "likely_blink/data", frames, clock))

    def _series(self, column: str, place: str, frames: int, clock: TimeSeries) -> TimeSeries:
        return TimeSeries(
            name=column,
            description=described("eye_tracking", column),
            data=self._values(place, frames),
            unit=unit_of("eye_tracking", column),
            timestamps=clock,
        )

    def _values(self, place: str, frames: int) -> np.ndarray[Any, Any]:
        return self.source.numbers(f"{PLACE}/{place}", frames)[()]
