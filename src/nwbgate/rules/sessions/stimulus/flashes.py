"""Rules about flashes: order, duration, omission, change and image."""

from typing import TYPE_CHECKING

import numpy as np

from nwbgate.rules.rule import Rule, check
from nwbgate.rules.sessions.rows import (
    OMITTED,
    SAME_INSTANT,
    Mask,
    as_column,
    gray_screens,
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

#: Frames that a flash may have more or less than the task says: three, and rounding.
_FRAMES = 3.5


@check(scope="session")
def in_order(stimulus_presentations: "pd.DataFrame") -> "Rows":
    """Presentations are sorted by their start, and each stops after it starts.

    Why: readers look presentations up by time and take the next row for the next stimulus.

    Example: row 40 starts at 351.2 s, row 39 at 351.9 s.

    Fix: correct the times, and sort the rows by start_time.
    """
    start, stop = numbers(stimulus_presentations["start_time"]), numbers(stimulus_presentations["stop_time"])
    before = np.concatenate([[-np.inf], start[:-1]])
    wrong = ~(start >= before) | ~(stop > start)
    return offending(stimulus_presentations, wrong, "start_time", "a later start than the row before, and a later stop")


@check(scope="session", needs=["stimulus_presentations.in_order", "stimulus_presentations.start_is_at_its_frame"])
def overlap_only_at_last_omission(stimulus_presentations: "pd.DataFrame") -> "Rows":
    """No presentation starts before the previous one stops, except a gray screen at a last omitted flash.

    Why: two stimuli at once cannot be told apart. AllenSDK gives the gray screen after a task that ends with an omitted
    flash a start before that flash, which is known and allowed.

    Example: a flash starts at 351.2 s, the one before stops at 351.4 s.

    Fix: correct start_time and stop_time from the stimulus frames.
    """
    frame = stimulus_presentations
    reach = frame["stop_time"].cummax().shift(fill_value=-np.inf)
    gray, omitted = gray_screens(frame), surely(frame["omitted"])
    allowed = (omitted & _shift_rows(gray)) | (gray & _shift_rows(omitted))
    wrong = (frame["start_time"] < reach - SAME_INSTANT).to_numpy() & ~allowed
    return offending(frame, wrong, "start_time", reach)


def _shift_rows(mask: Mask) -> Mask:
    return np.concatenate([[False], mask[:-1]])


@check(
    scope="session",
    column="duration",
    needs=["stimulus_presentations.in_order", "stimulus_presentations.stop_is_at_its_frame"],
)
def duration_is_stop_minus_start(stimulus_presentations: "pd.DataFrame") -> "Rows":
    """Duration is stop_time minus start_time, omitted flashes excepted.

    Why: a duration that disagrees says that one of the three was edited alone. An omitted flash has no frames
    of its own.

    Example: a flash from 10.00 to 10.25 s is said to last 0.5 s.

    Fix: recompute duration, or correct the time that was edited.
    """
    expected = stimulus_presentations["stop_time"] - stimulus_presentations["start_time"]
    differs = ((stimulus_presentations["duration"] - expected).abs() > SAME_INSTANT).to_numpy()
    return offending(stimulus_presentations, differs & ~surely(stimulus_presentations["omitted"]), "duration", expected)


@check(scope="session", column="duration", needs=["stimulus_presentations.duration_is_stop_minus_start"])
def flash_as_long_as_the_task_says(
    stimulus_presentations: "pd.DataFrame", task_parameters: "pd.DataFrame", clocks: "pd.DataFrame | None" = None
) -> "Rows":
    """A flash of the task has as many frames as stimulus_duration_sec says, within three.

    Why: responses are averaged over flashes of one length. A frame that the monitor dropped makes a flash longer in
    time and not in frames. Flashes of real sessions have 13 to 16 of their 15 frames. Gray screens, movies and static
    gratings are exempt.

    Example: a flash of 30 frames, 0.5 s, in a task of 0.25 s flashes.

    Fix: correct start_frame and end_frame of the flash, or stimulus_duration_sec of the task parameters.
    """
    asked = float(task_parameters["stimulus_duration_sec"].min())
    if not np.isfinite(asked):
        return None
    frame, period = stimulus_presentations, stimulus_period(clocks)
    frames = numbers(frame["end_frame"] - frame["start_frame"])
    wrong = task_rows(frame) & (np.abs(frames - asked / period) > _FRAMES) & ~omissions(frame)
    words = [
        f"{count:.0f} frames, {count * period:.4f} s, at {at:.3f} s"
        for count, at in zip(frames, frame["start_time"], strict=True)
    ]
    return offending(frame, wrong, lambda: as_column(frame, words), f"{asked / period:.0f} frames, {asked} s")


@check(scope="session", column="omitted")
def omission_is_named_omitted(stimulus_presentations: "pd.DataFrame") -> "Rows":
    """A flash is omitted exactly when its image is called omitted.

    Why: readers use either; where they differ, an omission is averaged with images or an image with omissions.

    Example: omitted is true, image_name is im065.

    Fix: correct the one that is wrong from the log of omitted frames.
    """
    named = (stimulus_presentations["image_name"] == OMITTED).to_numpy(dtype=bool)
    flag = stimulus_presentations["omitted"]
    wrong = (surely(flag) & ~named) | (surely_not(flag) & named)
    return offending(
        stimulus_presentations,
        wrong,
        "image_name",
        as_column(stimulus_presentations, np.where(named, "omitted true", "image_name omitted")),
    )


@check(scope="session", column="is_change", needs=["stimulus_presentations.omission_is_named_omitted"])
def no_change_on_omission(stimulus_presentations: "pd.DataFrame") -> "Rows":
    """No change, true or sham, falls on an omitted flash.

    Why: neither a change nor the flash before it is ever omitted; on an omission there is nothing to see.

    Example: an omitted flash has is_change true.

    Fix: correct omitted, or the flags of the change.
    """
    change = surely(stimulus_presentations["is_change"]) | surely(stimulus_presentations["is_sham_change"])
    return offending(
        stimulus_presentations, change & surely(stimulus_presentations["omitted"]), "image_name", "an image"
    )


@check(
    scope="session",
    column="is_change",
    needs=[
        "stimulus_presentations.cadence_is_of_the_task",
        "stimulus_presentations.no_change_on_omission",
        "stimulus_presentations.image_has_template",
    ],
)
def is_change_follows_images(stimulus_presentations: "pd.DataFrame") -> "Rows":
    """In the task, is_change is true exactly where the image differs from the previous one.

    Why: change responses are selected by this flag. The first image does not count as a change; omissions are skipped.

    Example: im065 follows im065, and is_change is true.

    Fix: recompute is_change from image_name; of an edited image_name, restore it.
    """
    frame = stimulus_presentations
    task = task_rows(frame)
    shown = task & frame["image_name"].notna().to_numpy() & (frame["image_name"] != OMITTED).to_numpy()
    names = frame.loc[shown, "image_name"]
    differs = (names != names.shift()) & names.shift().notna()
    expected = as_column(frame, False)
    expected[shown] = differs
    wrong = shown & np.where(expected.to_numpy(dtype=bool), surely_not(frame["is_change"]), surely(frame["is_change"]))
    return offending(frame, wrong, "is_change", expected)


@check(scope="session", column="image_name")
def image_has_template(stimulus_presentations: "pd.DataFrame", stimulus_templates: "pd.DataFrame") -> "Rows":
    """Every shown image is among the stimulus templates.

    Why: without its template, the image that the animal saw is unknown.

    Example: im099 is shown, the templates are im061 to im085.

    Fix: add the image to the templates, or correct image_name.
    """
    known = {*plain_names(stimulus_templates["image_name"].dropna()), OMITTED}
    names = plain_names(stimulus_presentations["image_name"])
    wrong = names.notna() & ~names.isin(known)
    return offending(stimulus_presentations, wrong, "image_name", f"one of {', '.join(sorted(known))}")


RULES: tuple[Rule, ...] = (
    in_order,
    overlap_only_at_last_omission,
    duration_is_stop_minus_start,
    flash_as_long_as_the_task_says,
    omission_is_named_omitted,
    no_change_on_omission,
    is_change_follows_images,
    image_has_template,
)
