"""Rules about the trials of one file: outcomes, licks, latencies, rewards."""

from typing import TYPE_CHECKING, Any

import numpy as np

from nwbgate.rules.rule import Rule, check
from nwbgate.rules.sessions_rows import (
    MONITOR_DELAY,
    SAME_INSTANT,
    Mask,
    Times,
    beside,
    numbers,
    offending,
    stimulus_period,
    surely,
)

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows

_OUTCOMES = ["hit", "miss", "false_alarm", "correct_reject", "auto_rewarded", "aborted"]


def _kinds(trials: "pd.DataFrame", columns: list[str]) -> "pd.Series[Any]":
    """Return, per trial, the names of those of `columns` that are true, joined."""
    flags = np.array([surely(trials[column]) for column in columns]).T
    named = [" and ".join(np.array(columns)[row]) or "none of them" for row in flags]
    return beside(trials, named)


@check(scope="session")
def one_outcome(trials: "pd.DataFrame") -> "Rows":
    """A trial is exactly one of hit, miss, false alarm, correct reject, auto-rewarded and aborted.

    Why: every behavioral statistic (hit rate, d', engagement) counts trials by outcome; a trial that is two of them is
    counted twice, one that is none is lost.

    Example: a trial has hit and miss both true.

    Fix: derive the outcome again from the trial log: kind of trial, and whether a lick fell into the response window.
    """
    count = np.sum([surely(trials[column]) for column in _OUTCOMES], axis=0)
    return offending(trials, count != 1, _kinds(trials, _OUTCOMES), "exactly one of them")


@check(scope="session", needs=["trials.one_outcome"])
def outcome_fits_kind(trials: "pd.DataFrame") -> "Rows":
    """Hits and misses are go trials, false alarms and correct rejects catch trials, all others neither.

    Why: an outcome of the wrong kind of trial moves a response from the hit rate to the false alarm rate.

    Example: a trial is a hit, yet catch is true.

    Fix: correct go and catch, or the outcome, from the trial log.
    """
    go, catch = surely(trials["go"]), surely(trials["catch"])
    must_go = surely(trials["hit"]) | surely(trials["miss"])
    must_catch = surely(trials["false_alarm"]) | surely(trials["correct_reject"])
    wrong = (go != must_go) | (catch != must_catch)
    return offending(trials, wrong, _kinds(trials, ["go", "catch"]) + " with " + _kinds(trials, _OUTCOMES))


@check(scope="session", column="is_change", needs=["trials.outcome_fits_kind"])
def is_change_follows_kind(trials: "pd.DataFrame") -> "Rows":
    """The image changes in go and auto-rewarded trials and in no other.

    Why: responses to a change are aligned to trials with is_change; a wrong flag puts repeats among changes.

    Example: a catch trial has is_change true.

    Fix: set is_change to go or auto_rewarded.
    """
    expected = surely(trials["go"]) | surely(trials["auto_rewarded"])
    got = surely(trials["is_change"])
    return offending(trials, got != expected, "is_change", beside(trials, expected))


@check(scope="session", needs=["trials.times_in_order"])
def length_is_stop_minus_start(trials: "pd.DataFrame") -> "Rows":
    """trial_length is stop_time minus start_time.

    Why: a length that disagrees says that one of the three was edited alone.

    Example: a trial from 10.0 to 14.2 s is said to last 7.2 s.

    Fix: recompute trial_length, or correct the time that was edited.
    """
    expected = trials["stop_time"] - trials["start_time"]
    wrong = (trials["trial_length"] - expected).abs() > SAME_INSTANT
    return offending(trials, wrong, "trial_length", expected)


