"""Times of licks and rewards, as events tables or as series."""

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
import pandas as pd
from pynwb import NWBFile, TimeSeries
from pynwb.event import EventsTable

from nwbgate.errors import SourceError
from nwbgate.interfaces.described import DescribedInterface
from nwbgate.interfaces.visual_behavior.behavior.behavior_interface import BehaviorInterface, behavior_module
from nwbgate.interfaces.visual_behavior.columns import timestamp, unit_of, vector
from nwbgate.interfaces.visual_behavior.texts import description

#: Columns of each table of events beside the time, and the name of the series that each is where no table is written.
SERIES: dict[str, dict[str, str]] = {
    "licks": {"frame": "licks"},
    "rewards": {"volume": "reward_volume", "auto_rewarded": "auto_rewarded"},
}


class EventsOption(DescribedInterface):
    """The option to write events as a table or as series."""

    def add_to_nwbfile(
        self,
        nwbfile: NWBFile,
        metadata: dict[str, Any] | None = None,
        *,
        events: Literal["table", "series"] = "table",
    ) -> None:
        """Add the events to a file in memory, if present.

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
            If the source is damaged, or times go backwards.
        """
        self.events = events
        super().add_to_nwbfile(nwbfile, metadata)


class TimedEventsInterface(EventsOption, BehaviorInterface):
    """Events of one kind, with times in seconds."""

    def _add_stream(self, nwbfile: NWBFile, metadata: Mapping[str, Any]) -> None:
        times = self.aligned(self.get_original_timestamps())
        frame = self.source.table(self.table_name).assign(timestamps=times)
        add_events(nwbfile, metadata, self.table_name, frame, as_series=self.events == "series")


def add_events(
    nwbfile: NWBFile,
    metadata: Mapping[str, Any],
    name: str,
    events: pd.DataFrame,
    *,
    as_series: bool = False,
) -> None:
    """Add events to a file in memory, as an events table or as series.

    Parameters
    ----------
    nwbfile : NWBFile
        File to add to.
    metadata : mapping
        Complete metadata.
    name : str
        Session table that they are: ``licks`` or ``rewards``.
    events : DataFrame
        Columns as in `session_tables.yaml`; ``timestamps`` in seconds of the session.
    as_series : bool
        Whether each column is a series of its own, which readers of before NWB 2.10 see too.
    """
    times: Any = events["timestamps"].to_numpy(np.float64)
    if not as_series:
        others = [vector(name, column, events[column]) for column in SERIES[name]]
        words = description(metadata, name)
        nwbfile.add_events_table(EventsTable(name=name, description=words, columns=[timestamp(name, times), *others]))
        return
    for column, own_name in SERIES[name].items():
        series = TimeSeries(
            name=own_name,
            description=description(metadata, own_name),
            data=events[column].to_numpy(),
            unit=unit_of(name, column),
            timestamps=times,
        )
        behavior_module(nwbfile).add(series)
        times = series  # a link: all were taken together


class LicksInterface(TimedEventsInterface):
    """Licks: time in seconds and stimulus frame of each.

    Adds the `EventsTable` ``licks``, or with ``events="series"`` a `TimeSeries` in ``processing/behavior``.
    """

    display_name = "Visual Behavior licks"
    info = "Interface for the licks of the Visual Behavior 2P release."
    table_name = "licks"


class RewardsInterface(TimedEventsInterface):
    """Rewards: time in seconds, volume in milliliters, and whether automatic.

    Adds the `EventsTable` ``rewards``, or with ``events="series"`` the `TimeSeries` ``reward_volume`` and
    ``auto_rewarded`` in ``processing/behavior``.
    """

    display_name = "Visual Behavior rewards"
    info = "Interface for the rewards of the Visual Behavior 2P release."
    table_name = "rewards"

    def _add_stream(self, nwbfile: NWBFile, metadata: Mapping[str, Any]) -> None:
        self._refuse_other_times()
        super()._add_stream(nwbfile, metadata)

    def _refuse_other_times(self) -> None:
        """Reject differing copies of the times, because one would be lost."""
        first, second = (f"/processing/rewards/{name}/timestamps" for name in ("volume", "autorewarded"))
        if not np.array_equal(self.source.timestamps(first), self.source.timestamps(second)):
            raise SourceError(
                "volumes and kinds of the rewards have different timestamps",
                where=f"{self.source.path}:{second}",
                got=f"values other than {first}",
                expected="one set of timestamps for both",
                fix="download the file again; if it is as released, leave this session out",
            )
