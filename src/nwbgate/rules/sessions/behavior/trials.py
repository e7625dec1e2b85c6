"""Rules about the trials of one file: outcomes, licks, latencies, rewards."""

from typing import TYPE_CHECKING, Any

import numpy as np

from nwbgate.rules.rule import Rule, check
from nwbgate.rules.sessions.rows import (
    MONITOR_DELAY,
    SAME_INSTANT,
    as_column,
    numbers,
    offending,
    surely,
)

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows

_OUTCOMES = ["hit", "miss", "false_alarm", "correct_reject", "auto_rewarded", "aborted"]


def _kinds(trials: "pd.DataFrame", columns: list[str]) -> "pd.Series[Any]":
    """Return, per trial, the joined names of the true ones of `columns`."""
    flags = np.array([surely(trials[column]) for column in columns]).T
    named = [" and ".join(np.array(columns)[row]) or "none of them" for row in flags]
    return as_column(trials, named)


@check(scope="session")
def one_outcome(trials: "pd.DataFrame") -> "Rows":
    """A trial is exactly one of hit, miss, false alarm, correct reject, auto-rewarded and aborted.

    Why: every behavioral statistic (hit rate, d', engagement) counts trials by outcome; a trial that is two of them is
    counted twice, one that is none is lost.

    Example: a trial has hit and miss both true.

    Fix: derive the outcome again from the trial log: kind of trial, and whether a lick fell into the response window.
    """
    count = np.sum([surely(trials[column]) for column in _OUTCOMES], axis=0)
    return offending(trials, count != 1, lambda: _kinds(trials, _OUTCOMES), "exactly one")


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
    return offending(trials, wrong, lambda: _kinds(trials, ["go", "catch"]) + " with " + _kinds(trials, _OUTCOMES))


@check(scope="session", column="is_change", needs=["trials.outcome_fits_kind"])
def is_change_follows_kind(trials: "pd.DataFrame") -> "Rows":
    """The image changes in go and auto-rewarded trials and in no other.

    Why: responses to a change are aligned to trials with is_change; a wrong flag puts repeats among changes.

    Example: a catch trial has is_change true.

    Fix: set is_change to go or auto_rewarded.
    """
    expected = surely(trials["go"]) | surely(trials["auto_rewarded"])
    got = surely(trials["is_change"])
    return offending(trials, got != expected, "is_change", lambda: as_column(trials, expected))


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
    """Trials stop after they start, and none starts before the previous one stops.

    Why: licks and presentations are given to trials by time; overlapping or unsorted trials get each other's.

    Example: trial 7 starts at 300.1 s, before trial 6 stops at 304.2 s.

    Fix: correct start_time and stop_time from the trial log, and sort the rows by start_time.
    """
    start, stop = numbers(trials["start_time"]), numbers(trials["stop_time"])
    before = np.concatenate([[-np.inf], stop[:-1]])
    wrong = ~(stop > start) | ~(start >= before - SAME_INSTANT)
    words = [
        f"{first:.3f} to {last:.3f} s, after a trial that stops at {earlier:.3f} s"
        for first, last, earlier in zip(start, stop, before, strict=True)
    ]
    expected = "a trial that stops after it starts, and starts after the one before it"
    return offending(trials, wrong, lambda: as_column(trials, words), expected)


@check(
    scope="session", column="change_time", needs=["trials.is_change_follows_kind", "trials.trial_bounds_are_at_frames"]
)
def change_time_in_trial(trials: "pd.DataFrame") -> "Rows":
    """A trial has a change time inside it exactly if it was not aborted.

    Why: change_time is what all responses are aligned to; an aborted trial ended before its change.

    Example: an aborted trial has change_time 312.4 s.

    Fix: take change_time from the trial log; NaN for aborted trials.
    """
    change = numbers(trials["change_time"])
    inside = (change >= trials["start_time"]) & (change <= trials["stop_time"] + MONITOR_DELAY)
    aborted = surely(trials["aborted"])
    wrong = np.where(aborted, ~np.isnan(change), ~inside)
    words = np.where(aborted, "none, as it was aborted", "a time within the trial")
    return offending(trials, wrong, "change_time", lambda: as_column(trials, words))


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
    return offending(trials, wrong, "{initial_image_name} to {change_image_name}")


RULES: tuple[Rule, ...] = (
    one_outcome,
    outcome_fits_kind,
    is_change_follows_kind,
    times_in_order,
    length_is_stop_minus_start,
    change_time_in_trial,
    image_names_follow_kind,
)
