"""Times of the stimulus frames."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from pynwb import NWBFile, TimeSeries

from nwbgate.errors import SourceError
from nwbgate.interfaces.visual_behavior.behavior.behavior_interface import BehaviorInterface, behavior_module
from nwbgate.interfaces.visual_behavior.texts import description

#: Place in the released file; its data repeat its timestamps.
PLACE = "/processing/stimulus/timestamps"


class StimulusTimestampsInterface(BehaviorInterface):
    """Times of the stimulus frames, in seconds, without monitor delay.

    Adds the `TimeSeries` ``stimulus_timestamps`` to ``processing/behavior``; its data are the numbers of the frames.
    """

    display_name = "Visual Behavior stimulus timestamps"
    info = "Interface for the stimulus timestamps of the Visual Behavior 2P release."
    table_name = "stimulus_timestamps"
    needed = True

    def _add_stream(self, nwbfile: NWBFile, metadata: Mapping[str, Any]) -> None:
        times = self.source.timestamps(f"{PLACE}/timestamps")
        self._refuse_other_data(times)
        add_stimulus_timestamps(nwbfile, metadata, self.aligned(times))

    def _refuse_other_data(self, times: np.ndarray[Any, np.dtype[np.float64]]) -> None:
        """Reject data that differ from the timestamps and would be lost."""
        data = self.source.numbers(f"{PLACE}/data")[()]
        if np.array_equal(data, times):
            return
        differ = "a different number" if data.shape != times.shape else f"{int((data != times).sum())} that differ"
        raise SourceError(
            "the two copies of the stimulus timestamps differ",
            where=f"{self.source.path}:{PLACE}",
            got=f"{differ}, of {len(times)}",
            expected="data equal to timestamps",
            fix="download the file again",
        )


def add_stimulus_timestamps(
    nwbfile: NWBFile, metadata: Mapping[str, Any], times: np.ndarray[Any, np.dtype[np.float64]]
) -> None:
    """Add the times of the stimulus frames to a file in memory.

    Parameters
    ----------
    nwbfile : NWBFile
        File to add to.
    metadata : mapping
        Complete metadata.
    times : numpy.ndarray, shape (frames,)
        In seconds of the session.
    """
    series = TimeSeries(
        name="stimulus_timestamps",
        description=description(metadata, "stimulus_timestamps"),
        data=np.arange(len(times)),
        unit="n.a.",
        timestamps=times,
        continuity="continuous",
    )
    behavior_module(nwbfile).add(series)
