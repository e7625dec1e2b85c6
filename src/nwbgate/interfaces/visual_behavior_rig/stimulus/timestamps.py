"""When each frame of the stimulus was sent to the monitor."""

from collections.abc import Mapping
from typing import Any

from pynwb import NWBFile

from nwbgate.interfaces.clock import FloatArray
from nwbgate.interfaces.visual_behavior.stimulus.timestamps import add_stimulus_timestamps
from nwbgate.interfaces.visual_behavior_rig.behavior.behavior_interface import BehaviorInterface


class StimulusTimestampsInterface(BehaviorInterface):
    """Times of the stimulus frames in seconds, without monitor delay.

    Adds the `TimeSeries` ``stimulus_timestamps`` to ``processing/behavior``; its data are the numbers of the frames.
    """

    display_name = "Visual Behavior rig stimulus timestamps"
    info = "Interface for the stimulus timestamps of a session of a Visual Behavior rig."

    def get_original_timestamps(self) -> FloatArray:
        """Return stimulus frame times in seconds on the session's clock, shape (frames,)."""
        return self.session.stimulus_clock.times

    def _add_stream(self, nwbfile: NWBFile, metadata: Mapping[str, Any]) -> None:
        add_stimulus_timestamps(nwbfile, metadata, self.aligned(self.get_original_timestamps()))
