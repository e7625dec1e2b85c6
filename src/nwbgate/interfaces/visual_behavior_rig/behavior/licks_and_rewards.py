"""Times of licks and rewards, from the stimulus pickle."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from pynwb import NWBFile

from nwbgate.interfaces.visual_behavior.behavior.licks_and_rewards import EventsOption, add_events
from nwbgate.interfaces.visual_behavior_rig.behavior.behavior_interface import BehaviorInterface


class TimedEventsInterface(EventsOption, BehaviorInterface):
    """Events of one kind, with times in seconds."""

    #: Name of the table.
    table_name = ""

    def _add_stream(self, nwbfile: NWBFile, metadata: Mapping[str, Any]) -> None:
        table = self.table()
        if table is None or not len(table):
            return
        table = table.assign(timestamps=self.aligned(table["timestamps"].to_numpy(np.float64)))
        add_events(nwbfile, metadata, self.table_name, table, as_series=self.events == "series")


class LicksInterface(TimedEventsInterface):
    """Licks: time in seconds and stimulus frame of each.

    Adds the `EventsTable` ``licks``, or with ``events="series"`` a `TimeSeries` in ``processing/behavior``.
    """

    display_name = "Visual Behavior rig licks"
    info = "Interface for the licks of a session of a Visual Behavior rig."
    table_name = "licks"

    def table(self) -> pd.DataFrame:
        """Return the licks."""
        return self.session.licks


class RewardsInterface(TimedEventsInterface):
    """Rewards: time in seconds, volume in milliliters, and whether automatic.

    Adds the `EventsTable` ``rewards``, or with ``events="series"`` the `TimeSeries` ``reward_volume`` and
    ``auto_rewarded`` in ``processing/behavior``.
    """

    display_name = "Visual Behavior rig rewards"
    info = "Interface for the rewards of a session of a Visual Behavior rig."
    table_name = "rewards"

    def table(self) -> pd.DataFrame:
        """Return the rewards, ascending in time."""
        return self.session.rewards
