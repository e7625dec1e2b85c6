"""The filter of events: a half of a bell, forwards in time."""

import numpy as np
import pytest
from scipy.stats import halfnorm

from nwbgate.algorithms.event_filter import filter_events, half_normal


@pytest.mark.parametrize("frame_rate", [11.0, 31.0])
def test_taps_are_the_density_of_a_half_normal_distribution_of_sum_one(frame_rate):
    density = halfnorm(scale=2 / 31 * frame_rate).pdf(np.arange(20))
    np.testing.assert_allclose(half_normal(frame_rate), density / density.sum(), rtol=1e-14)


def test_an_event_is_spread_over_the_frames_after_it():
    events = np.zeros((40, 2))
    events[10, 0], events[35, 1] = 2.0, 1.0
    smooth = filter_events(events, 31.0)
    assert not smooth[:10, 0].any()
    np.testing.assert_allclose(smooth[10:30, 0], 2 * half_normal(31.0))
    np.testing.assert_allclose(smooth[35:, 1], half_normal(31.0)[:5])  # the rest would lie after the end


def test_no_frames_and_no_events_stay_so():
    assert filter_events(np.zeros((0, 3)), 31.0).shape == (0, 3)
    assert np.isnan(filter_events(np.full((30, 1), np.nan), 31.0)).all()
