"""Rules about derived columns: index, counts, trial, block."""

from typing import TYPE_CHECKING, Any

import numpy as np

from nwbgate.rules.rule import Rule, check
from nwbgate.rules.sessions.offsets import ROUNDING
from nwbgate.rules.sessions.rows import (
    OMITTED,
    Mask,
    as_column,
    numbers,
    offending,
    omissions,
    plain_names,
    surely,
    surely_not,
    task_rows,
)

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows


@check(
    scope="session",
    column="image_index",
    needs=[
        "stimulus_presentations.image_has_template",
        "stimulus_presentations.omission_is_named_omitted",
        "stimulus_presentations.is_change_follows_images",
        "trials.change_image_is_shown",
    ],
)
def index_is_of_the_image(stimulus_presentations: "pd.DataFrame", stimulus_templates: "pd.DataFrame") -> "Rows":
    """image_index is the place of the image among the templates; an omission has the number of templates.

    Why: analyses select images by either; where they differ, responses are given to another image.

    Example: im065 has image_index 3, and is the first of the templates.

    Fix: recompute image_index from image_name and the order of the templates.
    """
    names = plain_names(stimulus_templates["image_name"].dropna()).tolist()
    place = {name: number for number, name in reversed([*enumerate(names)])} | {OMITTED: len(names)}
    meant = plain_names(stimulus_presentations["image_name"]).map(place).astype(float)
    told = numbers(stimulus_presentations["image_index"])
    wrong = ~np.isnan(told) & ~np.isnan(numbers(meant)) & (told != numbers(meant))
    return offending(
        stimulus_presentations,
        wrong,
        "{image_index} for {image_name} at {start_time:.3f} s",
        lambda: as_column(stimulus_presentations, [f"{value:.0f}" for value in meant]),
    )


@check(
    scope="session",
    column="image_set",
    needs=["stimulus_presentations.is_change_follows_images", "stimulus_presentations.blocks_follow_each_other"],
)
def images_are_of_one_set(stimulus_presentations: "pd.DataFrame") -> "Rows":
    """All images of the task are of one image set.

    Why: a session shows one set; an image of another is of another session.

    Example: one of 4,800 flashes is of images_B, all others of images_A.

    Fix: correct image_set.
    """
    task = task_rows(stimulus_presentations) & ~omissions(stimulus_presentations)
    sets = stimulus_presentations["image_set"]
    told = sets[task & sets.notna().to_numpy()]
    if told.empty:
        return None
    usual = told.mode().iloc[0]
    wrong = task & sets.notna().to_numpy() & (sets != usual).to_numpy(dtype=bool)
    return offending(stimulus_presentations, wrong, "{image_set} at {start_time:.3f} s", str(usual))


@check(
    scope="session",
    column="flashes_since_change",
    needs=[
        "stimulus_presentations.is_change_follows_images",
        "stimulus_presentations.overlap_only_at_last_omission",
        "stimulus_presentations.cadence_is_of_the_task",
    ],
)
def flashes_since_change_count(stimulus_presentations: "pd.DataFrame") -> "Rows":
    """flashes_since_change is 0 at a change, one more at each flash, and stays at an omission.

    Why: adaptation and expectation are measured by this count; a step that is missing is a flash that was lost.

    Example: 4 follows 2, with no flash between them.

    Fix: count again from is_change and omitted; restore a flash that is missing.
    """
    task = np.flatnonzero(task_rows(stimulus_presentations))
    told = numbers(stimulus_presentations["flashes_since_change"])
    before, here = task[:-1], task[1:]
    omitted, change = omissions(stimulus_presentations)[here], surely(stimulus_presentations["is_change"])[here]
    meant = np.where(change, 0.0, told[before] + np.where(omitted, 0, 1))
    meant[stimulus_presentations["is_change"].isna().to_numpy()[here] & ~omitted] = np.nan
    expected = np.full(len(told), np.nan)
    expected[here] = np.where(np.diff(task) == 1, meant, np.nan)
    wrong = ~np.isnan(told) & ~np.isnan(expected) & (told != expected)
    return offending(
        stimulus_presentations,
        wrong,
        "{flashes_since_change} at {start_time:.3f} s",
        lambda: as_column(stimulus_presentations, [f"{value:.0f}" for value in expected]),
    )


@check(
    scope="session",
    column="trials_id",
    needs=[
        "stimulus_presentations.start_is_at_its_frame",
        "trials.trial_bounds_are_at_frames",
        "trials.trial_once",
        "stimulus_presentations.change_is_of_a_trial",
        "stimulus_presentations.overlap_only_at_last_omission",
    ],
)
def trial_is_at_the_time(stimulus_presentations: "pd.DataFrame", trials: "pd.DataFrame") -> "Rows":
    """trials_id of a flash is that of the trial that began last before it.

    Why: flashes are grouped by trial; a flash of another trial has another change and another outcome.

    Example: a flash at 342.3 s is of trial 5, which begins at 346.1 s.

    Fix: recompute trials_id from the start times of the trials.
    """
    task, start = task_rows(stimulus_presentations), numbers(stimulus_presentations["start_time"])
    row = np.searchsorted(numbers(trials["start_time"]), start + ROUNDING, side="right") - 1
    if trials.empty:
        return None
    ids, told = numbers(trials["trials_id"])[row.clip(0)], numbers(stimulus_presentations["trials_id"])
    certain = (row >= 0) & (start < numbers(trials["stop_time"])[-1] - 0.1)
    other = ~np.isnan(told) & ((row < 0) | (told != ids))
    missing = np.isnan(told) & certain & (not np.isnan(told).all())
    words = [f"{value:.0f}" if number >= 0 else "none" for value, number in zip(ids, row, strict=True)]
    return offending(
        stimulus_presentations,
        task & (other | missing),
        "{trials_id} at {start_time:.3f} s",
        lambda: as_column(stimulus_presentations, words),
    )


