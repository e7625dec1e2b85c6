"""Stimulus presentations with their times."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from pynwb import NWBFile
from pynwb.epoch import TimeIntervals

from nwbgate.interfaces.clock import FloatArray
from nwbgate.interfaces.visual_behavior.behavior.behavior_interface import BehaviorInterface
from nwbgate.interfaces.visual_behavior.columns import vectors
from nwbgate.interfaces.visual_behavior.texts import description

#: Truth values that the release stores as 0, 1 and NaN, and the rows of which they say nothing.
ABOUT_FLASHES = ("is_change", "omitted", "is_sham_change")
ABOUT_IMAGES = ("is_image_novel",)
#: What the image name of an omitted flash is.
OMITTED = "omitted"


class StimulusPresentationsInterface(BehaviorInterface):
    """Presentations of all stimuli in temporal order, in seconds, monitor delay included.

    Adds the one `TimeIntervals` ``stimulus_presentations``, from as many tables as the session has stimuli.
    """

    display_name = "Visual Behavior stimulus presentations"
    keywords = ("stimulus", "visual stimulation")
    info = "Interface for the stimulus presentations of the Visual Behavior 2P release."
    table_name = "stimulus_presentations"
    needed = True
    time_column = "start_time"

    def _add_stream(self, nwbfile: NWBFile, metadata: Mapping[str, Any]) -> None:
        self.get_original_timestamps()  # which refuses starts that are not numbers
        add_presentations(nwbfile, metadata, self.source.table("stimulus_presentations"), self.aligned)


def add_presentations(
    nwbfile: NWBFile,
    metadata: Mapping[str, Any],
    presentations: pd.DataFrame,
    aligned: Callable[[FloatArray], FloatArray],
) -> None:
    """Add presentations to a file in memory.

    Parameters
    ----------
    nwbfile : NWBFile
        File to add to.
    metadata : mapping
        Complete metadata.
    presentations : DataFrame
        Columns as ``stimulus_presentations`` of `session_tables.yaml`.
    aligned : callable
        What turns times of the table into times of the session, both in seconds.
    """
    frame = with_truth_values(presentations)
    times = {name: aligned(frame[name].to_numpy(np.float64)) for name in ("start_time", "stop_time")}
    table = TimeIntervals(
        name="stimulus_presentations",
        description=description(metadata, "stimulus_presentations"),
        columns=vectors("stimulus_presentations", frame.assign(**times)),
    )
    nwbfile.add_time_intervals(table)


def with_truth_values(frame: pd.DataFrame) -> pd.DataFrame:
    """Return presentations with truth values as booleans where nothing is lost.

    Gray screens and movies are no flashes: nothing changed in them, and nothing was left out. Neither they nor an
    omitted flash show an image, and so none that is novel. NaN of such a row is false; if a flash has NaN too, the
    column stays 0, 1 and NaN.
    """
    flash = frame["image_name"].notna()
    image = flash & (frame["image_name"] != OMITTED)
    corrected = {}
    for names, about in ((ABOUT_FLASHES, flash), (ABOUT_IMAGES, image)):
        for name in names:
            unknown = frame[name].isna()
            if unknown.any() and not unknown.all() and not (unknown & about).any():
                corrected[name] = frame[name].astype("boolean").fillna(False).astype(bool)
    return frame.assign(**corrected)
