"""Rules about trial outcomes: their licks, number and images."""

from typing import TYPE_CHECKING

import numpy as np

from nwbgate.rules.rule import Rule, check
from nwbgate.rules.sessions.rows import (
    MONITOR_DELAY,
    SAME_INSTANT,
    as_column,
    numbers,
    offending,
    omissions,
    plain_names,
    stimulus_period,
    surely,
)

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows

#: Longest response window in seconds; that of the release is 0.15 to 0.75 s.
_LONGEST_WINDOW = 3.0


@check(scope="session", column="response_window_sec")
def response_window_is_in_order(task_parameters: "pd.DataFrame") -> "Rows":
    """The response window has a beginning and a later end, in seconds after the change.

    Why: hits and false alarms are licks inside it; a window that ends before it begins holds none, and every trial that
    is compared with it passes. Windows of change detection end within 3 s.

    Example: a window from 0.75 to 0.15 s, or from 150 to 750.

    Fix: write the window in seconds, first the beginning.
    """
    windows = [tuple(window) for window in task_parameters["response_window_sec"]]
    sound = [len(each) == 2 and 0 <= each[0] < each[1] <= _LONGEST_WINDOW for each in windows]
    wrong = np.array([len(each) > 0 and not fits for each, fits in zip(windows, sound, strict=True)], dtype=bool)
    words = [" to ".join(f"{limit:g}" for limit in each) + " s" for each in windows]
    expected = f"a beginning and a later end, 0 to {_LONGEST_WINDOW:g} s"
    return offending(task_parameters, wrong, lambda: as_column(task_parameters, words), expected)


@check(
    scope="session",
    column="lick_times",
    needs=[
        "task_parameters.response_window_is_in_order",
        "trials.outcome_fits_kind",
        "trials.lick_times_are_the_licks",
        "trials.change_at_presentation",
        "trials.response_has_lick_in_window",
    ],
)
def no_response_without_lick_in_window(
    trials: "pd.DataFrame", task_parameters: "pd.DataFrame", clocks: "pd.DataFrame | None" = None
) -> "Rows":
    """A miss or a correct reject has no lick inside the response window after its change time.

    Why: a lick there makes a hit of a go trial and a false alarm of a catch trial. The window is narrowed by the
    longest monitor delay, which change_time includes and licks do not, and by two frames.

    Example: a miss with a lick 0.42 s after its change, with a window of 0.15 to 0.75 s.

    Fix: correct the outcome, the change time, or response_window_sec of the task parameters.
    """
    windows = [window for window in task_parameters["response_window_sec"] if len(window) == 2]
    if not windows:
        return None
    slack, change = 2 * stimulus_period(clocks), numbers(trials["change_time"])
    low, high = change + windows[0][0] + slack, change + windows[0][1] - MONITOR_DELAY - slack
    inside = [
        times[(times >= first) & (times <= last)]
        for times, first, last in zip(trials["lick_times"], low, high, strict=True)
    ]
    licked = np.array([len(each) > 0 for each in inside], dtype=bool)
    wrong = (surely(trials["miss"]) | surely(trials["correct_reject"])) & licked
    words = [
        f"{'a miss' if miss else 'a correct reject'} with a lick {licks[0] - at:.3f} s after its change"
        if len(licks)
        else ""
        for miss, licks, at in zip(surely(trials["miss"]), inside, change, strict=True)
    ]
    expected = f"no lick from {windows[0][0]} to {windows[0][1]} s"
    return offending(trials, wrong, lambda: as_column(trials, words), expected)


@check(
    scope="session",
    severity="warning",
    column="lick_times",
    needs=[
        "trials.change_time_in_trial",
        "trials.outcome_fits_kind",
        "trials.lick_times_are_the_licks",
        "session.passive_has_no_rewards",
    ],
)
def aborted_has_lick(trials: "pd.DataFrame") -> "Rows":
    """An aborted trial has a lick.

    Why: a trial is aborted by a lick before its change. Some sessions of the release have aborted trials without one,
    whose lick was not recorded, so this is a warning.

    Example: trial 3 is aborted, and its lick_times are empty.

    Fix: look for the lick in the stimulus log, or correct the outcome.
    """
    wrong = surely(trials["aborted"]) & np.array([len(times) == 0 for times in trials["lick_times"]], dtype=bool)
    return offending(trials, wrong, "no lick from {start_time:.3f} to {stop_time:.3f} s", "a lick that aborted it")


@check(scope="session", column="trials_id")
def trial_once(trials: "pd.DataFrame") -> "Rows":
    """No two trials have the same number.

    Why: presentations and analyses find a trial by its number.

    Example: two rows have trials_id 7.

    Fix: number the trials from 0 in their order.
    """
    again = trials["trials_id"].notna() & trials["trials_id"].duplicated()
    return offending(trials, again, "trials_id", "a number that no other trial has")


@check(
    scope="session",
    column="initial_image_name",
    needs=[
        "trials.change_image_is_shown",
        "trials.image_names_follow_kind",
        "stimulus_presentations.is_change_follows_images",
    ],
)
def initial_image_is_shown(trials: "pd.DataFrame", stimulus_presentations: "pd.DataFrame") -> "Rows":
    """The initial image of a trial is the image shown last before its change, or before its end when aborted.

    Why: it is one image, told twice; the transition of a trial is taken from it.

    Example: a trial begins with im061, and the flash before its change shows im077.

    Fix: correct initial_image_name of the trial, or image_name of the presentation.
    """
    shown = stimulus_presentations[
        stimulus_presentations["image_name"].notna().to_numpy() & ~omissions(stimulus_presentations)
    ]
    if shown.empty:
        return None
    change, stop = numbers(trials["change_time"]), numbers(trials["stop_time"])
    until = np.where(np.isnan(change), stop, change)
    row = np.searchsorted(numbers(shown["start_time"]), until - SAME_INSTANT) - 1
    names = plain_names(shown["image_name"]).to_numpy(dtype=object)[row.clip(0)]
    told = plain_names(trials["initial_image_name"])
    wrong = told.notna().to_numpy() & (row >= 0) & (told.to_numpy(dtype=object) != names)
    return offending(trials, wrong, "initial_image_name", lambda: as_column(trials, names))


RULES: tuple[Rule, ...] = (
    response_window_is_in_order,
    no_response_without_lick_in_window,
    aborted_has_lick,
    trial_once,
    initial_image_is_shown,
)
