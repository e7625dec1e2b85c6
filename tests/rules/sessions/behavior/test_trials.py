"""Trials that contradict themselves."""

import pytest

from support.judged_sessions import Case, Frames, fired, good, outcome
from support.standard_session import ACTIVE

AUTO, ABORTED, HIT, CATCH = 0, 1, 6, 12


def two_outcomes(frames: Frames) -> None:
    frames["trials"].loc[HIT, "miss"] = True


def no_outcome(frames: Frames) -> None:
    frames["trials"].loc[HIT, "hit"] = False


def miss_on_catch(frames: Frames) -> None:
    frames["trials"].loc[CATCH, ["correct_reject", "miss"]] = [False, True]


def catch_without_catch(frames: Frames) -> None:
    frames["trials"].loc[CATCH, "catch"] = False


def change_on_catch(frames: Frames) -> None:
    frames["trials"].loc[CATCH, "is_change"] = True


def auto_reward_without_change(frames: Frames) -> None:
    frames["trials"].loc[AUTO, "is_change"] = False


def start_before_last_stop(frames: Frames) -> None:
    frames["trials"].loc[5, "start_time"] = 340.0


def stop_before_start(frames: Frames) -> None:
    frames["trials"].loc[17, "stop_time"] = 410.0


def wrong_length(frames: Frames) -> None:
    frames["trials"].loc[3, "trial_length"] += 0.01


def change_when_aborted(frames: Frames) -> None:
    frames["trials"].loc[ABORTED, "change_time"] = 320.0


def no_change_time(frames: Frames) -> None:
    frames["trials"].loc[HIT, "change_time"] = float("nan")


def change_to_the_same(frames: Frames) -> None:
    frames["trials"].loc[HIT, "change_image_name"] = frames["trials"].loc[HIT, "initial_image_name"]


def sham_to_another(frames: Frames) -> None:
    frames["trials"].loc[CATCH, "change_image_name"] = "im077"


CASES: list[Case] = [
    ("trials.one_outcome", two_outcomes),
    ("trials.one_outcome", no_outcome),
    ("trials.outcome_fits_kind", miss_on_catch),
    ("trials.outcome_fits_kind", catch_without_catch),
    ("trials.is_change_follows_kind", change_on_catch),
    ("trials.is_change_follows_kind", auto_reward_without_change),
    ("trials.times_in_order", start_before_last_stop),
    ("trials.times_in_order", stop_before_start),
    ("trials.length_is_stop_minus_start", wrong_length),
    ("trials.change_time_in_trial", change_when_aborted),
    ("trials.change_time_in_trial", no_change_time),
    ("trials.image_names_follow_kind", change_to_the_same),
    ("trials.image_names_follow_kind", sham_to_another),
]


@pytest.mark.parametrize(("code", "edit"), CASES, ids=lambda value: getattr(value, "__name__", value))
def test_a_fault_fires_its_rule_and_no_other(code, edit):
    frames = good(ACTIVE)
    edit(frames)
    assert fired(frames) == [code]


def test_trials_out_of_order_are_told_with_the_one_before():
    frames = good(ACTIVE)
    start_before_last_stop(frames)
    (finding,) = outcome(frames).findings
    trials = frames["trials"]
    stop, earlier = trials.loc[5, "stop_time"], trials.loc[4, "stop_time"]
    assert f"got 340.000 to {stop:.3f} s, after a trial that stops at {earlier:.3f} s, expected" in finding.message


def test_a_finding_names_the_trial_and_says_what_it_is():
    frames = good(ACTIVE)
    two_outcomes(frames)
    (finding,) = outcome(frames).findings
    assert finding.keys == (HIT,)
    assert "got hit and miss, expected exactly one" in finding.message


def test_a_length_may_differ_by_rounding():
    frames = good(ACTIVE)
    frames["trials"]["trial_length"] += 1e-9
    assert fired(frames) == []
