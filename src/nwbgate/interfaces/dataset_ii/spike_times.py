"""Spike times of a recording, as one unit."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from pynwb import NWBFile
from pynwb.misc import Units

from nwbgate.errors import UsageError
from nwbgate.interfaces.clock import FloatArray
from nwbgate.interfaces.dataset_ii.containers import electrode_group, electrode_index, entry
from nwbgate.interfaces.dataset_ii.metadata import shift_of
from nwbgate.interfaces.dataset_ii.recording_interface import RecordingInterface

UNIT = "cell_attached_unit"


class SpikeTimesInterface(RecordingInterface):
    """Detected spikes: ``sptimes`` in seconds, with the threshold in volts.

    Spike times live on the clock of the voltage that they were found in. In a `DatasetIIConverter` both interfaces
    share that clock, so aligning one aligns the other; elsewhere call `follow`.
    """

    display_name = "Dataset II spike times"
    keywords = ("extracellular electrophysiology", "cell-attached", "spike times")
    info = "Interface for the spike times of Dataset II recordings (cell-attached electrophysiology)."

    def follow(self, voltage: RecordingInterface) -> None:
        """Put the spikes on the voltage's clock."""
        self.clock = voltage.clock

    def get_original_timestamps(self) -> FloatArray:
        """Return the spike times of the source, in seconds, shape (spikes,)."""
        return self.source.spike_times.copy()

    def _add_stream(self, nwbfile: NWBFile, metadata: Mapping[str, Any]) -> None:
        if nwbfile.units is not None:
            raise UsageError(
                "the file already has units of another source",
                got=f"{len(nwbfile.units)} units",
                expected="no units: those of Dataset II need a separate table",
                fix="add the spike times of Dataset II before the other units, or to a separate file",
                where="/units",
            )
        words = entry(metadata, "Ecephys.Units", UNIT)
        row = electrode_index(nwbfile, metadata)
        # The description of a table that add_unit makes cannot be changed any more.
        nwbfile.units = Units(
            name="units", description=words["description"], resolution=float(self.source.ephys_period)
        )
        nwbfile.add_unit_column("spike_detection_threshold", self._threshold_description(words))
        shift = shift_of(metadata, "ephys")
        nwbfile.add_unit(
            spike_times=self.get_timestamps() + shift,
            obs_intervals=self.clock.times(self._observed_interval()).reshape(1, 2) + shift,
            electrodes=[row],
            electrode_group=electrode_group(nwbfile, metadata),
            spike_detection_threshold=self.source.threshold,
        )

    def _observed_interval(self) -> FloatArray:
        """Return start and end of the voltage, with one sample for indices from 1."""
        return np.array([0.0, max(self.source.ephys_seconds, self.source.last_spike)])

    def _threshold_description(self, words: Mapping[str, str]) -> str:
        return f"{words['spike_detection_threshold']} Variable {self.source.threshold_key} of the source."
