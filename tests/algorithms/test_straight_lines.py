"""Straight lines are found in noise, and level stretches are none."""

import numpy as np
import pytest

from nwbgate.algorithms.straight_lines import longest_line, n_places, straight_places


@pytest.fixture
def noise():
    return np.random.default_rng(0).normal(size=(3, 5000))


def test_noise_is_straight_nowhere(noise):
    straight, has_line = straight_places(noise)
    assert straight.tolist() == [0, 0, 0]
    assert not has_line.any()
    assert longest_line(noise[0]) == 1


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("start", range(100, 116))
def test_a_line_of_twenty_samples_is_found_wherever_it_begins(noise, start, dtype):
    noise[1, start : start + 20] = np.linspace(-1, 2, 20)
    traces = noise.astype(dtype).astype(np.float64)
    assert straight_places(traces)[1].tolist() == [False, True, False]
    assert longest_line(traces[1]) == 20


def test_a_level_stretch_is_no_line(noise):
    noise[0, 100:300] = 1.5
    assert not straight_places(noise)[1].any()
    assert longest_line(noise[0]) == 1


@pytest.mark.parametrize(("factor", "share"), [(2, 1 / 2), (3, 2 / 3), (4, 3 / 4)])
@pytest.mark.parametrize("phase", range(4))
def test_a_trace_that_was_brought_to_a_higher_rate_is_straight_between_its_samples(noise, factor, share, phase):
    frames = np.arange(phase, 4990)
    higher = np.stack([np.interp(frames, np.arange(0, 5000, factor), trace[::factor]) for trace in noise])
    assert straight_places(higher)[0] / n_places(len(frames)) == pytest.approx(share, abs=0.02)


def test_a_trace_of_three_samples_is_not_looked_at():
    assert straight_places(np.zeros((2, 3)))[0].tolist() == [0, 0]
    assert n_places(3) == 0
