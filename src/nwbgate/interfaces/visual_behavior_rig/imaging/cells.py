"""Cells of a plane: its regions of interest with masks, and values of neuropil correction and event detection."""

from collections.abc import Mapping
from typing import Any

from pynwb import NWBFile

from nwbgate.interfaces.visual_behavior_rig.imaging.plane_interface import PlaneInterface


class CellsInterface(PlaneInterface):
    """The table of cells: identifiers, masks, extent, r and RMSE of the neuropil fit, lambda and noise of events."""

    display_name = "Visual Behavior rig cells"
    info = "Interface for the cells of an imaging plane of a Visual Behavior rig."
    file_facts = ("neuropil_corrected_file", "events_file", "dff_file")

    def _add_stream(self, nwbfile: NWBFile, metadata: Mapping[str, Any]) -> None:
        """Add the table, with its plane."""
        self.cell_table(nwbfile, metadata)
