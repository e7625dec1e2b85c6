"""Changes that trials and presentations tell differently."""

import pytest

from support.judged_sessions import Case, Frames, fired, good, outcome
from support.standard_session import ACTIVE, GRATINGS, PASSIVE

HIT, CATCH = 6, 12


def trial_of_unknown_image(frames: Frames) -> None:
    frames["trials"].loc[HIT, "change_image_name"] = "im999"


def change_a_frame_late(frames: Frames) -> None:
    frames["trials"].loc[HIT, "change_time"] += 0.0167


def sham_not_marked(frames: Frames) -> None:
    shown = frames["stimulus_presentations"]
    shown.loc[shown["start_time"] == frames["trials"].loc[CATCH, "change_time"], "is_sham_change"] = False


def other_image_shown(frames: Frames) -> None:
    frames["trials"].loc[HIT, "change_image_name"] = "im077"


CASES: list[Case] = [
    ("trials.trial_image_has_template", trial_of_unknown_image),
    ("trials.change_at_presentation", change_a_frame_late),
    ("trials.change_is_marked", sham_not_marked),
    ("trials.change_image_is_shown", other_image_shown),
]


@pytest.mark.parametrize(("code", "edit"), CASES, ids=lambda value: getattr(value, "__name__", value))
def test_a_fault_fires_its_rule_and_no_other(code, edit):
    frames = good(ACTIVE)
    edit(frames)
    assert fired(frames) == [code]


def test_names_of_gratings_are_compared_as_numbers():
    frames = good(GRATINGS)
    assert set(frames["trials"]["change_image_name"]) == {"gratings_0", "gratings_90"}
    assert set(frames["stimulus_presentations"]["image_name"]) == {"gratings_0.0", "gratings_90.0"}
    assert fired(frames) == []
    frames["trials"].loc[2, "change_image_name"] = "gratings_45"
    assert fired(frames) == ["trials.trial_image_has_template"]


def test_a_session_whose_presentations_are_empty_has_no_presentation_at_a_change():
    frames = good(PASSIVE)
    frames["stimulus_presentations"] = frames["stimulus_presentations"].iloc[:0]
    assert fired(frames) == ["task_parameters.stimulus_is_shown", "trials.change_at_presentation"]


def made_catch(frames: Frames, row: int, later: float) -> None:
    """Make a trial of gratings a catch trial, whose sham change comes while a grating stays on."""
    trials, shown = frames["trials"], frames["stimulus_presentations"]
    trials.loc[row, ["catch", "correct_reject"]] = True
    trials.loc[row, ["go", "hit", "miss", "auto_rewarded", "is_change"]] = False
    trials.loc[row, "change_time"] += later
    trials.loc[row, "change_image_name"] = trials.loc[row, "initial_image_name"]
    assert not (shown["start_time"] - trials.loc[row, "change_time"]).abs().lt(0.01).any()


def test_a_sham_change_of_a_grating_that_stays_on_begins_no_presentation():
    frames = good(GRATINGS)
    made_catch(frames, 2, later=0.1)
    assert "trials.change_at_presentation" not in fired(frames)


def test_a_true_change_of_gratings_begins_one():
    frames = good(GRATINGS)
    frames["trials"].loc[2, "change_time"] += 0.1
    assert "trials.change_at_presentation" in fired(frames)


def test_a_sham_change_between_flashes_is_found():
    """0.1 s later is within the flash, which does not stay on."""
    frames = good(ACTIVE)
    frames["trials"].loc[CATCH, "change_time"] += 0.1
    assert fired(frames) == ["trials.change_at_presentation"]


@pytest.mark.parametrize("later", [0.0167, -0.0167])
def test_the_nearest_presentation_is_named(later):
    frames = good(ACTIVE)
    expected = frames["trials"].loc[HIT, "change_time"]
    frames["trials"].loc[HIT, "change_time"] += later
    (finding,) = outcome(frames).findings
    assert finding.message.endswith(f"expected the start of a presentation, {expected} s")


def test_changes_that_are_all_late_are_told_by_how_much():
    frames = good(ACTIVE)
    frames["trials"]["change_time"] += 0.1
    (finding,) = outcome(frames).findings
    n_changes = frames["trials"]["change_time"].notna().sum()
    assert f" s (all {n_changes} are +100.0 ms from one), expected" in finding.message
