"""Events that were not detected in the trace beside them."""

import pytest

from support.judged_sessions import Case, Frames, fired, good, outcome
from support.standard_session import ACTIVE


def events_of_another(frames: Frames) -> None:
    events = frames["event_partners"]
    events.loc[0, ["own", "best", "jump", "jump_at_lag"]] = [0.01, 0.35, 0.02, 0.2]
    events.loc[0, "best_cell_roi_id"] = events.loc[1, "cell_roi_id"]


def events_of_nobody(frames: Frames) -> None:
    frames["event_partners"].loc[0, ["own", "best", "jump", "jump_at_lag", "lag"]] = [0.01, 0.03, 0.02, 0.2, 4]


def events_three_frames_late(frames: Frames) -> None:
    frames["event_partners"].loc[0, ["jump", "jump_at_lag", "lag"]] = [0.02, 0.95, -3]


def events_a_frame_late(frames: Frames) -> None:
    columns = ["plane_lag", "plane_jump", "plane_jump_at_lag"]
    frames["event_partners"].loc[:, columns] = [-1, 0.02, 0.98]


def events_of_one_roi_a_frame_late(frames: Frames) -> None:
    frames["event_partners"].loc[0, ["jump", "jump_at_lag", "lag"]] = [0.02, 0.95, -1]


def events_ten_times_too_large(frames: Frames) -> None:
    frames["event_partners"][["jump", "error", "jump_at_lag"]] /= 10


def reversed_with_their_events(frames: Frames) -> None:
    frames["event_partners"].loc[:, ["plane_jump", "plane_jump_after"]] = [0.01, -0.98]


def filtered_events(frames: Frames) -> None:
    frames["event_partners"]["plane_followed"] = 0.95


CASES: list[Case] = [
    ("event_partners.traces_run_forward", reversed_with_their_events),
    ("event_partners.events_are_single", filtered_events),
    ("event_partners.events_are_of_their_own_roi", events_of_another),
    ("event_partners.events_are_of_their_own_roi", events_of_nobody),
    ("event_partners.events_are_at_their_frames", events_three_frames_late),
    ("event_partners.events_are_not_a_frame_off", events_a_frame_late),
    ("event_partners.events_are_not_a_frame_off", events_of_one_roi_a_frame_late),
    ("event_partners.events_have_the_size_of_jumps", events_ten_times_too_large),
]


@pytest.mark.parametrize(("code", "edit"), CASES, ids=lambda value: getattr(value, "__name__", value))
def test_a_fault_fires_its_rule_and_no_other(code, edit):
    frames = good(ACTIVE)
    edit(frames)
    assert fired(frames) == [code]


def test_few_events_say_nothing():
    for edit in (events_of_another, events_of_nobody, events_three_frames_late, events_ten_times_too_large):
        frames = good(ACTIVE)
        edit(frames)
        frames["event_partners"]["n_events"] = 9
        assert fired(frames) == []


def test_a_jump_that_noise_may_hide_is_not_judged():
    frames = good(ACTIVE)
    events_of_nobody(frames)
    frames["event_partners"].loc[0, "error"] = 0.3
    assert fired(frames) == []


def test_the_message_names_the_roi_that_fits():
    frames = good(ACTIVE)
    events_of_another(frames)
    assert "0.01 with dF/F of ROI 1011000002, 0.35 with that of 1011000003" in outcome(frames).findings[0].message
