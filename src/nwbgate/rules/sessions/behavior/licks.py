"""Rules about licks and rewards, by trials and stimulus clock."""

from typing import TYPE_CHECKING

import numpy as np

from nwbgate.rules.rule import Rule, check
from nwbgate.rules.sessions.offsets import unlike_seconds
from nwbgate.rules.sessions.rows import (
    MONITOR_DELAY,
    SAME_INSTANT,
    Mask,
    Times,
    as_column,
    numbers,
    offending,
    stimulus_period,
    stimulus_span,
    surely,
)

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows

_OUTCOMES = ["hit", "miss", "false_alarm", "correct_reject", "auto_rewarded", "aborted"]


def licks_of_trials(trials: "pd.DataFrame", licks: Times) -> list[tuple[Times, Times]]:
    """Return each trial's required and allowed licks, as times in seconds.

    A trial has the licks after its start up to the start of the next (AllenSDK: frames after the trial's start frame,
    up to and including the next one's). Where the last trial ends is not in the file: it must have
    those up to its stop.
    """
    start, stop = numbers(trials["start_time"]), numbers(trials["stop_time"])
    if trials.empty:
        return []
    first = np.searchsorted(licks, start + SAME_INSTANT)
    after = np.append(first[1:], len(licks))
    must = np.append(first[1:], np.searchsorted(licks, stop[-1] - SAME_INSTANT))
    return [(licks[low:least], licks[low:most]) for low, least, most in zip(first, must, after, strict=True)]


@check(
    scope="session",
    column="lick_times",
    needs=[
        "trials.trial_bounds_are_at_frames",
        "clocks.timestamps_increase",
        "licks.licks_within_stimulus",
        "licks.lick_is_at_its_frame",
        "stimulus_presentations.change_is_of_a_trial",
    ],
)
def lick_times_are_the_licks(trials: "pd.DataFrame", licks: "pd.DataFrame | None" = None) -> "Rows":
    """lick_times of a trial are the licks after its start up to the start of the next trial.

    Why: licks decide the outcome of a trial; it cannot be reproduced from licks that are missing, or that the session
    does not have.

    Example: trial 3 lists two licks where the table of licks has three.

    Fix: cut the table of licks at the start of each trial. Files written by AllenSDK lose the licks of each trial when
    the session has exactly as many licks as trials.
    """
    times = np.empty(0) if licks is None else numbers(licks["timestamps"])
    expected = licks_of_trials(trials, times)
    wrong = [not _fits(got, *bounds) for got, bounds in zip(trials["lick_times"], expected, strict=True)]
    return offending(
        trials,
        np.array(wrong, dtype=bool),
        lambda: as_column(trials, [_licks(got) for got in trials["lick_times"]]),
        lambda: as_column(trials, [_licks(least) for least, _ in expected]),
    )


def _licks(times: Times) -> str:
    return f"{len(times)} licks {np.round(times[:5], 3)}"


def _fits(got: Times, least: Times, most: Times) -> bool:
    """Return whether a trial's licks start with all required ones, followed by allowed ones."""
    if not len(least) <= len(got) <= len(most):
        return False
    return bool(np.all(np.abs(got - most[: len(got)]) <= SAME_INSTANT))


@check(
    scope="session",
    column="response_latency",
    needs=["trials.lick_times_are_the_licks", "trials.change_at_presentation"],
)
def response_latency_is_first_lick(trials: "pd.DataFrame") -> "Rows":
    """response_latency is the first lick minus the change time, infinite without a lick and NaN when aborted.

    Why: reaction times come from this column; it may be slightly negative, as change_time has the monitor's delay and
    licks have not.

    Example: a trial without licks has response_latency 0.

    Fix: recompute it: lick_times[0] - change_time, inf for a trial without licks, NaN for an aborted one.
    """
    first = np.array([times[0] if len(times) else np.inf for times in trials["lick_times"]], dtype=np.float64)
    expected = np.where(surely(trials["aborted"]), np.nan, first - numbers(trials["change_time"]))
    wrong = ~_equal_times(numbers(trials["response_latency"]), expected)
    return offending(trials, wrong, "response_latency", as_column(trials, expected))


@check(scope="session", column="response_time", needs=["trials.lick_times_are_the_licks"])
def response_time_is_first_lick(trials: "pd.DataFrame") -> "Rows":
    """response_time is the first lick of the trial, NaN without one and when aborted.

    Why: it is response_latency in session time; the two must tell of one lick.

    Example: response_time is 312.1 s where the first lick is at 312.6 s.

    Fix: recompute it: lick_times[0], NaN for a trial without licks and for an aborted one.
    """
    first = np.array([times[0] if len(times) else np.nan for times in trials["lick_times"]], dtype=np.float64)
    expected = np.where(surely(trials["aborted"]), np.nan, first)
    wrong = ~_equal_times(numbers(trials["response_time"]), expected)
    return offending(trials, wrong, "response_time", as_column(trials, expected))


