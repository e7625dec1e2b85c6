"""Peaks above the noise, at their spikes and away from them."""

import numpy as np
import pytest

from nwbgate.algorithms import spike_peaks

NOISE = np.random.default_rng(0).normal(0, 3e-5, 40_000)
PLACES = np.arange(500, 40_000, 1000)


def spiking(height: float) -> np.ndarray:
    voltage = NOISE.copy()
    voltage[PLACES] += height
    return voltage


def test_the_noise_is_that_of_a_normal_variable():
    assert spike_peaks.noise_level(spiking(1e-3)) == pytest.approx(3e-5, rel=0.02)


@pytest.mark.parametrize(("period", "samples"), [(2.5e-5, 40), (2.5e-4, 4), (1e-2, 1)])
def test_a_millisecond_is_at_least_one_sample(period, samples):
    assert spike_peaks.reach(period) == samples


@pytest.mark.parametrize(("shift", "share"), [(0, 0), (40, 0), (-40, 0), (41, 1), (200, 1)])
def test_a_peak_is_found_within_the_window_and_noise_is_none(shift, share):
    missing = spike_peaks.without_peak(spiking(1e-3), PLACES + shift, 40, 3e-5)
    assert missing.mean() == pytest.approx(share, abs=0.01)


@pytest.mark.parametrize("lost", [[], [3], [0, 20, 39]])
def test_a_peak_without_a_spike_is_found_once(lost):
    known = np.delete(PLACES, lost)
    found = spike_peaks.other_peaks(spiking(1e-3), known, 40, 5e-4)
    assert found.tolist() == PLACES[lost].tolist()


def test_a_spell_above_the_level_is_one_peak_and_noise_is_none():
    voltage = spiking(1e-3)
    voltage[1495:1505] = 9e-4
    voltage[1500] = 1.2e-3
    assert spike_peaks.other_peaks(voltage, np.delete(PLACES, 1), 40, 5e-4).tolist() == [1500]
    assert spike_peaks.other_peaks(NOISE, PLACES, 40, 5e-4).tolist() == []
