"""Rules about rewards: of trials, of their table, and of the task."""

from typing import TYPE_CHECKING, Any

import numpy as np

from nwbgate.rules.rule import Rule, check
from nwbgate.rules.sessions.offsets import ROUNDING
from nwbgate.rules.sessions.rows import Mask, as_column, numbers, offending, surely

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows

#: Volumes that are meant to be one differ by less than this, in milliliters.
_SAME_VOLUME = 1e-6
#: End of the name of a session in which the spout is out of reach.
_PASSIVE = "_passive"


def _is_passive(session: "pd.DataFrame") -> bool:
    return len(session) > 0 and str(session["session_type"].iloc[0]).endswith(_PASSIVE)


def _trial_of(times: "pd.Series[Any]", trials: "pd.DataFrame") -> "np.ndarray[Any, np.dtype[np.int64]]":
    """Return the trial row of each time, -1 before the first."""
    row = np.searchsorted(numbers(trials["start_time"]), numbers(times) + ROUNDING, side="right") - 1
    return row.astype(np.int64)


@check(scope="session", column="session_type", needs=["session.session_type_is_one"])
def passive_has_no_rewards(
    session: "pd.DataFrame", trials: "pd.DataFrame", rewards: "pd.DataFrame | None" = None
) -> "Rows":
    """A passive session has no rewards, neither in its trials nor in its table of rewards.

    Why: in passive sessions the spout is out of reach. Rewards say that the session was active, or are another's.

    Example: OPHYS_2_images_A_passive with 12 rewards.

    Fix: correct session_type, or take the rewards out.
    """
    if not _is_passive(session):
        return None
    n_table, n_trials = 0 if rewards is None else len(rewards), int((numbers(trials["reward_volume"]) > 0).sum())
    wrong = np.full(len(session), n_table + n_trials > 0)
    got = f"{n_table} rewards, and {n_trials} trials with one, in {{session_type}}"
    return offending(session, wrong, got, "none")


@check(
    scope="session",
    column="reward_volume",
    needs=["trials.no_response_without_lick_in_window", "session.passive_has_no_rewards"],
)
def only_hits_are_rewarded(trials: "pd.DataFrame") -> "Rows":
    """Only hits and auto-rewarded trials have a reward.

    Why: water is the answer to a hit, or is given automatically; a rewarded false alarm is one of another outcome.

    Example: trial 12 is a correct reject and has a reward of 0.007 mL.

    Fix: correct the outcome, or take the reward out of the trial.
    """
    rewarded = (numbers(trials["reward_volume"]) > 0) | trials["reward_time"].notna().to_numpy()
    wrong = rewarded & ~surely(trials["hit"]) & ~surely(trials["auto_rewarded"])
    return offending(trials, wrong, "reward_time {reward_time:.6g}, reward_volume {reward_volume:.5g}", "no reward")


@check(
    scope="session",
    column="reward_time",
    needs=[
        "trials.only_hits_are_rewarded",
        "trials.hit_has_reward",
        "trials.auto_reward_is_given",
        "rewards.reward_is_at_a_frame",
    ],
)
def trial_rewards_are_the_rewards(trials: "pd.DataFrame", rewards: "pd.DataFrame") -> "Rows":
    """The reward of a trial is one of the table of rewards, with its time and volume.

    Why: both describe the same drop; where they differ, its time and volume are uncertain.

    Example: trial 12 has 0.007 mL at 347.74 s, the table has 0.005 mL then.

    Fix: take both from the stimulus log.
    """
    volumes = _volumes(trials, rewards)
    told = numbers(trials["reward_volume"])
    rewarded = (told > 0) | trials["reward_time"].notna().to_numpy()
    wrong = rewarded & ~(np.abs(told - volumes) <= _SAME_VOLUME)
    got = "{reward_volume:.4g} mL at {reward_time:.5f} s"
    expected = [f"{volume:.4g} mL then, as in the table" if volume > 0 else "a reward then" for volume in volumes]
    return offending(trials, wrong, got, lambda: as_column(trials, expected))


def _volumes(trials: "pd.DataFrame", rewards: "pd.DataFrame") -> "np.ndarray[Any, np.dtype[np.float64]]":
    """Return the reward volume of each trial, 0 for none."""
    times, volumes = numbers(rewards["timestamps"]), numbers(rewards["volume"])
    row = _trial_of(rewards["timestamps"], trials)
    found = np.zeros(len(trials))
    for number, at in enumerate(numbers(trials["reward_time"])):
        of_trial = row == number
        if (np.abs(times[of_trial] - at) <= ROUNDING).any():
            found[number] = volumes[of_trial].sum()
    return found


