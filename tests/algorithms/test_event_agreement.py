"""Whether two recordings of the same events agree."""

import numpy as np

from nwbgate.algorithms.event_agreement import largest_deviation, late_frames, without_partner


def test_events_far_from_all_others_have_no_partner():
    events, others = np.array([1.0, 2.0, 3.0]), np.array([1.01, 2.5])
    assert without_partner(events, others, within=0.02) == 2
    assert without_partner(others, events, within=0.02) == 1
    assert without_partner(events, np.empty(0), within=1.0) == 3


def test_a_frame_after_a_long_interval_is_late():
    assert late_frames(np.array([0.0, 1.0, 2.0, 4.0, 5.0])).tolist() == [3]
    assert late_frames(np.array([1.0])).size == 0


def test_clocks_may_differ_in_offset_and_rate_and_not_in_pace():
    times = np.arange(100.0)
    assert largest_deviation(3 + times * 1.001, times) < 1e-9
    shaken = times.copy()
    shaken[50] += 0.5
    assert 0.4 < largest_deviation(shaken, times) < 0.5
    assert np.isnan(largest_deviation(times[:2], times[:2]))
