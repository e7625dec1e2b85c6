"""Calcium events of a plane, from the event file of the imaging pipeline."""

from collections.abc import Mapping
from typing import Any

from pynwb import NWBFile
from pynwb.ophys import Fluorescence

from nwbgate.interfaces.plane_objects.modules import container_in
from nwbgate.interfaces.plane_objects.series import add_responses
from nwbgate.interfaces.visual_behavior.texts import description
from nwbgate.interfaces.visual_behavior_rig.imaging.plane_interface import PlaneInterface

CONTAINER = "DetectedEvents"


class EventsInterface(PlaneInterface):
    """Size of the event in each frame, shape (frames, cells), as stored.

    lambda and noise_std are columns of the table of cells. Cells that the file lacks are not among its regions.
    Readers compute filtered events from these (`nwbgate.open`).
    """

    display_name = "Visual Behavior rig events"
    info = "Interface for the detected events of an imaging plane of a Visual Behavior rig."
    file_facts = ("events_file", "dff_file")

    def _add_stream(self, nwbfile: NWBFile, metadata: Mapping[str, Any]) -> None:
        """Add the events."""
        file = self.plane.trace_file("events")
        there = set(file.roi_ids.tolist())
        ids = [name for name in self.plane.cell_ids if name in there]
        add_responses(
            nwbfile,
            container_in(nwbfile, Fluorescence, CONTAINER),
            self.cells(nwbfile, metadata, ids),
            file.traces(ids).iterator(),
            self.frame_times(),
            unit="n.a.",
            description=description(metadata, CONTAINER),
        )
