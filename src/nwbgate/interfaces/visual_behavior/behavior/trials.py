"""Trials of the change detection task."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from hdmf.common import VectorData, VectorIndex
from pynwb import NWBFile
from pynwb.epoch import TimeIntervals

from nwbgate.errors import SourceError
from nwbgate.interfaces.clock import FloatArray
from nwbgate.interfaces.visual_behavior.behavior.behavior_interface import BehaviorInterface
from nwbgate.interfaces.visual_behavior.columns import describe_column, vectors
from nwbgate.interfaces.visual_behavior.texts import description
from nwbgate.reading.sessions.lick_times import with_lick_times

PLACE = "/intervals/trials"
#: Name under which lick times are stored, as `schemas/session_tables.yaml` says.
STORED = "lick_timestamps"
#: Columns that are times of the session, beside the lick times.
TIMES = ("start_time", "stop_time", "change_time", "response_time", "reward_time")


class TrialsInterface(BehaviorInterface):
    """Trials: times in seconds, stimuli and responses.

    Adds the `TimeIntervals` ``trials``. Lick times whose ragged index was lost are given back to their trials.
    """

    display_name = "Visual Behavior trials"
    keywords = ("behavior", "trials", "change detection")
    info = "Interface for the trials of the Visual Behavior 2P release."
    table_name = "trials"
    needed = True
    time_column = "start_time"

    def _add_stream(self, nwbfile: NWBFile, metadata: Mapping[str, Any]) -> None:
        self.get_original_timestamps()  # which refuses starts that go backwards
        add_trials(nwbfile, metadata, self.trials(), self.aligned)

    def trials(self) -> pd.DataFrame:
        """Return the trials with lick times per trial, corrected for their lost index.

        Raises
        ------
        SourceError
            If the table lacks columns, or its rows have no numbers.
        """
        frame = self.source.table("trials")
        self._refuse_without_ids(frame)
        if "lick_times_index" in self.source.names(PLACE):
            return frame
        return with_lick_times(frame)

    def _refuse_without_ids(self, frame: pd.DataFrame) -> None:
        if frame["trials_id"].isna().any():
            raise SourceError(
                "the trials lack ids",
                where=f"{self.source.path}:{PLACE}/id",
                got="no such path",
                expected="the number of each trial",
                fix="download the file again; if it is as released, leave this session out",
            )


def add_trials(
    nwbfile: NWBFile, metadata: Mapping[str, Any], trials: pd.DataFrame, aligned: Callable[[FloatArray], FloatArray]
) -> None:
    """Add trials to a file in memory.

    Parameters
    ----------
    nwbfile : NWBFile
        File to add to.
    metadata : mapping
        Complete metadata.
    trials : DataFrame
        Columns as ``trials`` of `session_tables.yaml`; ``lick_times`` holds arrays.
    aligned : callable
        What turns times of the table into times of the session, both in seconds.
    """
    licks = trials["lick_times"].tolist()
    frame = trials.assign(**{name: aligned(trials[name].to_numpy(np.float64)) for name in TIMES})
    columns = vectors("trials", frame, skip=("trials_id", "lick_times"))
    nwbfile.trials = TimeIntervals(
        name="trials",
        description=description(metadata, "trials"),
        id=frame["trials_id"].to_numpy(),
        columns=[*columns, *_ragged_column(aligned(np.concatenate([np.empty(0), *licks])), list(map(len, licks)))],
    )


def _ragged_column(flat: FloatArray, lengths: list[int]) -> list[VectorData]:
    # NWB Inspector crashes on a column without any value; this one belongs to no row.
    data = flat if len(flat) else np.full(1, np.nan)
    times = VectorData(name=STORED, description=describe_column("trials", "lick_times"), data=data)
    ends = np.cumsum(lengths, dtype=np.uint32)
    return [times, VectorIndex(name=f"{STORED}_index", target=times, data=ends)]
