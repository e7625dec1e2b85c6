"""Stimulus presentations with their times, from the stimulus pickle."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
from pynwb import NWBFile

from nwbgate.interfaces.visual_behavior.stimulus.presentations import add_presentations
from nwbgate.interfaces.visual_behavior_rig.behavior.behavior_interface import BehaviorInterface


class StimulusPresentationsInterface(BehaviorInterface):
    """Presentations of all stimuli by time, monitor delay included.

    Adds the `TimeIntervals` ``stimulus_presentations``.
    """

    display_name = "Visual Behavior rig stimulus presentations"
    keywords = ("stimulus", "visual stimulation")
    info = "Interface for the stimulus presentations of a session of a Visual Behavior rig."
    time_column = "start_time"

    def table(self) -> pd.DataFrame:
        """Return the presentations."""
        return self.session.stimulus_presentations

    def _add_stream(self, nwbfile: NWBFile, metadata: Mapping[str, Any]) -> None:
        add_presentations(nwbfile, metadata, self.table(), self.aligned)
