"""Fluorescence of a plane's cells, from the pipeline's trace files."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from pynwb import NWBFile
from pynwb.ophys import DfOverF, Fluorescence

from nwbgate.interfaces.plane_objects.modules import container_in
from nwbgate.interfaces.plane_objects.series import add_responses
from nwbgate.interfaces.visual_behavior.texts import description
from nwbgate.interfaces.visual_behavior_rig.imaging.plane_interface import PlaneInterface


@dataclass(frozen=True)
class _Kind:
    """A kind of traces: container, name, unit, and number type (None: as stored)."""

    container: type[DfOverF] | type[Fluorescence]
    name: str
    unit: str
    dtype: type[np.float64] | None = None


#: dF/F first: it holds the timestamps, to which the others link.
TRACES = {
    "dff": _Kind(DfOverF, "DfOverF", "n.a.", np.float64),
    "corrected": _Kind(Fluorescence, "CorrectedFluorescence", "a.u."),
    "demixed": _Kind(Fluorescence, "DemixedFluorescence", "a.u."),
    "neuropil": _Kind(Fluorescence, "NeuropilFluorescence", "a.u."),
}


class FluorescenceInterface(PlaneInterface):
    """dF/F (float64), corrected, demixed and neuropil fluorescence (as stored), each of shape (frames, cells)."""

    display_name = "Visual Behavior rig fluorescence"
    info = "Interface for the fluorescence of an imaging plane of a Visual Behavior rig."
    file_facts = ("dff_file", "neuropil_corrected_file", "demix_file", "neuropil_file")

    def _add_stream(self, nwbfile: NWBFile, metadata: Mapping[str, Any]) -> None:
        """Add each kind of traces that the facts name a file of."""
        ids = self.plane.cell_ids
        for name, kind in TRACES.items():
            if not self.plane.has(name):
                continue
            traces = self.plane.trace_file(name).traces(ids, kind.dtype)
            add_responses(
                nwbfile,
                container_in(nwbfile, kind.container, kind.name),
                self.cells(nwbfile, metadata, ids),
                traces.iterator(),
                self.frame_times(),
                unit=kind.unit,
                description=description(metadata, kind.name),
            )
