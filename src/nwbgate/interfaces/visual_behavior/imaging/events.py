"""Calcium events detected in the dF/F traces of a plane."""

from collections.abc import Mapping
from typing import Any

from pynwb import NWBFile
from pynwb.ophys import Fluorescence

from nwbgate.interfaces.plane_objects.modules import container_in
from nwbgate.interfaces.visual_behavior.imaging.fluorescence import add_released_responses
from nwbgate.interfaces.visual_behavior.imaging.plane_stream import OPHYS, PlaneStream

#: The series of events in a released file, and the container in the written one.
SOURCE, CONTAINER = f"{OPHYS}/event_detection", "DetectedEvents"


class EventsInterface(PlaneStream):
    """Event size per frame, shape (frames, cells).

    ``lambda`` and ``noise_std`` are columns of the table of cells.

    Cells in which no events were looked for are not among its regions.
    """

    display_name = "Visual Behavior events"
    info = "Interface for the detected events of an imaging plane of the Visual Behavior release."
    table_name = "events"

    def _add_stream(self, nwbfile: NWBFile, metadata: Mapping[str, Any]) -> None:
        """Add the events."""
        home = container_in(nwbfile, Fluorescence, CONTAINER)
        add_released_responses(nwbfile, metadata, self, home, path=SOURCE, unit="n.a.")
