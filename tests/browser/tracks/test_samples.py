"""Samples are those of the file, in order of time."""

import h5py
import numpy as np
import pytest

from nwbgate.browser.tracks.samples import ArraySamples, StoredSamples, extent
from support.browsed_files import series


@pytest.fixture
def file(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        yield file


def test_a_stored_rate_gives_the_times(file):
    series(file, "a", np.arange(2000.0), rate=50.0)
    samples = StoredSamples(file["a"])
    np.testing.assert_array_equal(samples.times(10, 13), 0.5 + np.arange(10, 13) * (1 / 50))
    np.testing.assert_array_equal(samples.values(1990, 5000), np.arange(1990.0, 2000.0))
    assert extent(samples) == (0.5, 0.5 + 1999 * (1 / 50))


def test_values_are_in_the_unit_of_the_series(file):
    series(file, "a", np.arange(5, dtype=np.int16), rate=1.0)
    file["a/data"].attrs.update({"conversion": 0.5, "offset": 1.0})
    np.testing.assert_array_equal(StoredSamples(file["a"]).values(0, 5), [1.0, 1.5, 2.0, 2.5, 3.0])


def test_a_column_of_several_is_read_alone(file):
    data = np.random.default_rng(0).normal(size=(3000, 3))
    series(file, "a", data, rate=1.0)
    np.testing.assert_array_equal(StoredSamples(file["a"], 2).values(7, 2000), data[7:2000, 2])


def test_stored_timestamps_are_used_and_put_in_order(file):
    series(file, "a", [1.0, 2.0, 3.0, 4.0], times=[3.0, 1.0, np.nan, 2.0])
    samples = StoredSamples(file["a"])
    assert samples.clock is None
    np.testing.assert_array_equal(samples.times(0, 9), [1.0, 2.0, 3.0])
    np.testing.assert_array_equal(samples.values(0, 9), [2.0, 4.0, 1.0])
    assert ["finite" in note or "ascending" in note for note in samples.notes] == [True, True]


def test_arrays_in_order_are_left_as_they_are():
    samples = ArraySamples([5.0, np.nan, 7.0], [1.0, 1.0, 2.0])
    assert samples.notes == []
    np.testing.assert_array_equal(samples.values(0, 3), [5.0, np.nan, 7.0])


def test_no_samples_have_no_extent():
    assert extent(ArraySamples([], [])) == (0.0, 0.0)
