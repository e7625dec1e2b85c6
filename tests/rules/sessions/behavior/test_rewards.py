"""Rewards that trials, table and task tell differently."""

import pandas as pd
import pytest

from support.judged_sessions import Case, Frames, fired, good, outcome
from support.standard_session import ACTIVE, PASSIVE

AUTO, HIT, CATCH = 0, 6, 12


def earned(frames: Frames) -> int:
    """The row of the table that is the reward of a hit."""
    return int((frames["rewards"]["timestamps"] - frames["trials"].loc[HIT, "reward_time"]).abs().idxmin())


def passive_by_name(frames: Frames) -> None:
    for table in ("session", "task_parameters"):
        frames[table]["session_type"] = "OPHYS_2_images_A_passive"
    frames["session"]["session_description"] = "OPHYS_2_images_A_passive"


def rewarded_correct_reject(frames: Frames) -> None:
    time = frames["trials"].loc[CATCH, "change_time"]
    frames["trials"].loc[CATCH, ["reward_time", "reward_volume"]] = [time, 0.007]


def auto_trial_without_reward(frames: Frames) -> None:
    frames["trials"].loc[AUTO, "reward_volume"] = 0.0


def volume_of_a_trial_doubled(frames: Frames) -> None:
    frames["trials"].loc[HIT, "reward_volume"] *= 2


def reward_a_frame_later_in_its_trial(frames: Frames) -> None:
    clock = frames["stimulus_timestamps"]["timestamps"]
    time = frames["trials"].loc[AUTO, "reward_time"]
    frames["trials"].loc[AUTO, "reward_time"] = clock[clock > time + 1e-6].iloc[0]


def reward_lost_in_table(frames: Frames) -> None:
    frames["rewards"] = frames["rewards"].iloc[1:].reset_index(drop=True)


def reward_twice_in_table(frames: Frames) -> None:
    rewards = frames["rewards"]
    frames["rewards"] = pd.concat([rewards.iloc[:1], rewards], ignore_index=True)


def reward_of_no_trial(frames: Frames) -> None:
    rewards, time = frames["rewards"], frames["trials"].loc[CATCH, "start_time"]
    more = rewards.iloc[[0]].assign(timestamps=time)
    frames["rewards"] = pd.concat([rewards, more]).sort_values("timestamps", ignore_index=True)


def reward_told_as_two(frames: Frames) -> None:
    """Two halves in the table, of which the trial is the sum."""
    rewards, row = frames["rewards"], earned(frames)
    clock = frames["stimulus_timestamps"]["timestamps"]
    later = clock[clock > rewards.loc[row, "timestamps"] + 1e-6].iloc[0]
    rewards.loc[row, "volume"] = frames["task_parameters"].loc[0, "reward_volume"]
    more = rewards.loc[[row]].assign(timestamps=later)
    frames["rewards"] = pd.concat([rewards, more]).sort_values("timestamps", ignore_index=True)
    frames["trials"].loc[HIT, "reward_volume"] *= 2


def earned_called_automatic(frames: Frames) -> None:
    frames["rewards"].loc[earned(frames), "auto_rewarded"] = True


def automatic_called_earned(frames: Frames) -> None:
    frames["rewards"].loc[0, "auto_rewarded"] = False


def task_of_another_volume(frames: Frames) -> None:
    frames["task_parameters"]["reward_volume"] = 0.01


CASES: list[Case] = [
    ("session.passive_has_no_rewards", passive_by_name),
    ("trials.only_hits_are_rewarded", rewarded_correct_reject),
    ("trials.auto_reward_is_given", auto_trial_without_reward),
    ("trials.trial_rewards_are_the_rewards", volume_of_a_trial_doubled),
    ("trials.trial_rewards_are_the_rewards", reward_a_frame_later_in_its_trial),
    ("trials.trial_rewards_are_the_rewards", reward_lost_in_table),
    ("trials.trial_rewards_are_the_rewards", reward_twice_in_table),
    ("rewards.reward_is_of_a_trial", reward_of_no_trial),
    ("rewards.reward_is_given_once", reward_told_as_two),
    ("rewards.auto_reward_is_of_an_auto_trial", earned_called_automatic),
    ("rewards.auto_reward_is_of_an_auto_trial", automatic_called_earned),
    ("rewards.volume_is_of_the_task", task_of_another_volume),
]


@pytest.mark.parametrize(("code", "edit"), CASES, ids=lambda value: getattr(value, "__name__", value))
def test_a_fault_fires_its_rule_and_no_other(code, edit):
    frames = good(ACTIVE)
    edit(frames)
    assert fired(frames) == [code]


def test_the_message_names_both_volumes():
    frames = good(ACTIVE)
    volume_of_a_trial_doubled(frames)
    assert "got 0.014 mL at 363.59003 s, expected 0.007 mL then" in outcome(frames).findings[0].message


def test_a_passive_session_has_auto_rewarded_trials_without_rewards():
    frames = good(PASSIVE)
    row = frames["trials"]["miss"].idxmax()
    frames["trials"].loc[row, ["miss", "go", "auto_rewarded"]] = [False, False, True]
    assert fired(frames) == []