def _equal_times(got: Times, expected: Times) -> Mask:
    """Return where two time columns are equal, including NaN and infinity."""
    finite = np.isfinite(got) & np.isfinite(expected)
    near = np.abs(np.where(finite, got, 0) - np.where(finite, expected, 0)) <= SAME_INSTANT
    alike = (np.isnan(got) & np.isnan(expected)) | (np.isinf(got) & (got == expected))
    same: Mask = np.where(finite, near, alike)
    return same


@check(
    scope="session",
    column="lick_times",
    needs=[
        "task_parameters.response_window_is_in_order",
        "trials.outcome_fits_kind",
        "trials.lick_times_are_the_licks",
        "trials.change_at_presentation",
    ],
)
def response_has_lick_in_window(
    trials: "pd.DataFrame", task_parameters: "pd.DataFrame", clocks: "pd.DataFrame | None" = None
) -> "Rows":
    """A hit or false alarm has a lick inside the response window after its change time.

    Why: that lick is what makes it a response. Any lick counts, not only the first. The window is widened by the
    longest monitor delay, which change_time includes and licks do not, and by two frames.

    Example: a hit whose only lick comes 1.4 s after the change, with a window of 0.15 to 0.75 s.

    Fix: correct the outcome, the change time, or response_window_sec of the task parameters.
    """
    windows = [window for window in task_parameters["response_window_sec"] if len(window) == 2]
    if not windows:
        return None
    window = windows[0]
    slack = 2 * stimulus_period(clocks)
    opens = numbers(trials["change_time"]) + window[0] - MONITOR_DELAY - slack
    closes = numbers(trials["change_time"]) + window[1] + slack
    licked = [
        bool(((times >= low) & (times <= high)).any())
        for times, low, high in zip(trials["lick_times"], opens, closes, strict=True)
    ]
    response = surely(trials["hit"]) | surely(trials["false_alarm"])
    expected = f"a lick {window[0]} to {window[1]} s after the change"
    return offending(trials, response & ~np.array(licked, dtype=bool), "response_latency", expected)


@check(scope="session", column="reward_time", needs=["trials.outcome_fits_kind", "rewards.reward_is_at_a_frame"])
def hit_has_reward(
    trials: "pd.DataFrame", rewards: "pd.DataFrame | None" = None, clocks: "pd.DataFrame | None" = None
) -> "Rows":
    """Every hit has a reward, in the trial and in the table of rewards.

    Why: a hit earns water; without a reward, the hit is wrong or its reward was lost.

    Example: trial 12 is a hit, its reward_volume is 0 and no reward lies within it.

    Fix: restore the reward, or correct the outcome.
    """
    times = np.empty(0) if rewards is None else numbers(rewards["timestamps"])
    at, slack = numbers(trials["reward_time"]), 2 * stimulus_period(clocks)
    given = np.array([bool((np.abs(times - time) <= slack).any()) for time in at], dtype=bool)
    volume = numbers(trials["reward_volume"])
    wrong = surely(trials["hit"]) & ~(given & (volume > 0))
    got = "reward_time {reward_time:.6g}, reward_volume {reward_volume:.5g}"
    return offending(trials, wrong, got, "a volume above 0, and a reward at that time in the table of rewards")


def _outside_stimulus(events: "pd.DataFrame", clocks: "pd.DataFrame") -> "Rows":
    span = stimulus_span(clocks)
    if span is None:
        return None
    first, last, period = span
    times = numbers(events["timestamps"])
    wrong = ~((times >= first - period) & (times <= last + period))
    known = times[np.isfinite(times)]
    unlike = unlike_seconds(float(known.min()), float(known.max()), (first, last)) if wrong.all() and len(known) else ""
    got = "{timestamps:.3f} s" + (f", all {len(times)} alike: {unlike}" if unlike else "")
    return offending(events, wrong, got, f"a time from {first:.3f} to {last:.3f} s")


@check(scope="session", column="timestamps", needs=["clocks.timestamps_are_session_seconds"])
def licks_within_stimulus(licks: "pd.DataFrame", clocks: "pd.DataFrame") -> "Rows":
    """Every lick lies within the stimulus timestamps.

    Why: licks are recorded per stimulus frame; one outside them is on another clock.

    Example: a lick at 9,999 s in a session whose stimulus ends at 4,512 s.

    Fix: put the licks on the clock of the stimulus timestamps.
    """
    return _outside_stimulus(licks, clocks)


@check(scope="session", column="timestamps", needs=["clocks.timestamps_are_session_seconds"])
def rewards_within_stimulus(rewards: "pd.DataFrame", clocks: "pd.DataFrame") -> "Rows":
    """Every reward lies within the stimulus timestamps.

    Why: rewards are recorded per stimulus frame; one outside them is on another clock.

    Example: a reward at -3 s.

    Fix: put the rewards on the clock of the stimulus timestamps.
    """
    return _outside_stimulus(rewards, clocks)


RULES: tuple[Rule, ...] = (
    licks_within_stimulus,
    rewards_within_stimulus,
    lick_times_are_the_licks,
    response_latency_is_first_lick,
    response_time_is_first_lick,
    response_has_lick_in_window,
    hit_has_reward,
)
