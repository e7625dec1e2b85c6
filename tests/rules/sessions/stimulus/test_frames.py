"""Events whose time is not that of the stimulus frame that they name."""

import numpy as np
import pandas as pd
import pytest

from nwbgate.rules.sessions.offsets import common_offset, rig_delay
from nwbgate.rules.sessions.stimulus.frame_times import monitor_delay
from nwbgate.rules.sessions.stimulus.frames import times_have_double_precision
from support.judged_sessions import Case, Frames, fired, good, outcome, without_frames
from support.standard_session import ACTIVE, GRATINGS, PASSIVE

HIT, FLASH, FRAME = 6, 11, 1 / 60
#: Columns of presentations, trials and shown images that have the delay of the monitor.
DELAYED = {
    "stimulus_presentations": ["start_time", "stop_time"],
    "trials": ["change_time"],
    "shown_images": ["start_time"],
}


def delay_of(frames: Frames) -> float:
    clock = frames["stimulus_timestamps"]["timestamps"].to_numpy()
    delay = monitor_delay(frames["stimulus_presentations"], clock)
    assert delay is not None
    return delay


def add_delay(frames: Frames, seconds: float) -> None:
    for table, columns in DELAYED.items():
        frames[table][columns] += seconds
    frames["trials"]["response_latency"] -= seconds


def delay_added_twice(frames: Frames) -> None:
    add_delay(frames, delay_of(frames))


def delay_left_out(frames: Frames) -> None:
    add_delay(frames, -delay_of(frames))


def presentations_on_unix_time(frames: Frames) -> None:
    frames["stimulus_presentations"][["start_time", "stop_time"]] += 1.5e9


def frames_counted_from_another(frames: Frames) -> None:
    frames["stimulus_presentations"][["start_frame", "end_frame"]] += 600


def delay_added_to_licks(frames: Frames) -> None:
    frames["licks"]["timestamps"] += delay_of(frames)


def one_lick_a_frame_late(frames: Frames) -> None:
    frames["licks"].loc[40, "frame"] += 1


def lick_at_a_frame_that_is_not_there(frames: Frames) -> None:
    frames["licks"].loc[40, "frame"] = 10**6


def stimulus_clock_moved(frames: Frames) -> None:
    frames["stimulus_timestamps"]["timestamps"] += 0.5


def flash_a_frame_late(frames: Frames) -> None:
    frames["stimulus_presentations"].loc[FLASH, ["start_time", "stop_time"]] += FRAME


def flash_starts_late(frames: Frames) -> None:
    frames["stimulus_presentations"].loc[FLASH, "start_time"] += FRAME


def frame_goes_back(frames: Frames) -> None:
    frames["stimulus_presentations"].loc[FLASH, "start_frame"] = 7


def flash_ends_at_another_frame(frames: Frames) -> None:
    frames["stimulus_presentations"].loc[FLASH, "end_frame"] += 1


def movie_ends_two_frames_on(frames: Frames) -> None:
    frames["stimulus_presentations"].loc[500, "end_frame"] += 2


def reward_between_frames(frames: Frames) -> None:
    frames["rewards"].loc[3, "timestamps"] += 0.005


def trial_starts_between_frames(frames: Frames) -> None:
    frames["trials"].loc[HIT, "start_time"] += 0.005
    frames["trials"].loc[HIT, "trial_length"] -= 0.005


def trials_in_milliseconds(frames: Frames) -> None:
    frames["trials"][["start_time", "stop_time", "trial_length"]] *= 1000


def change_at_another_frame(frames: Frames) -> None:
    frames["trials"].loc[HIT, "change_frame"] += 1


def change_frame_without_change(frames: Frames) -> None:
    aborted = frames["trials"]["change_time"].isna().idxmax()
    frames["trials"].loc[aborted, "change_frame"] = 19000


def clock_of_single_precision(frames: Frames) -> None:
    frames["stimulus_timestamps"]["timestamps"] = single(frames["stimulus_timestamps"]["timestamps"].to_numpy())


CASES: list[Case] = [
    ("stimulus_timestamps.times_have_double_precision", clock_of_single_precision),
    ("stimulus_timestamps.stimulus_clock_is_of_the_session", stimulus_clock_moved),
    ("stimulus_presentations.delay_is_of_the_rig", delay_added_twice),
    ("stimulus_presentations.delay_is_of_the_rig", delay_left_out),
    ("stimulus_presentations.delay_is_of_the_rig", presentations_on_unix_time),
    ("stimulus_presentations.delay_is_of_the_rig", frames_counted_from_another),
    ("licks.lick_is_at_its_frame", delay_added_to_licks),
    ("licks.lick_is_at_its_frame", one_lick_a_frame_late),
    ("licks.lick_is_at_its_frame", lick_at_a_frame_that_is_not_there),
    ("stimulus_presentations.start_is_at_its_frame", flash_a_frame_late),
    ("stimulus_presentations.start_is_at_its_frame", flash_starts_late),
    ("stimulus_presentations.start_is_at_its_frame", frame_goes_back),
    ("stimulus_presentations.stop_is_at_its_frame", flash_ends_at_another_frame),
    ("stimulus_presentations.stop_is_at_its_frame", movie_ends_two_frames_on),
    ("rewards.reward_is_at_a_frame", reward_between_frames),
    ("trials.trial_bounds_are_at_frames", trial_starts_between_frames),
    ("trials.trial_bounds_are_at_frames", trials_in_milliseconds),
    ("trials.change_is_at_its_frame", change_at_another_frame),
    ("trials.change_is_at_its_frame", change_frame_without_change),
]


