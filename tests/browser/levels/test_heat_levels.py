"""Heatmaps keep the largest value of every bin, and say when each column was."""

import numpy as np
import pytest

from nwbgate.browser.levels.disk_cache import DiskCache
from nwbgate.browser.levels.heat_levels import TILE, HeatLevels
from nwbgate.browser.tracks.samples import ArraySamples
from nwbgate.browser.tracks.track import Heatmap

FRAMES, ROWS = 5000, 6


def heatmap(matrix: np.ndarray, times: np.ndarray) -> tuple[Heatmap, list[int]]:
    read: list[int] = []

    def values() -> np.ndarray:
        read.append(1)
        return matrix

    rows = tuple(map(str, range(matrix.shape[1])))
    return Heatmap(
        "dF/F", "plane", source="a", matrix=values, times=lambda: times, rows=rows,
        row=lambda row: ArraySamples(matrix[:, row], times),
    ), read  # fmt: skip


@pytest.fixture(scope="module")
def made():
    matrix = np.random.default_rng(0).uniform(0, 1, (FRAMES, ROWS))
    matrix[4321, 3] = 50.0
    matrix[:, 5] = np.nan
    return matrix, np.arange(FRAMES) * 0.1


def test_bytes_follow_the_values(made):
    matrix, times = made
    found = HeatLevels(heatmap(matrix, times)[0], DiskCache(None, ""))
    finest = found.levels[0]
    low, high = found.colours.low, found.colours.high
    expected = np.clip((matrix[:, :5] - low) / (high - low), 0, 1) * 254 + 1
    assert (np.abs(finest[:5] + 0.5 - expected.T) <= 0.5 + 1e-9).all()
    assert (finest[5] == 0).all()
    assert 0 < low < 0.05
    assert 0.9 < high < 1.1


def test_one_event_is_seen_at_every_level(made):
    found = HeatLevels(heatmap(*made)[0], DiskCache(None, ""))
    assert found.count > 1
    for level in range(found.count):
        assert found.levels[level][3, 4321 // 4**level] == 255
    np.testing.assert_array_equal(found.levels[1][:, :1250], found.levels[0].reshape(ROWS, 1250, 4).max(2))


def test_columns_have_the_times_of_their_frames(made):
    matrix, times = made
    uneven = times + np.where(np.arange(FRAMES) > 3000, 60.0, 0.0)
    columns, start, stop = HeatLevels(heatmap(matrix, uneven)[0], DiskCache(None, "")).tile(1, 3)
    assert columns.shape == (ROWS, TILE)
    frames = np.arange(3 * TILE * 4, 4 * TILE * 4, 4)
    np.testing.assert_array_equal(start, uneven[frames])
    np.testing.assert_allclose(stop, uneven[frames + 3] + 0.1)


def test_a_second_opening_reads_no_value(made, tmp_path):
    first = HeatLevels(heatmap(*made)[0], DiskCache(tmp_path, "file"))
    assert not list(tmp_path.iterdir())  # what is looked at does not wait for the disk
    assert not first.build_next()
    track, read = heatmap(*made)
    second = HeatLevels(track, DiskCache(tmp_path, "file"))
    assert read == []
    assert second.colours == first.colours
    np.testing.assert_array_equal(second.levels[-1], first.levels[-1])


def test_a_matrix_of_one_value_has_colours():
    track, _ = heatmap(np.zeros((10, 2)), np.arange(10.0))
    found = HeatLevels(track, DiskCache(None, ""))
    assert found.colours.high > found.colours.low
    with pytest.raises(IndexError):
        found.tile(0, 1)
