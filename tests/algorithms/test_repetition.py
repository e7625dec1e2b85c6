"""Stretches that stand still or are copied, found in noise and in no noise of its own."""

import numpy as np
import pytest

from nwbgate.algorithms.repetition import WINDOW, longest_still, repeated_stretch


@pytest.fixture
def noise():
    return np.random.default_rng(0).normal(size=(3, 5000))


def test_noise_stands_nowhere_still_and_repeats_nothing(noise):
    assert longest_still(noise)[0].tolist() == [1, 1, 1]
    assert repeated_stretch(noise).n == 0


def test_noise_of_few_levels_repeats_nothing(noise):
    levels = np.round(noise)
    assert longest_still(levels)[0].max() < 20
    assert repeated_stretch(levels).n == 0


def test_a_run_of_equal_samples_is_measured_in_its_channel(noise):
    noise[1, 100:350] = 2.5
    noise[1, 1000:1003] = 1.0
    run, others = longest_still(noise)
    assert run.tolist() == [1, 250, 1]
    assert others.tolist() == [0, 2, 0]


@pytest.mark.parametrize("edge", [slice(0, 70), slice(4930, 5000)])
def test_a_run_at_an_end_is_measured(noise, edge):
    noise[0, edge] = 0.0
    assert longest_still(noise)[0].tolist() == [70, 1, 1]


def test_a_copied_stretch_is_found_with_its_original(noise):
    noise[:, 3000:3400] = noise[:, 1000:1400]
    assert repeated_stretch(noise) == (400, 3000, 1000)


def test_a_stretch_of_one_channel_is_no_copied_recording(noise):
    noise[1, 3000:3400] = noise[1, 1000:1400]
    assert repeated_stretch(noise).n == 0


def test_flat_lines_and_short_recordings_are_not_compared(noise):
    noise[:, 1000:4000] = 0.0
    assert repeated_stretch(noise).n == 0
    assert repeated_stretch(noise[:, : WINDOW - 1]).n == 0
