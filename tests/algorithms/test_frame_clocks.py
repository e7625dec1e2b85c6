"""Times of frames from intervals and pulses."""

import numpy as np

from nwbgate.algorithms.frame_clocks import begins_with_spike, plane_group, rounded_rate, times_of_intervals


def test_times_are_sums_of_intervals_in_seconds_from_the_first_frame():
    assert times_of_intervals([16.0, 17.0, 33.0]).tolist() == [0.0, 0.016, 0.033, 0.066]


def test_no_interval_is_one_frame():
    assert times_of_intervals([]).tolist() == [0.0]


def test_a_first_pulse_long_before_the_others_is_a_spike():
    assert begins_with_spike(np.array([0.0, 5.0, 5.016]))
    assert not begins_with_spike(np.array([0.0, 0.016, 5.0]))
    assert not begins_with_spike(np.array([3.0]))


def test_groups_of_planes_take_turns():
    frames = np.arange(5.0)
    assert plane_group(frames, 0, 2).tolist() == [0.0, 2.0, 4.0]
    assert plane_group(frames, 1, 2).tolist() == [1.0, 3.0]
    assert plane_group(frames, 0, 0).tolist() == frames.tolist()


def test_the_rate_is_rounded_and_unknown_for_one_frame():
    assert rounded_rate(np.arange(100) / 30.95) == 31.0
    assert np.isnan(rounded_rate(np.zeros(1)))