@check(
    scope="session", column="timestamps", needs=["trials.trial_rewards_are_the_rewards", "trials.auto_reward_is_given"]
)
def reward_is_of_a_trial(rewards: "pd.DataFrame", trials: "pd.DataFrame") -> "Rows":
    """Every reward of the table lies in a trial that says it was rewarded.

    Why: a reward that no trial knows of is water outside of the task, or belongs to a trial whose reward was lost.

    Example: a reward at 347.74 s, in trial 4, whose reward_volume is 0.

    Fix: restore the reward of the trial, or leave the reward out of the table.
    """
    row = _trial_of(rewards["timestamps"], trials)
    rewarded = numbers(trials["reward_volume"]) > 0
    wrong = (row < 0) | ~rewarded[row.clip(0)] if len(trials) else np.ones(len(rewards), dtype=bool)
    words = [
        f"a reward at {at:.3f} s, {_place(trials, number)}"
        for at, number in zip(rewards["timestamps"], row, strict=True)
    ]
    return offending(rewards, wrong, lambda: as_column(rewards, words), "a rewarded trial at that time")


def _place(trials: "pd.DataFrame", row: int) -> str:
    return (
        f"in trial {trials['trials_id'].iloc[row]}, which has none" if 0 <= row < len(trials) else "before all trials"
    )


@check(
    scope="session",
    severity="warning",
    column="timestamps",
    needs=["trials.trial_rewards_are_the_rewards", "rewards.reward_is_of_a_trial"],
)
def reward_is_given_once(rewards: "pd.DataFrame", trials: "pd.DataFrame") -> "Rows":
    """No two rewards of the table lie in one trial.

    Why: a trial has one reward, for its hit or automatically; a second one is the first, recorded twice.

    Example: two rewards of 0.007 mL in trial 6, 0.0167 s apart.

    Fix: leave the repeated reward out.
    """
    again = as_column(rewards, _trial_of(rewards["timestamps"], trials)).duplicated()
    return offending(rewards, again, "{volume:.4g} mL at {timestamps:.5f} s", "one reward in a trial")


@check(
    scope="session",
    column="auto_rewarded",
    needs=["trials.trial_rewards_are_the_rewards", "rewards.reward_is_of_a_trial", "trials.is_change_follows_kind"],
)
def auto_reward_is_of_an_auto_trial(rewards: "pd.DataFrame", trials: "pd.DataFrame") -> "Rows":
    """A reward is automatic exactly when its trial is auto-rewarded.

    Why: earned and automatic rewards are counted apart; the flag is told in both tables.

    Example: a reward at 347.74 s is called earned, its trial 4 is auto-rewarded.

    Fix: correct the flag of the reward, or the outcome of the trial.
    """
    row = _trial_of(rewards["timestamps"], trials)
    meant = surely(trials["auto_rewarded"])[row.clip(0)] if len(trials) else np.zeros(len(rewards), dtype=bool)
    wrong = (row >= 0) & rewards["auto_rewarded"].notna().to_numpy() & (surely(rewards["auto_rewarded"]) != meant)
    return offending(rewards, wrong, "{auto_rewarded} at {timestamps:.3f} s", lambda: as_column(rewards, meant))


@check(scope="session", column="volume", needs=["rewards.auto_reward_is_of_an_auto_trial"])
def volume_is_of_the_task(rewards: "pd.DataFrame", task_parameters: "pd.DataFrame") -> "Rows":
    """The volume of a reward is the one that the task parameters say, for earned and for automatic rewards.

    Why: the amount of water is a setting of the session; another volume is another setting, or an edited value.

    Example: a reward of 0.014 mL in a task of 0.007 mL.

    Fix: correct the volume, or reward_volume and auto_reward_volume of the task parameters.
    """
    if task_parameters.empty:
        return None
    earned, automatic = (float(task_parameters[name].iloc[0]) for name in ("reward_volume", "auto_reward_volume"))
    expected = np.where(surely(rewards["auto_rewarded"]), automatic, earned)
    wrong: Mask = np.abs(numbers(rewards["volume"]) - expected) > _SAME_VOLUME
    words = [f"{volume:.4g} mL" for volume in expected]
    return offending(rewards, wrong, "{volume:.4g} mL at {timestamps:.3f} s", lambda: as_column(rewards, words))


@check(scope="session", column="reward_time", needs=["trials.only_hits_are_rewarded", "session.passive_has_no_rewards"])
def auto_reward_is_given(trials: "pd.DataFrame", session: "pd.DataFrame") -> "Rows":
    """Every auto-rewarded trial has a reward, in sessions that are not passive.

    Why: the reward is what makes it an auto-rewarded trial.

    Example: trial 0 is auto-rewarded, and its reward_volume is 0.

    Fix: restore the reward, or correct the outcome.
    """
    given = (numbers(trials["reward_volume"]) > 0) & trials["reward_time"].notna().to_numpy()
    wrong = surely(trials["auto_rewarded"]) & ~given & (not _is_passive(session))
    got = "reward_time {reward_time:.6g}, reward_volume {reward_volume:.5g}"
    return offending(trials, wrong, got, "a volume above 0, and its time")


RULES: tuple[Rule, ...] = (
    passive_has_no_rewards,
    only_hits_are_rewarded,
    auto_reward_is_given,
    trial_rewards_are_the_rewards,
    reward_is_of_a_trial,
    reward_is_given_once,
    auto_reward_is_of_an_auto_trial,
    volume_is_of_the_task,
)
