"""Trials whose outcome, number or image is not what the session shows."""

import numpy as np
import pytest

from nwbgate.rules.sessions.behavior.outcomes import no_response_without_lick_in_window
from support.judged_sessions import Case, Frames, fired, good, outcome
from support.standard_session import ACTIVE, GRATINGS

ABORTED, HIT, CATCH = 1, 6, 12


def hit_called_miss(frames: Frames) -> None:
    frames["trials"].loc[HIT, ["hit", "miss"]] = [False, True]


def lick_before_the_session_lost(frames: Frames) -> None:
    """An aborted trial without a lick, in licks and trials alike."""
    trials, licks = frames["trials"], frames["licks"]
    start, after = trials.loc[ABORTED, "start_time"], trials.loc[ABORTED + 1, "start_time"]
    kept = (licks["timestamps"] <= start) | (licks["timestamps"] > after)
    frames["licks"] = licks[kept].reset_index(drop=True)
    trials["lick_times"] = [np.empty(0) if row == ABORTED else times for row, times in enumerate(trials["lick_times"])]


def number_twice(frames: Frames) -> None:
    frames["trials"].loc[5, "trials_id"] = 4


def initial_image_of_another(frames: Frames) -> None:
    frames["trials"].loc[HIT, "initial_image_name"] = "im085"


def initial_image_of_an_aborted_trial(frames: Frames) -> None:
    frames["trials"].loc[ABORTED, "initial_image_name"] = "im085"


def window(*limits: float):
    def edit(frames: Frames) -> None:
        frames["task_parameters"]["response_window_sec"] = [limits]

    return edit


CASES: list[Case] = [
    ("task_parameters.response_window_is_in_order", window(0.75, 0.15)),
    ("task_parameters.response_window_is_in_order", window(150.0, 750.0)),
    ("task_parameters.response_window_is_in_order", window(0.75)),
    ("task_parameters.response_window_is_in_order", window(np.nan, np.nan)),
    ("trials.no_response_without_lick_in_window", hit_called_miss),
    ("trials.aborted_has_lick", lick_before_the_session_lost),
    ("trials.trial_once", number_twice),
    ("trials.initial_image_is_shown", initial_image_of_another),
    ("trials.initial_image_is_shown", initial_image_of_an_aborted_trial),
]


@pytest.mark.parametrize(("code", "edit"), CASES, ids=lambda value: getattr(value, "__name__", value))
def test_a_fault_fires_its_rule_and_no_other(code, edit):
    frames = good(ACTIVE)
    edit(frames)
    assert fired(frames) == [code]


def test_a_window_that_is_not_told_is_not_judged():
    frames = good(ACTIVE)
    window()(frames)
    assert fired(frames) == []


def test_the_message_says_when_the_lick_was():
    frames = good(ACTIVE)
    hit_called_miss(frames)
    assert "a miss with a lick 0.197 s after its change" in outcome(frames).findings[0].message


@pytest.mark.parametrize(("after", "found"), [(0.17, False), (0.2, True), (0.65, True), (0.68, False)])
def test_only_a_lick_well_within_the_window_is_a_response(after, found):
    frames = good(ACTIVE)
    trials = frames["trials"]
    lick = np.array([trials.loc[CATCH, "change_time"] + after])
    trials["lick_times"] = [lick if row == CATCH else np.empty(0) for row in range(len(trials))]
    rows = no_response_without_lick_in_window.function(trials, frames["task_parameters"], frames["clocks"])
    assert ([] if rows is None else list(rows.index)) == ([CATCH] if found else [])


@pytest.mark.parametrize("suffix", ["", ".0"])
def test_gratings_are_compared_as_numbers(suffix):
    frames = good(GRATINGS)
    for column in ("initial_image_name", "change_image_name"):
        frames["trials"][column] = frames["trials"][column] + suffix
    assert fired(frames) == []
    exchanged = ["gratings_90" + suffix, "gratings_0" + suffix]
    frames["trials"].loc[2, ["initial_image_name", "change_image_name"]] = exchanged
    assert fired(frames) == ["trials.change_image_is_shown"]
