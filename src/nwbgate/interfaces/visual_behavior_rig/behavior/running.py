"""Running speed, computed from the wheel's encoder."""

import warnings
from collections.abc import Mapping
from typing import Any

import pandas as pd
from pynwb import NWBFile

from nwbgate.errors import SourceWarning
from nwbgate.interfaces.visual_behavior.behavior.running import add_running
from nwbgate.interfaces.visual_behavior_rig.behavior.behavior_interface import BehaviorInterface

#: Column of the table of each series.
_COLUMNS = {
    "running_speed": "speed",
    "raw_running_speed": "raw_speed",
    "running_wheel_rotation": "dx",
    "v_sig": "v_sig",
    "v_in": "v_in",
}


class RunningInterface(BehaviorInterface):
    """Running: filtered and raw speed, wheel rotation, encoder voltages.

    Adds the `TimeSeries` ``running_speed``, ``raw_running_speed`` and ``running_wheel_rotation`` to
    ``processing/behavior``, ``v_sig`` and ``v_in`` to the acquisition, with one set of timestamps.
    """

    display_name = "Visual Behavior rig running"
    keywords = ("behavior", "running", "locomotion")
    info = "Interface for the running speed of a session of a Visual Behavior rig."

    def table(self) -> pd.DataFrame:
        """Return speeds and signals."""
        return self.session.running

    def _add_stream(self, nwbfile: NWBFile, metadata: Mapping[str, Any]) -> None:
        table = self.table()
        if not len(table):
            words = f"no running is written: the encoder recorded no voltages ({self.session.pickle_path})"
            warnings.warn(SourceWarning(words), stacklevel=3)
            return
        signals = {name: table[column].to_numpy() for name, column in _COLUMNS.items()}
        add_running(nwbfile, metadata, self.aligned(self.get_original_timestamps()), signals)
