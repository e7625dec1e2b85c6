import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nwbgate.plots.envelope import envelope, part_within


def test_a_short_trace_is_drawn_as_it_is():
    times, values = np.arange(8.0), np.arange(8.0) ** 2
    assert envelope(times, values, bins=4)[1] is values


def test_a_long_trace_becomes_the_extremes_of_its_stretches():
    values = np.array([0, 5, -1, 2, 7, 1, 1, 1, 1, -3, 0, 0], dtype=float)
    times, drawn = envelope(np.arange(12.0), values, bins=3)
    assert times.tolist() == [0, 0, 4, 4, 8, 8]
    assert drawn.tolist() == [-1, 5, 1, 7, -3, 1]


def test_nan_is_passed_over_but_a_stretch_of_nan_stays_a_gap():
    values = np.array([1, np.nan, 3, np.nan, np.nan, np.nan, 5, 6, 7.0])
    assert envelope(np.arange(9.0), values, bins=3)[1].tolist()[:2] == [1, 3]
    assert np.isnan(envelope(np.arange(9.0), values, bins=3)[1][2:4]).all()


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=400), st.integers(1, 50))
def test_no_extreme_is_lost(values, bins):
    values = np.array(values)
    times, drawn = envelope(np.arange(len(values), dtype=float), values, bins)
    assert len(drawn) == len(times) <= max(2 * bins, 0)
    assert (drawn.min(), drawn.max()) == (values.min(), values.max())
    assert (np.diff(times) >= 0).all()


def test_a_window_includes_its_ends():
    times = np.arange(10) / 10
    assert part_within(times, times * 2, (0.2, 0.5))[1].tolist() == [0.4, 0.6, 0.8, 1.0]
    assert part_within(times, times, None)[0] is times
    assert part_within(times, times, (5, 6))[0].size == 0
