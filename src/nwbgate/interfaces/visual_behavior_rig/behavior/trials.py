"""The trials of the change detection task, by the stimulus pickle."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
from pynwb import NWBFile

from nwbgate.interfaces.visual_behavior.behavior.trials import add_trials
from nwbgate.interfaces.visual_behavior_rig.behavior.behavior_interface import BehaviorInterface


class TrialsInterface(BehaviorInterface):
    """Trials: times in seconds, what was shown, what the mouse did.

    Adds the `TimeIntervals` ``trials``.
    """

    display_name = "Visual Behavior rig trials"
    keywords = ("behavior", "trials", "change detection")
    info = "Interface for the trials of a session of a Visual Behavior rig."
    time_column = "start_time"

    def table(self) -> pd.DataFrame:
        """Return the trials."""
        return self.session.trials

    def _add_stream(self, nwbfile: NWBFile, metadata: Mapping[str, Any]) -> None:
        add_trials(nwbfile, metadata, self.table(), self.aligned)
