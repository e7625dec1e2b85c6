"""Cells of a plane: masks, neuropil correction and event detection parameters."""

from collections.abc import Mapping
from typing import Any

from pynwb import NWBFile

from nwbgate.interfaces.visual_behavior_rig.imaging.plane_interface import PlaneInterface


class CellsInterface(PlaneInterface):
    """Table of cells: identifiers, masks, extent, neuropil fit and event parameters."""

    display_name = "Visual Behavior rig cells"
    info = "Interface for the cells of an imaging plane of a Visual Behavior rig."
    file_facts = ("neuropil_corrected_file", "events_file", "dff_file")

    def _add_stream(self, nwbfile: NWBFile, metadata: Mapping[str, Any]) -> None:
        """Add the table, with its plane."""
        self.cell_table(nwbfile, metadata)
