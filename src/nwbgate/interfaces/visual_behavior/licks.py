"""When the mouse licked."""

from collections.abc import Mapping
from typing import Any, Literal

from pynwb import NWBFile, TimeSeries
from pynwb.event import EventsTable

from nwbgate.interfaces.visual_behavior.behavior_interface import BehaviorInterface, behavior_module
from nwbgate.interfaces.visual_behavior.columns import timestamp, unit_of, vector
from nwbgate.interfaces.visual_behavior.texts import description


class LicksInterface(BehaviorInterface):
    """Licks: the time of each, in seconds, and the stimulus frame that it fell on.

    Adds the `EventsTable` ``licks``, or with ``events="series"`` a `TimeSeries` in ``processing/behavior``.
    """

    display_name = "Visual Behavior licks"
    info = "Interface for the licks of the Visual Behavior 2P release."
    table_name = "licks"

    def add_to_nwbfile(
        self,
        nwbfile: NWBFile,
        metadata: dict[str, Any] | None = None,
        *,
        events: Literal["table", "series"] = "table",
    ) -> None:
        """Add the licks to a file in memory; nothing where the session has none.

        Parameters
        ----------
        nwbfile : NWBFile
            File to add to.
        metadata : dict, optional
            Merged over `get_metadata`.
        events : {"table", "series"}
            Write an events table, or a series that readers of before NWB 2.10 see too.

        Raises
        ------
        SourceError
            If the licks are damaged, or their times go backwards.
        """
        self.events = events
        super().add_to_nwbfile(nwbfile, metadata)

    def _add_stream(self, nwbfile: NWBFile, metadata: Mapping[str, Any]) -> None:
        frame = self.source.table("licks")["frame"]
        times, words = self.aligned(self.get_original_timestamps()), description(metadata, "licks")
        if self.events == "table":
            columns = [timestamp("licks", times), vector("licks", "frame", frame)]
            nwbfile.add_events_table(EventsTable(name="licks", description=words, columns=columns))
        else:
            unit = unit_of("licks", "frame")
            series = TimeSeries(name="licks", description=words, data=frame.to_numpy(), unit=unit, timestamps=times)
            behavior_module(nwbfile).add(series)
