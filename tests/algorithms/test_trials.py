"""Which licks and rewards belong to trials, and what kind trials are."""

import numpy as np

from nwbgate.algorithms.trials import rewards_of_trials, trial_kinds, trial_of_licks


def test_a_lick_at_the_start_of_a_trial_belongs_to_the_one_before():
    licks, starts = np.array([5, 10, 11, 20, 21, 30, 31]), np.array([10, 20])
    assert trial_of_licks(licks, starts, end=30).tolist() == [-1, -1, 0, 0, 1, 1, -1]
    assert trial_of_licks(licks, starts).tolist()[-1] == 1


def test_kinds_follow_what_was_meant_unless_the_trial_was_aborted():
    def truth(*values):
        return np.array(values, dtype=bool)

    kinds = trial_kinds(
        truth(0, 1, 1, 0, 1),
        truth(0, 0, 0, 1, 1),
        aborted=truth(0, 0, 0, 0, 1),
        hit=truth(1, 0, 0, 0, 0),
        miss=truth(0, 0, 0, 1, 0),
        false_alarm=truth(0, 1, 0, 0, 0),
    )
    assert kinds.go.tolist() == [True, False, False, False, False]
    assert kinds.catch.tolist() == [False, True, True, False, False]
    assert kinds.correct_reject.tolist() == [False, False, True, False, False]
    assert kinds.auto_rewarded.tolist() == [False, False, False, True, False]
    assert not kinds.miss.any()
    assert kinds.outcomes.tolist() == [1, 1, 1, 1, 1]


def test_rewards_at_both_ends_of_a_trial_belong_to_it():
    times, counts = rewards_of_trials(np.array([1.0, 2.0, 5.0]), np.array([1.0, 3.0, 5.0]), np.array([2.0, 4.0, 5.0]))
    assert times.tolist()[0::2] == [1.0, 5.0]
    assert np.isnan(times[1])
    assert counts.tolist() == [2, 0, 1]
