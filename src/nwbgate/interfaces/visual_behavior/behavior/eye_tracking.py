"""Ellipses of eye, pupil and corneal reflection, likely blinks, and rig geometry."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from hdmf.common import DynamicTable
from pynwb import NWBFile, TimeSeries
from pynwb.behavior import BehavioralTimeSeries, EyeTracking, PupilTracking, SpatialSeries

from nwbgate.interfaces.visual_behavior.behavior.behavior_interface import BehaviorInterface, behavior_module
from nwbgate.interfaces.visual_behavior.columns import describe_column, unit_of, vectors
from nwbgate.interfaces.visual_behavior.texts import description

PLACE = "/acquisition/EyeTracking"
#: Series of centers in both files, by the short name that begins the columns of the session table.
ELLIPSES = {"eye": "eye_tracking", "cr": "corneal_reflection_tracking", "pupil": "pupil_tracking"}
#: What an ellipse has: the end of our name, and its dataset.
MEASURES = {
    "center": "data",
    "area": "area",
    "area_raw": "area_raw",
    "width": "width",
    "height": "height",
    "phi": "angle",
}


class EyeTrackingInterface(BehaviorInterface):
    """Eye tracking: ellipses in camera pixels, with angles in radians.

    Adds to ``processing/behavior`` the `EyeTracking` of three `SpatialSeries` of centers, the `PupilTracking` of the
    pupil's measures, the `BehavioralTimeSeries` ``eye_ellipses`` of those of eye and corneal reflection and of likely
    blinks, and the `DynamicTable` ``eye_tracking_rig_geometry``. All series share one set of timestamps, in seconds.
    """

    display_name = "Visual Behavior eye tracking"
    keywords = ("behavior", "eye tracking", "pupil")
    info = "Interface for the eye tracking of the Visual Behavior 2P release."
    table_name = "eye_tracking"

    def add_to_nwbfile(self, nwbfile: NWBFile, metadata: dict[str, Any] | None = None) -> None:
        """Add eye tracking and rig geometry to a file in memory, if present.

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
            add_rig_geometry(nwbfile, self._complete(metadata), self.source.table("eye_tracking_rig_geometry"))

    def _add_stream(self, nwbfile: NWBFile, metadata: Mapping[str, Any]) -> None:
        times = self.aligned(self.source.timestamps(f"{PLACE}/eye_tracking/timestamps"))
        add_eye_tracking(nwbfile, metadata, times, lambda column: self._values(column, len(times)))

    def _values(self, column: str, frames: int) -> np.ndarray[Any, Any]:
        """Return a column, or the centers of an ellipse, from the released file."""
        short, _, measure = column.partition("_")
        place = f"{ELLIPSES[short]}/{MEASURES[measure]}" if short in ELLIPSES else f"{column}/data"
        return self.source.numbers(f"{PLACE}/{place}", frames)[()]


def add_eye_tracking(
    nwbfile: NWBFile,
    metadata: Mapping[str, Any],
    times: np.ndarray[Any, np.dtype[np.float64]],
    values: Callable[[str], np.ndarray[Any, Any]],
) -> None:
    """Add ellipses and likely blinks to a file in memory.

    Parameters
    ----------
    nwbfile : NWBFile
        File to add to.
    metadata : mapping
        Complete metadata.
    times : numpy.ndarray, shape (frames,)
        In seconds of the session.
    values : callable
        What returns a column of ``eye_tracking`` of `session_tables.yaml`, shape (frames,), or by ``<part>_center``
        the centers of an ellipse, shape (frames, 2).
    """
    tracking, pupil, ellipses = EyeTracking(), PupilTracking(), BehavioralTimeSeries(name="eye_ellipses")
    for container in (tracking, pupil, ellipses):
        behavior_module(nwbfile).add(container)  # before their series: objects of a file share an ancestor
    clock: Any = times
    for short, name in ELLIPSES.items():
        center = SpatialSeries(
            name=name,
            description=description(metadata, name),
            data=values(f"{short}_center"),
            unit="pixels",
            reference_frame=description(metadata, "eye_camera_frame"),
            timestamps=clock,
        )
        tracking.add_spatial_series(center)
        clock = center if isinstance(clock, np.ndarray) else clock
        home = pupil if short == "pupil" else ellipses
        for measure in MEASURES:
            if measure != "center":
                home.add_timeseries(_series(f"{short}_{measure}", values, clock))
    ellipses.add_timeseries(_series("likely_blink", values, clock))


def add_rig_geometry(nwbfile: NWBFile, metadata: Mapping[str, Any], geometry: pd.DataFrame) -> None:
    """Add the place of camera, light and monitor to a file in memory.

    Parameters
    ----------
    nwbfile : NWBFile
        File to add to.
    metadata : mapping
        Complete metadata.
    geometry : DataFrame
        One row, columns as ``eye_tracking_rig_geometry`` of `session_tables.yaml`.
    """
    words, columns = description(metadata, "eye_tracking_rig_geometry"), vectors("eye_tracking_rig_geometry", geometry)
    behavior_module(nwbfile).add(DynamicTable(name="eye_tracking_rig_geometry", description=words, columns=columns))


def _series(column: str, values: Callable[[str], np.ndarray[Any, Any]], clock: TimeSeries) -> TimeSeries:
    return TimeSeries(
        name=column,
        description=describe_column("eye_tracking", column),
        data=values(column),
        unit=unit_of("eye_tracking", column),
        timestamps=clock,
    )