@check(scope="session")
def times_in_order(trials: "pd.DataFrame") -> "Rows":
    """Trials stop after they start, and each starts no earlier than the one before stops.

    Why: licks and presentations are given to trials by time; overlapping or unsorted trials get each other's.

    Example: trial 7 starts at 300.1 s, before trial 6 stops at 304.2 s.

    Fix: correct start_time and stop_time from the trial log, and sort the rows by start_time.
    """
    start, stop = numbers(trials["start_time"]), numbers(trials["stop_time"])
    before = np.concatenate([[-np.inf], stop[:-1]])
    wrong = ~(stop > start) | ~(start >= before - SAME_INSTANT)
    return offending(trials, wrong, "start_time", "a trial that stops after it starts, after the one before it")


@check(scope="session", column="change_time", needs=["trials.one_outcome", "trials.times_in_order"])
def change_time_in_trial(trials: "pd.DataFrame") -> "Rows":
    """A trial has a change time inside it unless it was aborted, and none when it was.

    Why: change_time is what all responses are aligned to; an aborted trial ended before its change.

    Example: an aborted trial has change_time 312.4 s.

    Fix: take change_time from the trial log; NaN for aborted trials.
    """
    change = numbers(trials["change_time"])
    inside = (change >= trials["start_time"]) & (change <= trials["stop_time"] + MONITOR_DELAY)
    aborted = surely(trials["aborted"])
    wrong = np.where(aborted, ~np.isnan(change), ~inside)
    expected = beside(trials, np.where(aborted, "none, as it was aborted", "a time within the trial"))
    return offending(trials, wrong, "change_time", expected)


@check(scope="session", needs=["trials.outcome_fits_kind"])
def image_names_follow_kind(trials: "pd.DataFrame") -> "Rows":
    """Initial and change image differ in go and auto-rewarded trials and are the same in catch trials.

    Why: image-by-image analyses take the transition from these two names.

    Example: a go trial changes from im065 to im065.

    Fix: take both names from the trial log.
    """
    known = trials["initial_image_name"].notna() & trials["change_image_name"].notna()
    same = trials["initial_image_name"] == trials["change_image_name"]
    change = surely(trials["go"]) | surely(trials["auto_rewarded"])
    wrong = known & ((change & same) | (surely(trials["catch"]) & ~same))
    said = trials["initial_image_name"].astype(str) + " to " + trials["change_image_name"].astype(str)
    return offending(trials, wrong, said)


def licks_of_trials(trials: "pd.DataFrame", licks: Times) -> list[tuple[Times, Times]]:
    """Return, per trial, the licks it must have and the licks it may have, as times in seconds.

    A trial has the licks after its start up to the start of the next (AllenSDK: frames after the trial's start frame,
    up to and including the next one's). Where the last trial ends is not in the file: it must have
    those up to its stop.
    """
    start, stop = numbers(trials["start_time"]), numbers(trials["stop_time"])
    first = np.searchsorted(licks, start + SAME_INSTANT)
    after = np.append(first[1:], len(licks))
    must = after.copy()
    if len(must):
        must[-1] = np.searchsorted(licks, stop[-1] - SAME_INSTANT)
    return [(licks[low:least], licks[low:most]) for low, least, most in zip(first, must, after, strict=True)]


@check(
    scope="session",
    column="lick_times",
    needs=["trials.times_in_order", "clocks.timestamps_increase", "licks.licks_within_stimulus"],
)
def lick_times_are_the_licks(trials: "pd.DataFrame", licks: "pd.DataFrame | None" = None) -> "Rows":
    """lick_times of a trial are the licks after its start up to the start of the next trial.

    Why: the outcome of a trial is decided by its licks; times that are not among the session's licks, or are missing,
    make outcomes that nobody can reproduce.

    Example: trial 3 lists two licks where the table of licks has three.

    Fix: cut the table of licks at the start of each trial. Files written by AllenSDK lose the licks of each trial when
    the session has exactly as many licks as trials.
    """
    times = np.empty(0) if licks is None else numbers(licks["timestamps"])
    expected = licks_of_trials(trials, times)
    wrong = [not _fits(got, *bounds) for got, bounds in zip(trials["lick_times"], expected, strict=True)]
    said = [f"{len(got)} licks {np.round(got[:5], 3)}" for got in trials["lick_times"]]
    meant = [f"{len(least)} licks {np.round(least[:5], 3)}" for least, _ in expected]
    return offending(trials, np.array(wrong, dtype=bool), beside(trials, said), beside(trials, meant))


