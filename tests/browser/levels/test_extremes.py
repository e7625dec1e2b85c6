"""Bins hold the smallest and the largest of their samples, whatever is missing."""

import numpy as np
import pytest

from nwbgate.browser.levels import extremes
from nwbgate.browser.levels.extremes import BIN, FACTOR


def truth(values: np.ndarray, size: int) -> np.ndarray:
    """Smallest and largest finite value of every `size` samples, one bin after the other."""
    found = []
    for start in range(0, len(values), size):
        part = values[start : start + size]
        part = part[~np.isnan(part)]
        found.append([part.min(), part.max()] if len(part) else [np.nan, np.nan])
    return np.array(found).reshape(-1, 2)


@pytest.mark.parametrize("count", [0, 1, 31, 32, 33, 4095, 100_003])
def test_every_level_holds_the_extremes_of_its_samples(count):
    random = np.random.default_rng(count)
    values = random.normal(size=count)
    values[random.random(count) < 0.3] = np.nan
    values[count // 3 : count // 3 + 600] = np.nan
    level, size = extremes.of_samples(values), BIN
    while len(level) > 1:
        np.testing.assert_array_equal(level, truth(values, size))
        level, size = extremes.coarser(level), size * FACTOR


def test_one_sample_among_millions_is_in_the_coarsest_level():
    values = np.zeros(3_000_000)
    values[1_234_567] = 9.0
    level = extremes.of_samples(values)
    for _ in range(extremes.level_count(len(level)) - 1):
        level = extremes.coarser(level)
    assert level[:, 1].max() == 9.0
    assert (level[:, 1] == 9.0).sum() == 1


def test_bins_of_time_hold_the_samples_of_their_time_and_gaps_stay_empty():
    random = np.random.default_rng(4)
    times = np.sort(np.concatenate([random.uniform(0, 10, 400), random.uniform(20, 30, 300)]))
    values = random.normal(size=len(times))
    found = extremes.of_times(values, times, 0.0, 0.25, 121)
    numbers = np.searchsorted(np.arange(122) * 0.25, times, "right") - 1
    for number in range(121):
        inside = values[numbers == number]
        expected = [inside.min(), inside.max()] if len(inside) else [np.nan, np.nan]
        np.testing.assert_array_equal(found[number], np.array(expected))
    assert np.isnan(found[41:79]).all()


def test_the_last_bin_of_time_ends_where_it_says():
    found = extremes.of_times(np.array([1.0, 2.0, 50.0]), np.array([0.0, 0.5, 7.0]), 0.0, 1.0, 1)
    np.testing.assert_array_equal(found, [[1.0, 2.0]])


def test_rounding_outwards_keeps_every_sample_inside_of_its_bin():
    values = np.concatenate([1e7 + 1e-3 * np.random.default_rng(5).normal(size=320), [0.0, 0.5, -1e300, 1e300, np.nan]])
    bins = extremes.of_samples(values)
    short = extremes.rounded_outwards(bins)
    assert short.dtype == np.float32
    assert (short[:, 0] <= bins[:, 0]).all()
    assert (short[:, 1] >= bins[:, 1]).all()
    np.testing.assert_allclose(short[:-1], bins[:-1], rtol=1e-6)
    assert np.isnan(extremes.rounded_outwards(np.array([[np.nan, np.nan]]))).all()


def test_the_coarsest_level_is_small():
    assert extremes.level_count(1) == 1
    assert extremes.level_count(2048) == 1
    assert extremes.level_count(2049) == 2
    assert extremes.level_count(1_800_000) == 6
