"""Rules about the cadence of flashes, omissions and movie frames."""

from typing import TYPE_CHECKING, Any

import numpy as np

from nwbgate.rules.rule import Rule, check
from nwbgate.rules.sessions.rows import (
    as_column,
    numbers,
    offending,
    omissions,
    stimulus_period,
    surely,
    task_rows,
)

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows

#: Parts of a cadence by which a flash may be early or late: more than frames that were dropped.
_OFF_CADENCE = 0.25
#: Standard deviations by which the number of omissions may miss its fraction, and flashes that chance adds.
_DEVIATIONS, _SPARE = 5.0, 3
#: Part of the flashes that may be omitted which surely were drawn for it. Changes, and the flashes before and after
#: them, may not. The release has about 170 omissions in 4802 flashes where 5 % are asked for, 0.9 of what may be.
_ELIGIBLE = 0.8


@check(scope="session", column="movie_frame_index", needs=["stimulus_presentations.start_is_at_its_frame"])
def movie_frames_follow_each_other(stimulus_presentations: "pd.DataFrame") -> "Rows":
    """Frames of a movie follow each other from 0, repeats too, and each repeat begins with frame 0.

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
    wrong[movie] = np.concatenate([[index[movie][0] != 0 or repeat[movie][0] > 0], ~follows])
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
        f"{value:.0f} frames after the one before{_lost_flashes(value / cadence)}, at {at:.3f} s"
        for value, at in zip(interval, starts, strict=True)
    ]
    expected = f"{cadence:.0f} frames"
    return offending(stimulus_presentations, wrong, lambda: as_column(stimulus_presentations, words), expected)


def _frames_between(presentations: "pd.DataFrame") -> "np.ndarray[Any, np.dtype[np.float64]]":
    """Return the frames since the previous flash, NaN for others."""
    task, start = np.flatnonzero(task_rows(presentations)), numbers(presentations["start_frame"])
    interval = np.full(len(start), np.nan)
    if len(task):
        interval[task[1:]] = np.where(np.diff(task) == 1, np.diff(start[task]), np.nan)
    return interval


def _lost_flashes(ratio: float) -> str:
    """Return how many flashes an interval lacks, if a whole number."""
    whole = round(ratio) if np.isfinite(ratio) else 0
    if whole < 2 or abs(ratio - whole) > 0.1:
        return ""
    return ": 1 flash is missing" if whole == 2 else f": {whole - 1} flashes are missing"


@check(scope="session", column="omitted_flash_fraction", needs=["stimulus_presentations.cadence_is_of_the_task"])
def omissions_fit_their_fraction(task_parameters: "pd.DataFrame", stimulus_presentations: "pd.DataFrame") -> "Rows":
    """As many flashes are omitted as omitted_flash_fraction asks for, within five standard deviations.

    Why: a table without its omissions lists flashes that were never shown; without a fraction there are none. Changes
    and their neighbors are never omitted.

    Example: none of 4,800 flashes is omitted in a task that omits 5 %.

    Fix: restore the omissions from the stimulus log, or correct omitted_flash_fraction.
    """
    if task_parameters.empty or task_rows(stimulus_presentations).sum() == 0:
        return None
    n_flashes = int(task_rows(stimulus_presentations).sum())
    n_omitted = int((task_rows(stimulus_presentations) & omissions(stimulus_presentations)).sum())
    fraction = float(np.nan_to_num(task_parameters["omitted_flash_fraction"].astype(float).iloc[0]))
    if not 0 <= fraction <= 1:
        beyond, got = np.ones(len(task_parameters), dtype=bool), "an omitted_flash_fraction of {omitted_flash_fraction}"
        return offending(task_parameters, beyond, got, "a share from 0 to 1; this may be in percent")
    spare = _SPARE if fraction > 0 else 0
    fewest, high = (
        n * fraction + side * (_DEVIATIONS * np.sqrt(n * fraction * (1 - fraction)) + spare)
        for n, side in ((_ELIGIBLE * _may_be_omitted(stimulus_presentations), -1), (n_flashes, 1))
    )
    low = max(fewest, 0)
    wrong = np.full(len(task_parameters), not low <= n_omitted <= high)
    got = f"{n_omitted} of {n_flashes} flashes omitted, at a fraction of {{omitted_flash_fraction}}"
    return offending(task_parameters, wrong, got, f"{low:.0f} to {high:.0f}")


def _may_be_omitted(presentations: "pd.DataFrame") -> int:
    """Return the number of the task's flashes apart from changes and their neighbors."""
    task = task_rows(presentations)
    change = (surely(presentations["is_change"]) | surely(presentations["is_sham_change"]))[task]
    beside = np.convolve(change, np.ones(3), mode="same") > 0
    return int(task.sum() - beside.sum())


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


RULES: tuple[Rule, ...] = (
    movie_frames_follow_each_other,
    cadence_is_of_the_task,
    omissions_fit_their_fraction,
    drawn_frames_are_those_of_the_flashes,
)
