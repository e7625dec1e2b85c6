"""Rules about columns of presentations that follow from others: index, counts, trial, block, movie, cadence."""

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
    stimulus_period,
    surely,
    surely_not,
    task_rows,
)

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows

#: Parts of a cadence by which a flash may be early or late: more than frames that were dropped.
_OFF_CADENCE = 0.25
#: Standard deviations by which the number of omissions may miss its fraction, and flashes that chance adds.
_DEVIATIONS, _SPARE = 6.0, 3
#: Part of the flashes that can be omitted at all: changes, those before and after them cannot. The release has about
#: 170 omissions in 4802 flashes where 5 % are asked for.
_ELIGIBLE = 0.55


@check(
    scope="session",
    column="image_index",
    needs=[
        "stimulus_presentations.image_has_template",
        "stimulus_presentations.omission_is_named_omitted",
        "stimulus_presentations.is_change_follows_images",
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


@check(scope="session", column="movie_frame_index", needs=["stimulus_presentations.start_is_at_its_frame"])
def movie_frames_follow_each_other(stimulus_presentations: "pd.DataFrame") -> "Rows":
    """Frames of a movie follow each other from 0, and each repeat begins again with 0.

    Why: responses to a movie are compared frame by frame across repeats.

    Example: frame 412 follows frame 410.

    Fix: recompute movie_frame_index and movie_repeat from the stimulus log.
    """
    index, repeat = (numbers(stimulus_presentations[name]) for name in ("movie_frame_index", "movie_repeat"))
    movie = np.flatnonzero(~np.isnan(index))
    if not len(movie):
        return None
    step, again = np.diff(index[movie]), np.nan_to_num(np.diff(repeat[movie]))
    follows = np.where(again == 0, step == 1, (again == 1) & (index[movie][1:] == 0))
    wrong = np.zeros(len(index), dtype=bool)
    wrong[movie] = np.concatenate([[index[movie][0] != 0], ~follows])
    got = "frame {movie_frame_index} of repeat {movie_repeat} at {start_time:.3f} s"
    return offending(stimulus_presentations, wrong, got, "the frame after the one before, or 0 of the next repeat")


@check(
    scope="session",
    column="start_frame",
    needs=[
        "stimulus_presentations.start_is_at_its_frame",
        "stimulus_presentations.flash_as_long_as_the_task_says",
        "stimulus_presentations.overlap_only_at_last_omission",
        "stimulus_presentations.blocks_follow_each_other",
    ],
)
def cadence_is_of_the_task(
    stimulus_presentations: "pd.DataFrame", task_parameters: "pd.DataFrame", clocks: "pd.DataFrame | None" = None
) -> "Rows":
    """Flashes of the task, omitted ones too, begin as many frames apart as stimulus and blank duration say.

    Why: expectation depends on the rhythm. Twice the interval means a lost flash, half of it an extra one. It is judged
    in frames, so that a frame dropped by the monitor is accepted; all flashes together may be two frames off.

    Example: a flash begins 90 frames after the one before, in a task of 0.25 s flashes and 0.5 s gray.

    Fix: restore the flash that is missing from the stimulus log, or correct the durations of the task parameters.
    """
    blanks = [blank for blank in task_parameters["blank_duration_sec"] if len(blank) == 2 and blank[0] == blank[1]]
    shown = float(task_parameters["stimulus_duration_sec"].min())
    if not blanks or not np.isfinite(shown):
        return None
    cadence = (shown + float(blanks[0][0])) / stimulus_period(clocks)
    interval = _frames_between(stimulus_presentations)
    usual = np.nanmedian(interval) if np.isfinite(interval).any() else cadence
    wrong = np.abs(interval - cadence) > (_OFF_CADENCE * cadence if abs(usual - cadence) <= 2 else 2)
    starts = stimulus_presentations["start_time"]
    words = [
        f"{value:.0f} frames after the one before{_lost(value / cadence)}, at {at:.3f} s"
        for value, at in zip(interval, starts, strict=True)
    ]
    expected = f"{cadence:.0f} frames"
    return offending(stimulus_presentations, wrong, lambda: as_column(stimulus_presentations, words), expected)


def _frames_between(presentations: "pd.DataFrame") -> "np.ndarray[Any, np.dtype[np.float64]]":
    """Return, per flash of the task, the frames since the start of the flash before; NaN for others."""
    task, start = np.flatnonzero(task_rows(presentations)), numbers(presentations["start_frame"])
    interval = np.full(len(start), np.nan)
    if len(task):
        interval[task[1:]] = np.where(np.diff(task) == 1, np.diff(start[task]), np.nan)
    return interval


def _lost(ratio: float) -> str:
    """Return how many flashes an interval lacks, if it is a whole number of cadences."""
    whole = round(ratio) if np.isfinite(ratio) else 0
    if whole < 2 or abs(ratio - whole) > 0.1:
        return ""
    return ": 1 flash is missing" if whole == 2 else f": {whole - 1} flashes are missing"


@check(scope="session", column="is_image_novel", needs=["stimulus_presentations.is_change_follows_images"])
def novelty_is_of_the_image(stimulus_presentations: "pd.DataFrame") -> "Rows":
    """An image is novel in all of its flashes, or in none.

    Why: novelty is a property of the image for this mouse; a flash that says otherwise is counted with other images.

    Example: one of 600 flashes of im065 is said to be novel.

    Fix: recompute is_image_novel from the images of earlier sessions.
    """
    frame, flag = stimulus_presentations, stimulus_presentations["is_image_novel"]
    usual = frame.assign(novel=surely(flag)).groupby("image_name")["novel"].transform("mean").fillna(0) > 0.5
    known = frame["image_name"].notna().to_numpy() & flag.notna().to_numpy() & ~omissions(frame)
    wrong = known & (surely(flag) != usual.to_numpy(dtype=bool))
    got = "{is_image_novel} for {image_name} at {start_time:.3f} s"
    return offending(frame, wrong, got, lambda: as_column(frame, usual.to_numpy(dtype=bool)))


@check(scope="session", column="omitted_flash_fraction", needs=["stimulus_presentations.cadence_is_of_the_task"])
def omissions_fit_their_fraction(task_parameters: "pd.DataFrame", stimulus_presentations: "pd.DataFrame") -> "Rows":
    """As many flashes are omitted as omitted_flash_fraction asks for, within six standard deviations.

    Why: a table without its omissions lists flashes that were never shown; without a fraction there are none. About
    half of the flashes cannot be omitted: changes and their neighbors.

    Example: none of 4,800 flashes is omitted in a task that omits 5 %.

    Fix: restore the omissions from the stimulus log, or correct omitted_flash_fraction.
    """
    if task_parameters.empty or task_rows(stimulus_presentations).sum() == 0:
        return None
    n_flashes = int(task_rows(stimulus_presentations).sum())
    n_omitted = int((task_rows(stimulus_presentations) & omissions(stimulus_presentations)).sum())
    fraction = float(np.nan_to_num(task_parameters["omitted_flash_fraction"].astype(float).iloc[0]))
    spread = _DEVIATIONS * np.sqrt(n_flashes * fraction * (1 - fraction)) + (_SPARE if fraction > 0 else 0)
    low, high = max(_ELIGIBLE * n_flashes * fraction - spread, 0), n_flashes * fraction + spread
    wrong = np.full(len(task_parameters), not low <= n_omitted <= high)
    got = f"{n_omitted} of {n_flashes} flashes omitted, at a fraction of {{omitted_flash_fraction}}"
    return offending(task_parameters, wrong, got, f"{low:.0f} to {high:.0f}")


@check(
    scope="session",
    severity="warning",
    column="n_stimulus_frames",
    needs=[
        "stimulus_presentations.stop_is_at_its_frame",
        "stimulus_presentations.cadence_is_of_the_task",
        "stimulus_presentations.flashes_since_change_count",
        "stimulus_presentations.omission_is_named_omitted",
    ],
)
def drawn_frames_are_those_of_the_flashes(
    task_parameters: "pd.DataFrame", stimulus_presentations: "pd.DataFrame"
) -> "Rows":
    """n_stimulus_frames is the number of frames in which flashes of the task were drawn, within half a flash.

    Why: it counts the frames that were drawn; fewer in the table is a flash that was lost, more is one told twice.

    Example: 2,100 frames were drawn, the flashes of the table have 2,085.

    Fix: restore the flash that is missing from the stimulus log.
    """
    task = task_rows(stimulus_presentations) & ~omissions(stimulus_presentations)
    frames = numbers(stimulus_presentations["end_frame"] - stimulus_presentations["start_frame"])[task]
    if not len(frames):
        return None
    drawn, told = float(frames.sum()), numbers(task_parameters["n_stimulus_frames"])
    wrong = np.abs(told - drawn) > np.median(frames) / 2
    return offending(task_parameters, wrong, "n_stimulus_frames", f"{drawn:.0f}, those of the flashes")


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
    movie_frames_follow_each_other,
    images_are_of_one_set,
    index_is_of_the_image,
    novelty_is_of_the_image,
    cadence_is_of_the_task,
    flashes_since_change_count,
    trial_is_at_the_time,
    change_is_of_a_trial,
    omissions_fit_their_fraction,
    drawn_frames_are_those_of_the_flashes,
)