@pytest.mark.parametrize(("code", "edit"), CASES, ids=lambda value: getattr(value, "__name__", value))
def test_a_fault_fires_its_rule_and_no_other(code, edit):
    frames = good(ACTIVE)
    edit(frames)
    assert fired(frames) == [code]


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (
            delay_added_twice,
            "a delay of 0.0722 s of all presentations: it was added twice, expected 0.0361 s on MESO.1",
        ),
        (delay_left_out, "it was left out"),
        (presentations_on_unix_time, "seconds since 1970 (Unix time)"),
        (frames_counted_from_another, "start_frame is counted from another frame"),
        (delay_added_to_licks, "all 108 are +0.0361 s off: the monitor delay was added"),
        (one_lick_a_frame_late, "-0.0167 s off"),
        (lick_at_a_frame_that_is_not_there, "expected a frame from 0 to 26926"),
        (stimulus_clock_moved, "got 11.8000 s for frame 0, +0.5000 s off the others"),
        (trials_in_milliseconds, "18 of 18 rows: milliseconds"),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_the_message_names_the_likely_cause(edit, words):
    frames = good(ACTIVE)
    edit(frames)
    assert words in outcome(frames).findings[0].message


def test_frames_that_are_all_off_by_one_number_are_named_so():
    frames = good(ACTIVE)
    frames["licks"]["frame"] += 60
    assert "all 108 name a frame +60 off" in outcome(frames).findings[0].message


@pytest.mark.parametrize(("path", "usual"), [(ACTIVE, 0.03613), (PASSIVE, 0.021192), (GRATINGS, 0.02115)])
def test_the_delay_of_a_session_is_near_that_of_its_rig(path, usual):
    frames = good(path)
    assert rig_delay(frames["session"].loc[0, "equipment_name"]) == usual
    assert delay_of(frames) == pytest.approx(usual, abs=0.001)


@pytest.mark.parametrize(("seconds", "codes"), [(0.0179, []), (0.0181, ["stimulus_presentations.delay_is_of_the_rig"])])
def test_a_delay_may_differ_from_the_rigs_by_a_frame(seconds, codes):
    frames = good(ACTIVE)
    add_delay(frames, seconds - (delay_of(frames) - 0.03613))
    assert fired(frames) == codes


def test_a_rig_that_nobody_described_may_have_any_possible_delay():
    for seconds, codes in ((0.0, []), (0.03, ["stimulus_presentations.delay_is_of_the_rig"])):
        frames = good(ACTIVE)
        frames["session"]["equipment_name"] = "a rig of our own"
        frames["eye_tracking_rig_geometry"]["equipment"] = "a rig of our own"
        add_delay(frames, seconds)
        assert fired(frames) == codes


@pytest.mark.parametrize(("seconds", "codes"), [(0.9e-4, []), (1.1e-4, ["licks.lick_is_at_its_frame"])])
def test_times_may_be_rounded_to_a_tenth_of_a_millisecond(seconds, codes):
    frames = good(ACTIVE)
    frames["licks"].loc[0, "timestamps"] += seconds  # before the first trial
    assert fired(frames) == codes


def test_without_stimulus_timestamps_no_rule_about_frames_is_run():
    found = outcome(without_frames(good(ACTIVE)))
    reasons = {rule.code: rule.reason for rule in found.not_run}
    assert {code for code, _ in CASES} <= set(reasons)
    assert reasons["licks.lick_is_at_its_frame"] == "table stimulus_timestamps not given"


def test_an_offset_is_common_where_all_rows_share_it():
    assert common_offset(np.array([0.5, 0.5004, np.nan, 0.5])) == pytest.approx(0.5)
    assert common_offset(np.array([0.5, 0.6, 0.5])) is None
    assert common_offset(np.array([0.0, 0.0, 0.0])) is None
    assert common_offset(np.array([0.5, 0.5])) is None


def single(times: np.ndarray) -> np.ndarray:
    return times.astype(np.float32).astype(np.float64)


def judged_times(times: np.ndarray) -> bool:
    return times_have_double_precision.function(pd.DataFrame({"timestamps": times})) is not None


def test_times_that_were_single_precision_once_are_found():
    times = good(ACTIVE)["stimulus_timestamps"]["timestamps"].to_numpy()
    assert judged_times(single(times))
    assert not judged_times(times)


def test_few_times_and_times_made_up_from_a_rate_may_be_numbers_of_single_precision():
    assert not judged_times(np.arange(2000) / 64)
    assert not judged_times(single(np.cumsum(np.full(999, 1 / 60))))
    assert judged_times(single(np.cumsum(np.full(1000, 1 / 60))))