@check(scope="session", column="active", needs=["stimulus_presentations.blocks_follow_each_other"])
def active_is_in_the_task(stimulus_presentations: "pd.DataFrame") -> "Rows":
    """Active is true in the blocks of the task and nowhere else.

    Why: it tells flashes of the task from gray screens and movies.

    Example: a frame of the movie is active.

    Fix: set active where stimulus_block_name begins with change_detection.
    """
    task = task_rows(stimulus_presentations)
    flag = stimulus_presentations["active"]
    wrong = np.where(task, surely_not(flag), surely(flag))
    return offending(
        stimulus_presentations,
        wrong,
        "{active} in {stimulus_block_name} at {start_time:.3f} s",
        lambda: as_column(stimulus_presentations, task),
    )


@check(scope="session", column="stimulus_block", needs=["stimulus_presentations.overlap_only_at_last_omission"])
def blocks_follow_each_other(stimulus_presentations: "pd.DataFrame") -> "Rows":
    """stimulus_block counts runs of one stimulus from 0, and each has one name.

    Why: a block is a run of presentations of one stimulus; readers cut the session by it.

    Example: one flash of block 1 is said to be of block 2.

    Fix: number the runs of stimulus_name from 0 in their order.
    """
    frame = stimulus_presentations
    block, omitted = numbers(frame["stimulus_block"]), omissions(frame)
    step = np.diff(block, prepend=0 if len(block) and block[0] != 0 else block[:1])
    names = frame[["stimulus_block_name", "stimulus_name"]].fillna("").astype(str)
    same = (names == names.shift()).all(axis=1).to_numpy()
    swapped = omitted | np.append(omitted[1:], False) | np.concatenate([[False], omitted[:-1]])
    wrong = ((step < 0) | (step > 1) | ((step == 1) & same)) & ~swapped
    wrong[:1] |= block[:1] != 0
    for column in ("stimulus_block_name", "stimulus_name"):
        usual = frame.groupby("stimulus_block")[column].transform(_most_frequent).reindex(frame.index)
        wrong |= frame[column].notna().to_numpy() & (frame[column] != usual).to_numpy(dtype=bool)
    got = "block {stimulus_block}, {stimulus_block_name}, {stimulus_name} at {start_time:.3f} s"
    return offending(frame, wrong, got, "the block, name and stimulus of its neighbours")


def _most_frequent(values: "pd.Series[Any]") -> object:
    known = values.dropna()
    return known.value_counts().index[0] if len(known) else None


@check(
    scope="session",
    column="is_change",
    needs=[
        "trials.change_is_marked",
        "stimulus_presentations.is_change_follows_images",
        "trials.change_is_at_its_frame",
    ],
)
def change_is_of_a_trial(stimulus_presentations: "pd.DataFrame", trials: "pd.DataFrame") -> "Rows":
    """Every change, true or sham, is the change of a trial: of a go or auto-rewarded one, or of a catch trial.

    Why: trials make the changes; a change without a trial is spurious, or its trial was lost.

    Example: a flash at 342.3 s is a sham change, and no catch trial has its change there.

    Fix: restore the trial, or correct is_change or is_sham_change.
    """
    frame, change = stimulus_presentations, numbers(trials["change_time"])
    kinds = {
        "is_change": surely(trials["go"]) | surely(trials["auto_rewarded"]),
        "is_sham_change": surely(trials["catch"]),
    }
    start, wrong = numbers(frame["start_time"]), np.zeros(len(frame), dtype=bool)
    for column, kind in kinds.items():
        known = np.sort(change[kind & ~np.isnan(change)])
        wrong |= surely(frame[column]) & task_rows(frame) & ~_among(start, known)
    words = np.where(surely(frame["is_change"]), "a change", "a sham change")
    got = [f"{word} at {at:.3f} s" for word, at in zip(words, start, strict=True)]
    return offending(frame, wrong, lambda: as_column(frame, got), "a trial with its change then")


def _among(times: "np.ndarray[Any, Any]", known: "np.ndarray[Any, Any]") -> Mask:
    """Return which times are among sorted known ones."""
    if not len(known):
        return np.zeros(len(times), dtype=bool)
    place = np.searchsorted(known, times).clip(0, len(known) - 1)
    near = np.minimum(np.abs(known[place] - times), np.abs(known[(place - 1).clip(0)] - times))
    return np.asarray(near < ROUNDING)


RULES: tuple[Rule, ...] = (
    active_is_in_the_task,
    blocks_follow_each_other,
    images_are_of_one_set,
    index_is_of_the_image,
    flashes_since_change_count,
    trial_is_at_the_time,
    change_is_of_a_trial,
)
