"""When the mouse was given water, and how much."""

from collections.abc import Mapping
from typing import Any, Literal

from pynwb import NWBFile, TimeSeries
from pynwb.event import EventsTable

from nwbgate.interfaces.visual_behavior.behavior_interface import BehaviorInterface, behavior_module
from nwbgate.interfaces.visual_behavior.columns import timestamp, unit_of, vector
from nwbgate.interfaces.visual_behavior.texts import description

#: Name of the series of each column, where rewards are not written as a table.
SERIES = {"volume": "reward_volume", "auto_rewarded": "auto_rewarded"}


class RewardsInterface(BehaviorInterface):
    """Rewards: the time of each, in seconds, its volume in milliliters, and whether it was given without a lick.

    Adds the `EventsTable` ``rewards``, or with ``events="series"`` the `TimeSeries` ``reward_volume`` and
    ``auto_rewarded`` in ``processing/behavior``.
    """

    display_name = "Visual Behavior rewards"
    info = "Interface for the rewards of the Visual Behavior 2P release."
    table_name = "rewards"

    def add_to_nwbfile(
        self,
        nwbfile: NWBFile,
        metadata: dict[str, Any] | None = None,
        *,
        events: Literal["table", "series"] = "table",
    ) -> None:
        """Add the rewards to a file in memory; nothing where the session has none.

        Parameters
        ----------
        nwbfile : NWBFile
            File to add to.
        metadata : dict, optional
            Merged over `get_metadata`.
        events : {"table", "series"}
            Write an events table, or series that readers of before NWB 2.10 see too.

        Raises
        ------
        SourceError
            If the rewards are damaged, or their times go backwards.
        """
        self.events = events
        super().add_to_nwbfile(nwbfile, metadata)

    def _add_stream(self, nwbfile: NWBFile, metadata: Mapping[str, Any]) -> None:
        frame = self.source.table("rewards")
        times: Any = self.aligned(self.get_original_timestamps())
        if self.events == "table":
            columns = [timestamp("rewards", times), *(vector("rewards", name, frame[name]) for name in SERIES)]
            words = description(metadata, "rewards")
            nwbfile.add_events_table(EventsTable(name="rewards", description=words, columns=columns))
            return
        for column, name in SERIES.items():
            series = TimeSeries(
                name=name,
                description=description(metadata, name),
                data=frame[column].to_numpy(),
                unit=unit_of("rewards", column),
                timestamps=times,
            )
            behavior_module(nwbfile).add(series)
            times = series  # a link: both were taken together
