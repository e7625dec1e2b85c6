"""Table of presentations: flashes, omissions, gray screens and the movie."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from nwbgate.algorithms.flashes import (
    OMITTED_SECONDS,
    drawn_flashes,
    flashes_since_change,
    is_change,
    omitted_flashes,
)
from nwbgate.interfaces.visual_behavior_rig.pickles.stimulus_pickle import StimulusPickle
from nwbgate.interfaces.visual_behavior_rig.tables.epilogue_table import block_names, with_blocks
from nwbgate.interfaces.visual_behavior_rig.tables.event_tables import refuse_frames_past_end

FloatArray = npt.NDArray[np.float64]

#: Image name of an omitted flash.
OMITTED = "omitted"


def presentations_table(
    pickle: StimulusPickle,
    times: FloatArray,
    trials: pd.DataFrame,
    *,
    image_order: Sequence[str] | None = None,
    novel_images: Sequence[str] | None = None,
) -> tuple[pd.DataFrame, list[str]]:
    """Return all presentations by onset, and the decisions about them.

    Parameters
    ----------
    pickle : StimulusPickle
        The session.
    times : numpy.ndarray, shape (frames,)
        Time at which each stimulus frame appeared on the monitor, in seconds: the monitor's delay included.
    trials : DataFrame
        What `trials_table` returned.
    image_order : sequence of str, optional
        Names of the images of the set, in its order; without them ``image_index`` is unknown.
    novel_images : sequence of str, optional
        Images that the mouse had not seen in an earlier session; without them ``is_image_novel`` is unknown.

    Returns
    -------
    table : DataFrame
        Columns as ``stimulus_presentations`` of `session_tables.yaml`.
    decisions : list of str

    Raises
    ------
    SourceError
        If frames of omissions or of the movie have no time, or an image is not one of its set.
    """
    flashes, decisions = task_flashes(pickle, times)
    flashes["image_index"] = _image_indices(pickle, flashes, image_order)
    flashes["is_image_novel"] = _novelty(flashes, novel_images)
    table, more = with_blocks(pickle, flashes, times)
    table["stimulus_block_name"] = block_names(table, passive="passive" in pickle.settings.session_type)
    table["is_sham_change"] = _is_sham_change(table, trials)
    table["trials_id"] = _trial_of(table["start_time"].to_numpy(np.float64), trials)
    table["active"] = _active(table, trials)
    return table, decisions + more


def task_flashes(pickle: StimulusPickle, times: FloatArray) -> tuple[pd.DataFrame, list[str]]:
    """Return the task's flashes by frame, and the decisions about them."""
    stimulus = pickle.stimulus
    start, end = drawn_flashes(stimulus.drawn, stimulus.set_frames, len(times))
    left_out = omitted_flashes(pickle.omitted_frames, start)
    refuse_frames_past_end(pickle, left_out, times, "omitted flashes")
    decisions = []
    if more := len(pickle.omitted_frames) - len(left_out):
        decisions.append(f"{more} logged omissions left out: logged twice, or at a flash that was drawn")
    first = start[0] if len(start) else np.iinfo(np.int64).max
    if leading := int((left_out < first).sum()):
        decisions.append(f"{leading} omitted flashes before the first flash left out")
        left_out = left_out[leading:]
    if len(end) and end[-1] >= len(times):
        decisions.append("the last flash lasts to the last frame; its end is that frame")
    end = np.minimum(end, len(times) - 1)
    drawn, omitted = _drawn_rows(pickle, times, start, end), _omitted_rows(times, left_out, start, end)
    table = pd.concat([drawn, omitted] if len(omitted) else [drawn], ignore_index=True)
    table = table.sort_values("start_frame", kind="stable", ignore_index=True)
    out = table["omitted"].to_numpy(bool)
    changes = is_change(table["image_name"].tolist(), out)
    counted = flashes_since_change(changes, out)
    about = {"image_set": stimulus.image_set or stimulus.name, "stimulus_name": stimulus.name}
    return table.assign(is_change=changes, flashes_since_change=counted, **about), decisions