def _fits(got: Times, least: Times, most: Times) -> bool:
    """Return whether the licks of a trial begin with all it must have and go on with none it may not have."""
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
    wrong = ~_same(numbers(trials["response_latency"]), expected)
    return offending(trials, wrong, "response_latency", beside(trials, expected))


@check(scope="session", column="response_time", needs=["trials.lick_times_are_the_licks"])
def response_time_is_first_lick(trials: "pd.DataFrame") -> "Rows":
    """response_time is the first lick of the trial, NaN without one and when aborted.

    Why: it is response_latency in session time; the two must tell of one lick.

    Example: response_time is 312.1 s where the first lick is at 312.6 s.

    Fix: recompute it: lick_times[0], NaN for a trial without licks and for an aborted one.
    """
    first = np.array([times[0] if len(times) else np.nan for times in trials["lick_times"]], dtype=np.float64)
    expected = np.where(surely(trials["aborted"]), np.nan, first)
    wrong = ~_same(numbers(trials["response_time"]), expected)
    return offending(trials, wrong, "response_time", beside(trials, expected))


def _same(got: Times, expected: Times) -> Mask:
    """Return where two columns of times are equal, NaN with NaN and infinity with infinity."""
    finite = np.isfinite(got) & np.isfinite(expected)
    near = np.abs(np.where(finite, got, 0) - np.where(finite, expected, 0)) <= SAME_INSTANT
    alike = (np.isnan(got) & np.isnan(expected)) | (np.isinf(got) & (got == expected))
    same: Mask = np.where(finite, near, alike)
    return same


@check(
    scope="session",
    column="lick_times",
    needs=["trials.outcome_fits_kind", "trials.lick_times_are_the_licks", "trials.change_at_presentation"],
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
    window = task_parameters["response_window_sec"].iloc[0]
    if len(window) != 2:
        return None
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


@check(scope="session", column="reward_time", needs=["trials.outcome_fits_kind", "rewards.rewards_within_stimulus"])
def hit_has_reward(
    trials: "pd.DataFrame", rewards: "pd.DataFrame | None" = None, clocks: "pd.DataFrame | None" = None
) -> "Rows":
    """Every hit has a reward, in the trial and in the table of rewards.

    Why: a hit is answered with water; a hit without a reward is no hit, or its reward was lost.

    Example: trial 12 is a hit, its reward_volume is 0 and no reward lies within it.

    Fix: restore the reward, or correct the outcome.
    """
    times = np.empty(0) if rewards is None else numbers(rewards["timestamps"])
    at, slack = numbers(trials["reward_time"]), 2 * stimulus_period(clocks)
    given = np.array([bool((np.abs(times - time) <= slack).any()) for time in at], dtype=bool)
    volume = numbers(trials["reward_volume"])
    wrong = surely(trials["hit"]) & ~(given & (volume > 0))
    said = [
        f"reward_time {time:.5g}, reward_volume {size:.5g}, {'' if there else 'not '}in the table of rewards"
        for time, size, there in zip(at, volume, given, strict=True)
    ]
    return offending(trials, wrong, beside(trials, said), "a reward")


RULES: tuple[Rule, ...] = (
    one_outcome,
    outcome_fits_kind,
    is_change_follows_kind,
    times_in_order,
    length_is_stop_minus_start,
    change_time_in_trial,
    image_names_follow_kind,
    lick_times_are_the_licks,
    response_latency_is_first_lick,
    response_time_is_first_lick,
    response_has_lick_in_window,
    hit_has_reward,
)
