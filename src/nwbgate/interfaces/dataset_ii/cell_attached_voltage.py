"""The cell-attached voltage of a recording, as recorded and without its baseline."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from neuroconv.tools.nwb_helpers import get_module
from pynwb import NWBFile
from pynwb.core import DynamicTableRegion
from pynwb.ecephys import ElectricalSeries, FilteredEphys

from nwbgate.interfaces.clock import FloatArray, timing
from nwbgate.interfaces.dataset_ii.containers import electrode_index, entry
from nwbgate.interfaces.dataset_ii.metadata import shift_of
from nwbgate.interfaces.dataset_ii.recording_interface import RecordingInterface
from nwbgate.interfaces.dataset_ii.trace import Trace

#: Name and description of the processing module, as NeuroConv gives them.
MODULE = {"name": "ecephys", "description": "Processed extracellular electrophysiology data."}


class CellAttachedVoltageInterface(RecordingInterface):
    """Cell-attached membrane voltage: ``ephys_raw`` and ``ephys_baseline_subtracted``, in volts.

    Adds two `ElectricalSeries` of the one electrode of the pipette, the first to the acquisition, the second to
    ``processing/ecephys/FilteredEphys``.
    """

    display_name = "Dataset II cell-attached voltage"
    keywords = ("extracellular electrophysiology", "cell-attached", "voltage")
    info = (
        "Interface for the voltage of Dataset II recordings (cell-attached electrophysiology with two-photon imaging)."
    )

    def get_original_timestamps(self) -> FloatArray:
        """Return the sample times of the source, in seconds, shape (samples,)."""
        return np.arange(self.source.samples, dtype=np.float64) * self.source.ephys_period

    def _add_stream(self, nwbfile: NWBFile, metadata: Mapping[str, Any]) -> None:
        for trace in (self.source.ephys_raw, self.source.ephys_baseline_subtracted):
            trace.refuse_not_finite(self.source.ephys_period)
        shift = shift_of(metadata, "ephys")
        times = timing(self.clock, self.source.samples, self.source.ephys_period, shift)
        electrode = electrode_index(nwbfile, metadata)
        common = {"electrodes": _region(nwbfile, electrode), "conversion": 1.0, **times}
        raw = _series(metadata, "raw", self.source.ephys_raw, common)
        nwbfile.add_acquisition(raw)
        common["electrodes"] = _region(nwbfile, electrode)
        if "timestamps" in times:
            common["timestamps"] = raw  # a link: the samples of both series were taken together
        filtered = FilteredEphys()
        get_module(nwbfile, **MODULE).add(filtered)  # before its series: objects of a file share an ancestor
        filtered.add_electrical_series(
            _series(metadata, "baseline_subtracted", self.source.ephys_baseline_subtracted, common)
        )


def _series(metadata: Mapping[str, Any], key: str, trace: Trace, common: Mapping[str, Any]) -> ElectricalSeries:
    return ElectricalSeries(data=trace.iterator(), **entry(metadata, "Ecephys.ElectricalSeries", key), **common)


def _region(nwbfile: NWBFile, electrode: int) -> DynamicTableRegion:
    return nwbfile.create_electrode_table_region(region=[electrode], description="The cell-attached pipette.")
