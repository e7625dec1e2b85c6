"""Stretches cover a trace, and keep its extremes."""

import numpy as np
import pytest

from nwbgate.algorithms.extremes import extremes, stretch_starts


@pytest.mark.parametrize(("length", "stretches"), [(12, 3), (13, 3), (100, 99), (5, 5), (7, 1)])
def test_stretches_are_of_equal_length_and_none_is_empty(length, stretches):
    lengths = np.diff([*stretch_starts(length, stretches), length])
    assert len(lengths) == stretches
    assert lengths.min() >= 1
    assert lengths.max() - lengths.min() <= 1


def test_the_extremes_of_each_stretch_are_kept():
    low, high = extremes(np.array([0.0, 5, -1, 2, np.nan, 7, np.nan, np.nan, np.nan]), np.array([0, 3, 6]))
    assert (low[:2].tolist(), high[:2].tolist()) == ([-1, 2], [5, 7])
    assert np.isnan([low[2], high[2]]).all()
