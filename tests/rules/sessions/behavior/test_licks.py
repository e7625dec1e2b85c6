"""Licks and rewards that are not those of the trials."""

import numpy as np
import pandas as pd
import pytest

from nwbgate.rules.sessions.behavior.licks import licks_of_trials
from support.judged_sessions import Case, Frames, fired, good, without_frames
from support.standard_session import ACTIVE

HIT, CATCH, MISS = 6, 12, 17


def lick_lost_in_trial(frames: Frames) -> None:
    frames["trials"]["lick_times"] = [
        times[: len(times) - (row == HIT)] for row, times in enumerate(frames["trials"]["lick_times"])
    ]


def lick_moved_in_trial(frames: Frames) -> None:
    frames["trials"]["lick_times"] = [
        times + 0.01 * (row == HIT) for row, times in enumerate(frames["trials"]["lick_times"])
    ]


def lick_lost_in_session(frames: Frames) -> None:
    in_trial = frames["licks"]["timestamps"] > frames["trials"].loc[HIT, "start_time"]
    frames["licks"] = frames["licks"].drop(index=in_trial.idxmax()).reset_index(drop=True)


def lick_times_flat(frames: Frames) -> None:
    """AllenSDK loses the ragged index when a session has as many licks as trials: one lick per row, whichever."""
    times = frames["licks"]["timestamps"].to_numpy()
    frames["trials"]["lick_times"] = [np.array([time]) for time in times[: len(frames["trials"])]]


def latency_of_another_lick(frames: Frames) -> None:
    frames["trials"].loc[HIT, "response_latency"] += 0.2


def latency_without_lick(frames: Frames) -> None:
    frames["trials"].loc[CATCH, "response_latency"] = 0.0


def latency_when_aborted(frames: Frames) -> None:
    frames["trials"].loc[1, "response_latency"] = np.inf


def response_time_of_another_lick(frames: Frames) -> None:
    frames["trials"].loc[HIT, "response_time"] += 0.2


def window_too_early(frames: Frames) -> None:
    frames["task_parameters"]["response_window_sec"] = [np.array([0.01, 0.05])]


def hit_without_volume(frames: Frames) -> None:
    frames["trials"].loc[HIT, "reward_volume"] = 0.0


def reward_lost(frames: Frames) -> None:
    near = (frames["rewards"]["timestamps"] - frames["trials"].loc[HIT, "reward_time"]).abs()
    frames["rewards"] = frames["rewards"].drop(index=near.idxmin()).reset_index(drop=True)


def all_rewards_lost(frames: Frames) -> None:
    del frames["rewards"]


def lick_on_another_clock(frames: Frames) -> None:
    frames["licks"].loc[len(frames["licks"]) - 1, "timestamps"] = 9999.0


def reward_before_the_session(frames: Frames) -> None:
    frames["rewards"].loc[0, "timestamps"] = -3.0


CASES: list[Case] = [
    ("trials.lick_times_are_the_licks", lick_lost_in_trial),
    ("trials.lick_times_are_the_licks", lick_moved_in_trial),
    ("trials.lick_times_are_the_licks", lick_lost_in_session),
    ("trials.lick_times_are_the_licks", lick_times_flat),
    ("trials.response_latency_is_first_lick", latency_of_another_lick),
    ("trials.response_latency_is_first_lick", latency_without_lick),
    ("trials.response_latency_is_first_lick", latency_when_aborted),
    ("trials.response_time_is_first_lick", response_time_of_another_lick),
    ("trials.response_has_lick_in_window", window_too_early),
    ("trials.hit_has_reward", hit_without_volume),
    ("trials.hit_has_reward", reward_lost),
    ("trials.hit_has_reward", all_rewards_lost),
    ("licks.licks_within_stimulus", lick_on_another_clock),
    ("rewards.rewards_within_stimulus", reward_before_the_session),
]


@pytest.mark.parametrize(("code", "edit"), CASES, ids=lambda value: getattr(value, "__name__", value))
def test_a_fault_fires_its_rule_and_no_other(code, edit):
    frames = good(ACTIVE)
    edit(frames)
    assert fired(frames) == [code]


def test_a_lick_on_the_next_trials_start_belongs_to_the_trial_before():
    trials = pd.DataFrame({"start_time": [0.0, 10.0], "stop_time": [9.0, 19.0]})
    (must, may), (last_must, last_may) = licks_of_trials(trials, np.array([0.0, 5.0, 10.0, 12.0, 25.0]))
    assert must.tolist() == may.tolist() == [5.0, 10.0]
    assert last_must.tolist() == [12.0]
    assert last_may.tolist() == [12.0, 25.0]


def test_the_last_trial_may_have_licks_after_its_stop_or_leave_them_out():
    for licks_kept in (1, 2):
        frames = without_frames(good(ACTIVE))
        trials = frames["trials"]
        stop = trials["stop_time"].iloc[-1]
        late = np.array([stop - 0.5, stop + 0.5])
        extra = pd.DataFrame({"timestamps": late, "frame": [0, 0]})
        kept = frames["licks"][frames["licks"]["timestamps"] < trials["start_time"].iloc[-1]]
        frames["licks"] = pd.concat([kept, extra], ignore_index=True)
        trials["lick_times"] = [*trials["lick_times"][:MISS], late[:licks_kept]]
        trials.loc[MISS, ["response_time", "response_latency"]] = [late[0], late[0] - trials.loc[MISS, "change_time"]]
        assert fired(frames) == []


def test_a_response_may_come_as_early_as_the_monitor_delay_allows():
    frames = good(ACTIVE)
    trials = frames["trials"]
    latency = trials.loc[HIT, "response_latency"]
    frames["task_parameters"]["response_window_sec"] = [np.array([latency + 0.05, latency + 0.051])]
    lost = (frames["rewards"]["timestamps"] - trials.loc[10, "reward_time"]).abs().idxmin()
    frames["rewards"] = frames["rewards"].drop(index=lost).reset_index(drop=True)
    trials.loc[10, ["hit", "miss", "reward_time", "reward_volume"]] = [False, True, np.nan, 0.0]
    assert fired(frames) == []
    frames["task_parameters"]["response_window_sec"] = [np.array([2.9, 3.0])]
    assert fired(frames) == ["trials.response_has_lick_in_window"]


def test_a_window_of_one_number_is_told_as_such():
    frames = good(ACTIVE)
    frames["task_parameters"]["response_window_sec"] = [np.array([0.15])]
    assert fired(frames) == ["task_parameters.response_window_is_in_order"]
