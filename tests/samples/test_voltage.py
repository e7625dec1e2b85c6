"""Made-up voltage: the spikes are where they were put, and noise and baseline have their sizes."""

import numpy as np
import pytest

from nwbgate.samples.voltage import detect_spikes, noise_level, record_voltage, waveform

PERIOD = 1 / 40000
SPIKES = np.array([0.5, 0.5034, 0.51, 1.25, 3.0, 7.5])


def voltage(*, seed=0, seconds=10.0, spikes=SPIKES, period=PERIOD):
    return record_voltage(spikes, round(seconds / period), period, np.random.default_rng(seed))


@pytest.mark.parametrize("period", [1 / 40000, 1 / 4000, 1 / 1000])
def test_every_planted_spike_is_detected_where_it_was_planted(period):
    found = voltage(period=period).spike_times
    assert found == pytest.approx(SPIKES, abs=max(period, 0.2e-3))


def test_detected_spikes_lie_on_the_sampling_grid():
    samples = voltage().spike_times / PERIOD
    assert samples == pytest.approx(np.round(samples), abs=1e-6)


def test_detected_spikes_are_local_maxima_above_the_threshold():
    recorded = voltage()
    peaks = np.round(recorded.spike_times / PERIOD).astype(int)
    trace = recorded.baseline_subtracted
    assert np.all(trace[peaks] > recorded.threshold)
    assert np.all((trace[peaks] >= trace[peaks - 1]) & (trace[peaks] >= trace[peaks + 1]))


def test_the_threshold_is_ten_times_the_noise_level():
    recorded = voltage()
    assert recorded.threshold == pytest.approx(10 * noise_level(recorded.baseline_subtracted))


def test_the_noise_level_of_gaussian_noise_is_its_standard_deviation():
    assert noise_level(2e-5 * np.random.default_rng(0).standard_normal(100_000)) == pytest.approx(2e-5, rel=0.02)


def test_cells_have_a_plausible_noise_and_signal():
    cells = [voltage(seed=seed, seconds=8.0) for seed in range(40)]
    noise = [cell.threshold / 10 for cell in cells]
    peaks = [cell.baseline_subtracted.max() / cell.threshold * 10 for cell in cells]
    assert np.median(noise) == pytest.approx(30e-6, rel=0.1)
    assert 15 < min(peaks) < max(peaks) < 75


def test_the_second_spike_of_a_burst_is_smaller():
    ratios = []
    for seed in range(20):
        trace = voltage(seed=seed).baseline_subtracted
        heights = [trace[round(time / PERIOD)] for time in SPIKES[:2]]
        ratios.append(heights[1] / heights[0])
    assert np.mean(ratios) == pytest.approx(1 - 0.35 * np.exp(-3.4 / 12), abs=0.07)


def test_the_baseline_wanders_from_rest_as_a_random_walk():
    ends = [recorded.raw[-1] - recorded.baseline_subtracted[-1] for recorded in map(baseline_cell, range(60))]
    assert np.mean(ends) == pytest.approx(-2e-3, abs=0.1e-3)
    assert np.std(ends) == pytest.approx(150e-6 * np.sqrt(4.0), rel=0.3)


def baseline_cell(seed):
    return voltage(seed=seed, seconds=4.0, period=1 / 4000)


def test_the_action_potential_is_positive_then_negative_and_less_than_half_a_millisecond_wide():
    shape, peak = waveform(PERIOD)
    assert np.argmax(shape) == peak
    assert shape[peak] == 1.0
    assert 0.25e-3 < np.sum(shape > 0.5) * PERIOD < 0.5e-3
    assert -0.5 < shape[peak:].min() < -0.2


def test_a_trace_without_a_crossing_has_no_spikes():
    assert detect_spikes(np.zeros(100), 1.0, PERIOD).shape == (0,)


def test_crossings_within_a_millisecond_are_one_spike_and_later_ones_two():
    trace = np.zeros(400)
    trace[[100, 120]] = 2.0, 3.0
    assert detect_spikes(trace, 1.0, PERIOD) == pytest.approx([120 * PERIOD])
    trace[[300]] = 2.0
    assert detect_spikes(trace, 1.0, PERIOD) == pytest.approx([120 * PERIOD, 300 * PERIOD])


def test_a_spike_at_the_very_start_is_cut_off_not_wrapped_around():
    recorded = voltage(spikes=np.array([0.0, 5.0]))
    assert recorded.spike_times == pytest.approx([0.0, 5.0], abs=0.2e-3)
