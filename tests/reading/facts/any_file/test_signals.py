"""Channels in numbers, whole where they are small and from blocks where they are large."""

import h5py
import numpy as np
import pytest

from nwbgate.reading.facts.any_file.signals import _Channels, sampled_blocks

N = 100


def rows(*blocks: np.ndarray, factor: float = 1.0, offset: float = 0.0, is_noisy: bool = False) -> list[dict]:
    channels = _Channels(len(blocks[0]), is_noisy=is_noisy)
    for block in blocks:
        channels.add(block)
    return list(channels.rows(factor, offset))


def noise(channels: int = 1) -> np.ndarray:
    return np.random.default_rng(0).normal(size=(channels, N))


def test_nan_at_the_ends_is_not_inside():
    data = noise()
    data[0, :10] = data[0, -10:] = np.nan
    (row,) = rows(data)
    assert (row["n_nan"], row["n_nan_inside"]) == (20, 0)


@pytest.mark.parametrize("cut", [20, 30, 35, 60])
def test_nan_inside_is_counted_wherever_blocks_end(cut):
    data = noise()
    data[0, 30:40] = np.nan
    (row,) = rows(data[:, :cut], data[:, cut:])
    assert (row["n_nan"], row["n_nan_inside"]) == (10, 10)


def test_a_whole_block_of_nan_between_two_others_is_inside():
    (row,) = rows(noise(), np.full((1, N), np.nan), noise())
    assert row["n_nan_inside"] == N


def test_a_whole_block_of_nan_at_the_end_is_not_inside():
    (row,) = rows(noise(), np.full((1, N), np.nan))
    assert row["n_nan_inside"] == 0


def test_infinite_samples_are_counted_and_do_not_hide_the_range():
    data = noise()
    data[0, 5] = -np.inf
    (row,) = rows(data)
    assert (row["n_infinite"], row["is_constant"]) == (1, False)
    assert row["largest"] == pytest.approx(np.abs(np.delete(data, 5)).max())


def test_samples_at_an_extreme_are_counted_over_blocks():
    first, second = np.clip(noise(), -1, 1), np.clip(noise(), -1.5, 1)
    (row,) = rows(first, second)
    assert row["at_extreme"] == pytest.approx((np.r_[first[0], second[0]] == 1).mean())


def test_values_are_in_the_unit():
    (row,) = rows(np.array([[1.0, -3.0, 2.0]]), factor=10.0, offset=1.0)
    assert row["largest"] == 29.0


def test_equal_channels_have_one_digest():
    data = noise(3)
    data[2] = data[0]
    first, second, third = (row["digest"] for row in rows(data))
    assert first == third != second


def test_a_large_series_is_read_in_blocks_from_its_beginning_to_its_end(tmp_path):
    data = np.arange(4_000_000, dtype="f4")
    with h5py.File(tmp_path / "large.h5", "w") as file:
        file["data"] = data
    with h5py.File(tmp_path / "large.h5") as file:
        blocks = list(sampled_blocks(file["data"]))
        whole = list(sampled_blocks(file["data"], whole=True))
    assert len(blocks) == 8 < len(whole)
    assert (blocks[0][0, 0], blocks[-1][0, -1]) == (data[0], data[-1])
    np.testing.assert_array_equal(np.concatenate(whole, axis=1)[0], data)


def test_only_a_noisy_signal_is_searched_for_a_still_stretch():
    data = noise()
    data[0, 40:70] = data[0, 40]
    assert [rows(data, is_noisy=noisy)[0]["n_still"] for noisy in (True, False)] == [30, 1]
    assert rows(noise(), is_noisy=True)[0]["n_still"] == 1
