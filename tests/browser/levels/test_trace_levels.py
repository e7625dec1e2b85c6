"""Levels are the same however they were built, and are built once."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from nwbgate.browser.levels import trace_levels as levels
from nwbgate.browser.levels.disk_cache import DiskCache
from nwbgate.browser.levels.trace_levels import TILE, Levels, extremes, grid_of
from nwbgate.browser.tracks.samples import ArraySamples, SampleClock

NOWHERE = DiskCache(None, "")
CLOCK = SampleClock(2.0, 0.001)


@dataclass
class Counted:
    """Regular samples that count how many of them were read."""

    numbers: np.ndarray
    clock: SampleClock | None = CLOCK
    notes: list[str] = field(default_factory=list)
    read: int = 0

    def __len__(self) -> int:
        return len(self.numbers)

    def values(self, start: int, stop: int) -> np.ndarray:
        self.read += stop - start
        return self.numbers[start:stop]

    def times(self, start: int, stop: int) -> np.ndarray:
        return 2.0 + np.arange(start, stop) * 0.001


@pytest.fixture
def small_parts(monkeypatch):
    monkeypatch.setattr(levels, "_PART", 2**17)
    monkeypatch.setattr(levels, "_REMOTE_PART", 2**14)


def whole(found: Levels, level: int) -> np.ndarray:
    count = -(-found.grid.bins // extremes.FACTOR**level)
    return np.concatenate([found.tile(level, number)[0] for number in range(-(-count // TILE))])


def test_levels_built_in_parts_equal_levels_built_at_once(small_parts):
    values = np.random.default_rng(0).normal(size=1_000_003)
    values[5000:90_000] = np.nan
    found = Levels(Counted(values), NOWHERE, "a")
    found.tile(0, 4)  # looked at, and therefore built first
    while found.build_next():
        pass
    expected = extremes.of_samples(values)
    for level in range(found.count):
        np.testing.assert_array_equal(whole(found, level), expected)
        expected = extremes.coarser(expected)


def test_what_is_looked_at_is_built_first_and_called_whole_only_then(small_parts):
    samples = Counted(np.arange(2_000_000.0))
    found = Levels(samples, NOWHERE, "a")
    bins, is_whole = found.tile(0, 9)
    assert not is_whole
    assert np.isnan(bins).all()
    found.build_next()
    bins, is_whole = found.tile(0, 9)
    assert is_whole
    assert bins[0, 0] == 9 * TILE * extremes.BIN
    assert samples.read == 2**17
    assert 0 < found.share < 0.1


def test_the_first_parts_lie_evenly_over_the_whole(small_parts):
    found = Levels(Counted(np.zeros(2**17 * 16)), NOWHERE, "a")
    for _ in range(4):
        found.build_next()
    tile, is_whole = found.tile(found.count - 1, 0)
    quarters = np.isfinite(tile[:, 0]).reshape(4, -1).mean(1)
    assert not is_whole
    np.testing.assert_allclose(quarters, 0.25)


def test_a_second_opening_reads_no_sample(tmp_path, small_parts):
    values = np.random.default_rng(1).normal(size=300_000)
    first = Levels(Counted(values), DiskCache(tmp_path, "a file"), "voltage")
    while first.build_next():
        pass
    samples = Counted(values)
    second = Levels(samples, DiskCache(tmp_path, "a file"), "voltage")
    np.testing.assert_array_equal(whole(second, 0), whole(first, 0))
    assert second.complete
    assert samples.read == 0


def test_of_a_file_on_a_server_a_coarse_view_reads_a_sample(small_parts):
    samples = Counted(np.zeros(2**14 * 100))
    found = Levels(samples, NOWHERE, "a", remote=True)
    assert not found.build_next()
    assert samples.read == 0
    found.tile(1, 0)
    while found.build_next():
        pass
    assert samples.read == 2**14 * 5
    assert not found.complete
    assert found.waiting == []
    found.tile(0, 3)
    assert found.waiting
    found.build_next()
    assert samples.read > 2**14 * 5


def test_uneven_samples_have_bins_of_equal_time_and_gaps():
    times = np.concatenate([np.arange(0, 50, 0.02), np.arange(80, 100, 0.02)])
    values = np.sin(times)
    found = Levels(ArraySamples(values, times), NOWHERE, "a")
    bins = whole(found, 0)
    edges = found.grid.start + np.arange(found.grid.bins + 1) * found.grid.width
    for number, (low, high) in enumerate(bins):
        inside = values[(times >= edges[number]) & (times < edges[number + 1])]
        expected = [inside.min(), inside.max()] if len(inside) else [np.nan, np.nan]
        np.testing.assert_array_equal([low, high], np.array(expected))
    assert found.grid.width == pytest.approx(0.64)
    assert np.isnan(bins[80:124]).all()


def test_one_far_timestamp_does_not_make_millions_of_bins():
    assert grid_of(ArraySamples([1.0] * 1001, [*np.arange(1000.0), 1e12])).bins <= 252


@pytest.mark.parametrize("count", [0, 1, 2])
def test_very_short_traces_have_levels(count):
    found = Levels(ArraySamples(np.ones(count), np.arange(float(count))), NOWHERE, "a")
    assert found.complete
    assert len(whole(found, 0)) == found.grid.bins >= min(count, 1) if count else found.grid.bins == 0


@pytest.mark.parametrize("tile", [(0, 1), (5, 0), (-1, 0), (0, -1), (0, 10**9)])
def test_a_tile_that_is_not_there_is_refused(tile):
    with pytest.raises(IndexError):
        Levels(Counted(np.zeros(100)), NOWHERE, "a").tile(*tile)


@pytest.mark.parametrize("clock", [CLOCK, None])
def test_values_that_float32_cannot_tell_apart_keep_all_their_digits(clock):
    values = 1e7 + 1e-8 * np.random.default_rng(3).permutation(100_003)
    assert len(np.unique(values.astype(np.float32))) == 1
    samples = Counted(values) if clock else ArraySamples(values, 2.0 + np.arange(len(values)) * 0.001)
    found = Levels(samples, NOWHERE, "a")
    for level in range(found.count):
        bins = whole(found, level)
        assert (bins[:, 0].min(), bins[:, 1].max()) == (values.min(), values.max())
        assert np.isin(bins, values).all()