def _drawn_rows(
    pickle: StimulusPickle, times: FloatArray, start: npt.NDArray[np.int64], end: npt.NDArray[np.int64]
) -> pd.DataFrame:
    stimulus = pickle.stimulus
    values = [stimulus.value_at(frame) for frame in start]
    rows: dict[str, Any] = {
        "start_frame": start,
        "end_frame": end,
        "start_time": times[start],
        "stop_time": times[end],
        "duration": times[end] - times[start],
        "omitted": np.zeros(len(start), dtype=bool),
    }
    if stimulus.kind == "images":
        return pd.DataFrame({**rows, "image_name": np.array(values, dtype=object)})
    degrees = np.array(values, dtype=np.float64)
    names = np.array([f"gratings_{value}" for value in degrees.tolist()], dtype=object)
    gratings = {"orientation": degrees, "phase": stimulus.phase, "spatial_frequency": stimulus.spatial_frequency}
    return pd.DataFrame({**rows, "image_name": names, **gratings})


def _omitted_rows(
    times: FloatArray,
    frames: npt.NDArray[np.int64],
    start: npt.NDArray[np.int64],
    end: npt.NDArray[np.int64],
) -> pd.DataFrame:
    """Return rows of omitted flashes, as long as a flash should be."""
    length = int(np.median(end - start)) if len(start) else 0
    return pd.DataFrame(
        {
            "start_frame": frames,
            "end_frame": frames + length,
            "start_time": times[frames],
            "stop_time": times[frames] + OMITTED_SECONDS,
            "duration": OMITTED_SECONDS,
            "omitted": np.ones(len(frames), dtype=bool),
            "image_name": np.full(len(frames), OMITTED, dtype=object),
        }
    )


def _image_indices(pickle: StimulusPickle, flashes: pd.DataFrame, order: Sequence[str] | None) -> Any:
    """Return each image's place in its set; omissions come after the last."""
    if pickle.stimulus.kind == "grating":
        # The order of AllenSDK, which has the orientations in a set: that of their hashes, 0 before 90.
        order = [f"gratings_{float(value)}" for value in set(pickle.stimulus.values)]
    if order is None:
        return pd.array([pd.NA] * len(flashes), dtype="Int64")
    places = {name: place for place, name in enumerate(order)} | {OMITTED: len(order)}
    unknown = sorted(set(flashes["image_name"]) - set(places))
    if unknown:
        raise pickle.unsound(
            "an image was shown that is not in the set of images",
            got=", ".join(unknown),
            expected=", ".join(order),
        )
    return pd.array([places[name] for name in flashes["image_name"]], dtype="Int64")


def _novelty(flashes: pd.DataFrame, novel: Sequence[str] | None) -> Any:
    if novel is None:
        return pd.array([pd.NA] * len(flashes), dtype="boolean")
    found = pd.array(flashes["image_name"].isin(list(novel)).to_numpy(bool), dtype="boolean")
    found[flashes["omitted"].to_numpy(bool)] = pd.NA
    return found


def _is_sham_change(table: pd.DataFrame, trials: pd.DataFrame) -> npt.NDArray[np.bool_]:
    shams = trials.loc[trials["catch"] & trials["change_frame"].notna(), "change_frame"]
    return (table["start_frame"].isin(shams.astype(np.int64)) & table["image_name"].notna()).to_numpy(bool)


def _trial_of(starts: FloatArray, trials: pd.DataFrame) -> Any:
    """Return the trial in which each presentation began; missing outside trials."""
    begin, stop = trials["start_time"].to_numpy(np.float64), trials["stop_time"].to_numpy(np.float64)
    number = np.searchsorted(begin, starts, side="left") - 1
    found = pd.array(number, dtype="Int64")
    found[(number < 0) | (starts >= (stop[-1] if len(stop) else -np.inf))] = pd.NA
    return found


def _active(table: pd.DataFrame, trials: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Return whether presentations are of a block in which images were shown during trials."""
    if not len(trials):
        return np.zeros(len(table), dtype=bool)
    first, last = float(trials["start_time"].iloc[0]), float(trials["stop_time"].iloc[-1])
    during = table["image_name"].notna() & (table["start_time"] > first) & (table["start_time"] < last)
    return table["stimulus_block"].isin(table.loc[during, "stimulus_block"]).to_numpy(bool)
