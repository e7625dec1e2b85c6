"""Rules about the image changes of one file: trials against presentations."""

from typing import TYPE_CHECKING

import numpy as np

from nwbgate.rules.rule import Rule, check
from nwbgate.rules.sessions.offsets import common_offset
from nwbgate.rules.sessions.rows import (
    SAME_INSTANT,
    Mask,
    as_column,
    numbers,
    offending,
    plain_names,
    surely,
    surely_not,
)

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows


#: Seconds between two presentations that follow each other without a pause, and the longest that a flash lasts.
_PAUSE, _FLASH = 0.1, 1.0


@check(scope="session", column="change_image_name")
def trial_image_has_template(trials: "pd.DataFrame", stimulus_templates: "pd.DataFrame") -> "Rows":
    """The images of every trial are among the stimulus templates.

    Why: without its template, the image that the animal saw is unknown.

    Example: a trial changes to im099, the templates are im061 to im085.

    Fix: add the image to the templates, or correct the trial.
    """
    known = set(plain_names(stimulus_templates["image_name"].dropna()))
    unknown = [
        trials[column].notna() & ~plain_names(trials[column]).isin(known)
        for column in ("initial_image_name", "change_image_name")
    ]
    return offending(
        trials,
        unknown[0] | unknown[1],
        "{initial_image_name} to {change_image_name}",
        f"one of {', '.join(sorted(known))}",
    )


def _presentation_of_change(trials: "pd.DataFrame", presentations: "pd.DataFrame") -> "tuple[Mask, pd.DataFrame]":
    """Return trials whose change starts a presentation, and the nearest one."""
    order = presentations.sort_values("start_time", kind="stable", ignore_index=True)
    starts, change = numbers(order["start_time"]), numbers(trials["change_time"])
    if not len(starts):
        return np.zeros(len(change), dtype=bool), order.set_index(trials.index[:0])
    after = np.searchsorted(starts, change).clip(max=len(starts) - 1)
    before = (after - 1).clip(min=0)
    row = np.where(np.abs(starts[before] - change) < np.abs(starts[after] - change), before, after)
    return np.abs(starts[row] - change) <= SAME_INSTANT, order.iloc[row].set_index(trials.index)


def _shown_without_pause(trials: "pd.DataFrame", presentations: "pd.DataFrame") -> Mask:
    """Return which trials change during a stimulus without gaps, such as gratings.

    A sham change then begins no presentation: nothing happens on the monitor.
    """
    order = presentations.sort_values("start_time", kind="stable", ignore_index=True)
    starts, stops, change = (
        numbers(values) for values in (order["start_time"], order["stop_time"], trials["change_time"])
    )
    if not len(starts):
        return np.zeros(len(change), dtype=bool)
    lasting = np.append(starts[1:] - stops[:-1] <= _PAUSE, stops[-1] - starts[-1] > _FLASH)
    row = (np.searchsorted(starts, change, side="right") - 1).clip(min=0)
    inside: Mask = (starts[row] < change) & (change < stops[row])
    silent: Mask = inside & lasting[row]
    return silent


@check(
    scope="session",
    column="change_time",
    needs=["trials.change_time_in_trial", "stimulus_presentations.cadence_is_of_the_task"],
)
def change_at_presentation(trials: "pd.DataFrame", stimulus_presentations: "pd.DataFrame") -> "Rows":
    """Every change time is the start of a presentation.

    A sham change of a grating that stays on begins none.

    Why: both are the moment the monitor showed the new image; a shift between them shifts every change response.

    Example: change_time is 314.60 s, the presentations around it start at 313.83 and 314.58 s.

    Fix: give trials and presentations the same clock and the same monitor delay.
    """
    found, nearest = _presentation_of_change(trials, stimulus_presentations)
    silent = surely(trials["catch"]) & _shown_without_pause(trials, stimulus_presentations)
    wrong = trials["change_time"].notna().to_numpy() & ~found & ~silent
    if not len(nearest):
        return offending(trials, wrong, "change_time", "a presentation's start")
    away = numbers(trials["change_time"]) - numbers(nearest["start_time"])
    offset = common_offset(away[wrong])
    pattern = "" if offset is None else f" (all {wrong.sum()} are {1000 * offset:+.1f} ms from one)"
    words = [f"{time:.4f} s{pattern}" for time in trials["change_time"]]
    expected = [f"the start of a presentation, {round(start, 5)} s" for start in nearest["start_time"]]
    return offending(trials, wrong, lambda: as_column(trials, words), lambda: as_column(trials, expected))


@check(
    scope="session",
    column="change_time",
    needs=[
        "trials.change_at_presentation",
        "trials.outcome_fits_kind",
        "stimulus_presentations.is_change_follows_images",
        "trials.image_names_follow_kind",
    ],
)
def change_is_marked(trials: "pd.DataFrame", stimulus_presentations: "pd.DataFrame") -> "Rows":
    """The presentation at a change time is marked: is_change for go and auto-rewarded trials, is_sham_change for catch.

    Why: readers select changes from trials or from presentations; both must select the same ones.

    Example: a go trial changes at 314.58 s, where the presentation has is_change false.

    Fix: mark the presentation, or correct the kind of the trial.
    """
    found, shown = _presentation_of_change(trials, stimulus_presentations)
    if not found.any():
        return None
    change = surely(trials["go"]) | surely(trials["auto_rewarded"])
    sham = surely(trials["catch"])
    unmarked = (change & surely_not(shown["is_change"])) | (sham & surely_not(shown["is_sham_change"]))
    return offending(
        trials,
        found & unmarked,
        "change_time",
        as_column(trials, np.where(sham, "is_sham_change there", "is_change there")),
    )


@check(
    scope="session",
    column="change_image_name",
    needs=[
        "trials.change_is_marked",
        "stimulus_presentations.image_has_template",
        "trials.trial_image_has_template",
    ],
)
def change_image_is_shown(trials: "pd.DataFrame", stimulus_presentations: "pd.DataFrame") -> "Rows":
    """The presentation at a change time shows the trial's change image.

    Why: it is one image, told twice.

    Example: a trial changes to im061, where the presentation shows im065.

    Fix: correct change_image_name of the trial or image_name of the presentation.
    """
    found, shown = _presentation_of_change(trials, stimulus_presentations)
    if not found.any():
        return None
    got, expected = plain_names(trials["change_image_name"]), plain_names(shown["image_name"])
    wrong = found & (got.notna() & expected.notna() & (got != expected)).to_numpy()
    return offending(trials, wrong, "change_image_name", expected)


RULES: tuple[Rule, ...] = (
    trial_image_has_template,
    change_at_presentation,
    change_is_marked,
    change_image_is_shown,
)
