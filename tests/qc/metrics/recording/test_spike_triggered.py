"""Metrics of spikes and voltage give back what was planted."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nwbgate.qc.metrics.recording import spike_trains, voltage, voltage_baseline, waveform
from nwbgate.qc.metrics.recording.indicator import INDICATORS, PIECES, in_frames, indicator_of, predicted_fluorescence
from nwbgate.qc.metrics.recording.spike_peaks import Peaks
from nwbgate.qc.metrics.recording.spike_triggered import SpikesAndFluorescence, correlations
from nwbgate.qc.unmeasurable import UnmeasurableError

PERIOD = 1e-4
SPIKES = np.array([0.1, 0.3, 0.5, 0.55, 0.9])


def peaks(width: float = 4e-4, offset: int = 0, height: float = 1e-3) -> Peaks:
    """A second of faint noise with a triangle of known width at half height around each spike."""
    trace = np.random.default_rng(0).normal(0, 1e-6, round(1 / PERIOD))
    shape = np.clip(1 - np.abs(np.arange(-20, 21)) * PERIOD / (2 * width / 2), 0, 1) * height
    for place in np.round(SPIKES / PERIOD).astype(int):
        trace[place - 20 : place + 21] += shape
    return Peaks(trace, SPIKES + offset * PERIOD, PERIOD)


def test_order_place_and_grid_of_spikes():
    assert spike_trains.out_of_order(SPIKES) == 0
    assert spike_trains.out_of_order(SPIKES[[1, 0, 2, 3, 3]]) == 0.5
    assert spike_trains.outside(SPIKES, 0.2, 1.0) == 0.2
    assert spike_trains.off_grid(SPIKES, PERIOD) == 0
    assert spike_trains.off_grid(SPIKES + np.array([0, 0.4 * PERIOD, 0, 0, 0]), PERIOD) == 0.2


def test_a_spike_without_a_time_is_outside():
    assert spike_trains.outside([0.1, np.nan], 0.0, 1.0) == 0.5
    rows = {row.metric: row for row in spike_trains.measure_spike_train(np.append(SPIKES, np.nan), PERIOD, 0.0, 4.0)}
    assert rows["spikes.outside"].value == pytest.approx(1 / 6)
    assert rows["spikes.count"].value == 5
    assert rows["spikes.shortest_isi"].value == pytest.approx(0.05)


def test_firing_that_speeds_up_has_its_rate_and_slope():
    counts = np.arange(1, 11)  # one spike in the first second, ten in the tenth
    spikes = np.concatenate([second + (np.arange(count) + 0.5) / count for second, count in enumerate(counts)])
    rows = {row.metric: row.value for row in spike_trains.measure_spike_train(spikes, PERIOD, 0.0, 10.0)}
    assert rows["spikes.rate"] == 5.5
    assert rows["spikes.rate_slope"] == pytest.approx(1.0)
    assert rows["spikes.rate_r2"] == pytest.approx(1.0)
    assert rows["spikes.rate_variation"] == pytest.approx(np.std(counts) / 5.5)


def test_intervals_below_two_milliseconds_are_counted():
    train = np.array([0, 0.0015, 1.0, 2.0, 2.002])
    assert spike_trains.refractory_violations(train) == 0.25
    assert spike_trains.shortest_interval(train) == pytest.approx(0.0015)


def test_a_lognormal_train_has_its_spread():
    intervals = np.random.default_rng(0).lognormal(0.0, 0.7, 20_000)
    assert spike_trains.lognormal_spread(np.cumsum(intervals)) == pytest.approx(0.7, rel=0.02)


@given(st.floats(-1000, 1000))
def test_a_shift_in_time_changes_no_interval(shift):
    assert spike_trains.shortest_interval(SPIKES + shift) == pytest.approx(0.05, rel=1e-6)
    assert spike_trains.rates(SPIKES + shift, shift, 4 + shift).sum() == 5


def test_a_trend_is_a_straight_line():
    times = np.arange(10.0)
    assert spike_trains.trend(3 * times + 1, times) == pytest.approx((3, 1))
    assert spike_trains.trend(np.ones(10), times) == (0, 0)
    with pytest.raises(UnmeasurableError, match="2 values"):
        spike_trains.trend([1, 2], [0, 1])


def test_rates_of_a_recording_without_times_are_not_measured():
    """A starting time that is no number comes out as NaN."""
    with pytest.raises(UnmeasurableError, match="unknown"):
        spike_trains.rates(SPIKES, np.nan, np.nan)


def test_noise_is_that_of_a_normal_variable_and_spikes_do_not_move_it():
    noise = np.random.default_rng(0).normal(0, 3e-5, 100_000)
    assert voltage.noise_level(noise) == pytest.approx(3e-5, rel=0.02)
    noise[::1000] += 1e-3
    assert voltage.noise_level(noise) == pytest.approx(3e-5, rel=0.02)


@pytest.mark.parametrize(("ratio", "oddness", "applied"), [(10, 0, 10), (1, 0, 10), (6, 0.4, 6), (12, 0.2, 12)])
def test_a_threshold_is_ten_times_the_noise_or_the_noise(ratio, oddness, applied):
    assert voltage.threshold_oddness(ratio) == pytest.approx(oddness)
    assert voltage.applied_threshold(ratio * 3e-5, 3e-5) == pytest.approx(applied * 3e-5)


def test_peaks_are_where_the_spikes_are():
    found = peaks()
    assert (found.off_peak(), found.offset()) == (0, 0)
    np.testing.assert_allclose(found.amplitudes, 1e-3, rtol=0.01)
    assert found.missed_share(0.5e-3) == 0
    assert found.missed_share(2e-3) == 1
    assert found.unreported_share(0.5e-3) == 0
    with pytest.raises(UnmeasurableError, match="5 spikes, at least 10"):
        found.amplitude_drift()


def test_indices_of_matlab_are_one_sample_late():
    assert peaks(offset=1).offset() == 1
    assert peaks(offset=1).off_peak() == 0


def test_a_spike_without_a_peak_and_a_peak_without_a_spike():
    found = peaks()
    fewer = Peaks(found.voltage, SPIKES[:-1], PERIOD)
    assert fewer.unreported_share(0.5e-3) == 0.25
    late = Peaks(found.voltage, SPIKES + 12 * PERIOD, PERIOD)
    assert late.off_peak() > 0.5


def test_spikes_in_the_noise_have_no_peak_and_no_amplitude():
    found = peaks()
    voltage = found.voltage + np.random.default_rng(0).normal(0, 2e-5, len(found.voltage))
    assert Peaks(voltage, SPIKES, PERIOD).off_peak() == 0
    elsewhere = Peaks(voltage, SPIKES + 0.02, PERIOD)
    assert elsewhere.off_peak() == 1
    with pytest.raises(UnmeasurableError, match="100% of the spikes have no peak"):
        elsewhere.unreported_share(0.5e-3)
    with pytest.raises(UnmeasurableError, match="100% of the spikes have no peak"):
        _ = elsewhere.amplitudes


@pytest.mark.parametrize("width", [3e-4, 4e-4, 6e-4])
def test_a_triangle_has_its_width_at_half_height(width):
    widths = waveform.half_widths(waveform.waveforms(peaks(width)), PERIOD)
    np.testing.assert_allclose(widths[:, 2], width, rtol=0.03)
    np.testing.assert_allclose(widths[:, :2], width / 2, rtol=0.06)


def test_the_trend_of_widths_is_one_over_the_times_of_their_spikes():
    """The first spike is cut by the beginning; each other one is 0.02 ms wider than the one before, 0.1 s later."""
    period, widths = 1e-5, 3e-4 + 2e-5 * np.arange(8)
    spikes = np.array([0.0003, *(0.1 * np.arange(1, 9))])
    trace = np.random.default_rng(0).normal(0, 1e-7, 100_000)
    for time, width in zip(spikes, [3e-4, *widths], strict=True):
        place = round(time / period)
        around = np.arange(-min(place, 99), 100)
        trace[place + around] += np.clip(1 - np.abs(around) * period / width, 0, 1) * 1e-3
    rows = {row.metric: row.value for row in waveform.measure_waveform(Peaks(trace, spikes, period))}
    assert rows["waveform.half_width_slope"] == pytest.approx(0.02 / 0.1, rel=0.05)
    assert rows["waveform.half_width_r2"] == pytest.approx(1, abs=0.01)
    assert rows["waveform.half_width_full"] == pytest.approx(np.mean(widths) * 1e3, rel=0.05)
    assert rows["waveform.half_width_variation"] == pytest.approx(widths.std() / widths.mean(), rel=0.05)


def test_heights_of_spikes_are_summed_up_as_they_are_defined():
    heights = np.array([1.0, 1.0, 2.0, 2.0, 4.0]) * 1e-3
    trace = np.random.default_rng(0).normal(0, 1e-6, round(1 / PERIOD))
    trace[np.round(SPIKES / PERIOD).astype(int)] = heights
    rows = {row.metric: row.value for row in voltage.measure_voltage(Peaks(trace, SPIKES, PERIOD), 1e-5)}
    assert rows["spikes.amplitude"] == pytest.approx(2.0)
    assert rows["spikes.amplitude_range"] == pytest.approx(1.5)
    assert rows["spikes.amplitude_ratio"] == pytest.approx(4.0)
    assert rows["spikes.amplitude_variation"] == pytest.approx(heights.std() / heights.mean())
    assert rows["spikes.signal_to_noise"] == pytest.approx(2e-3 / 1e-6, rel=0.03)
    assert rows["voltage.threshold_ratio"] == pytest.approx(10, rel=0.03)
    assert rows["spikes.peak_offset"] == 0


def test_a_baseline_is_what_was_subtracted():
    noise = np.random.default_rng(0).normal(0, 1e-5, 50_000)
    ramp = np.linspace(0, 4e-3, 50_000)
    means = voltage_baseline.baseline(noise + ramp, noise, PERIOD)
    np.testing.assert_allclose(means, 8e-4 * (np.arange(5) + 0.5), rtol=1e-3)
    rows = {row.metric: row.value for row in voltage_baseline.measure_baseline(noise + ramp, noise, PERIOD)}
    assert rows["voltage.baseline"] == pytest.approx(2.0, rel=1e-3)
    assert rows["voltage.baseline_range"] == pytest.approx(3.2, rel=1e-3)
    assert rows["voltage.baseline_slope"] == pytest.approx(0.8, rel=1e-3)
    assert rows["voltage.baseline_r2"] == pytest.approx(1.0)
    assert voltage_baseline.relative_deviation(np.array([1.0, 2.0, 3.0])) == 0.5


def test_a_kernel_peaks_at_one_and_ends():
    for indicator in INDICATORS.values():
        kernel = indicator.kernel(1e-3)
        assert kernel.max() == 1
        assert kernel[-1] < 1e-5
    with pytest.raises(UnmeasurableError, match="GCaMP9"):
        indicator_of("GCaMP9")


@given(st.integers(-40, 40))
def test_moving_pieces_by_whole_frames_moves_frames(frames):
    pieces = predicted_fluorescence([1.0], 100, 0.03, 0.0, INDICATORS["GCaMP6f"])
    moved = in_frames(pieces, 100, frames * PIECES)
    still = in_frames(pieces, 100)
    expected = np.zeros(100)
    expected[max(frames, 0) : 100 + min(frames, 0)] = still[max(-frames, 0) : 100 - max(frames, 0)]
    np.testing.assert_allclose(moved, expected)


@pytest.mark.parametrize("lag", [-0.05, 0.0, 0.013, 0.06])
def test_a_planted_lag_is_given_back(lag):
    spikes = np.sort(np.random.default_rng(1).uniform(1, 59, 40))
    dff = in_frames(predicted_fluorescence(spikes + lag, 2000, 0.03, 0.0, INDICATORS["GCaMP6f"]), 2000)
    both = SpikesAndFluorescence(spikes, dff, 0.03, 0.0, INDICATORS["GCaMP6f"])
    assert both.lag == pytest.approx(lag, abs=0.002)


def test_two_minutes_of_whole_frames_have_a_drift():
    frames, period = int(120 * 31.66), 1 / 31.66
    assert frames * period < 120
    spikes = np.sort(np.random.default_rng(1).uniform(1, 119, 80))
    dff = in_frames(predicted_fluorescence(spikes, frames, period, 0.0, INDICATORS["GCaMP6f"]), frames)
    whole = SpikesAndFluorescence(spikes, dff, period, 0.0, INDICATORS["GCaMP6f"])
    assert whole.drift == pytest.approx(0, abs=0.002)
    with pytest.raises(UnmeasurableError, match=r"119.9 s, at least 120 s"):
        _ = SpikesAndFluorescence(spikes, dff[:-2], period, 0.0, INDICATORS["GCaMP6f"]).drift


def test_fluorescence_shorter_than_the_lags_looked_for_has_no_lag():
    both = SpikesAndFluorescence(np.linspace(0, 0.3, 12), np.arange(12.0), 0.03, 0.0, INDICATORS["GCaMP6f"])
    with pytest.raises(UnmeasurableError, match=r"0.36 s of dF/F, more than 1 s"):
        _ = both.lag


@given(st.floats(0.1, 10), st.floats(-5, 5))
def test_scale_and_offset_of_fluorescence_do_not_matter(scale, offset):
    trace = np.random.default_rng(0).normal(size=200)
    other = np.random.default_rng(1).normal(size=(1, 200)) + trace
    found = correlations(other, trace)[0]
    assert correlations(other, scale * trace + offset)[0] == pytest.approx(found, rel=1e-6)
    assert found == pytest.approx(np.corrcoef(other[0], trace)[0, 1])


def test_large_answers_are_detected_and_small_ones_are_not():
    chance = np.random.default_rng(0)
    spikes = np.arange(5.0, 200.0, 8.0)
    answer = in_frames(predicted_fluorescence(spikes, 6700, 0.03, 0.0, INDICATORS["GCaMP6f"]), 6700)
    noise = chance.normal(0, 0.05, 6700)
    for size, least, most in ((1.0, 1.0, 1.0), (0.0, 0.0, 0.3)):
        both = SpikesAndFluorescence(spikes, size * answer + noise, 0.03, 0.0, INDICATORS["GCaMP6f"])
        assert least <= both.detectable(1) <= most
    with pytest.raises(UnmeasurableError, match="0 events of 2 spikes"):
        both.detectable(2)


def test_a_sampling_period_longer_than_a_window_is_not_measured() -> None:
    noise = np.random.default_rng(0).normal(size=30)
    with pytest.raises(UnmeasurableError, match="a sampling period of 3 s has no sample in each second"):
        voltage_baseline.baseline(noise + 1, noise, 3.0)
    with pytest.raises(UnmeasurableError, match="a sampling period of 30 s has no sample in each window"):
        voltage.noise_variation(noise, 30.0)


def test_a_waveform_wider_than_the_window_has_no_width() -> None:
    times = np.arange(0, 1, PERIOD)
    narrow, wide = (np.exp(-0.5 * ((times - 0.5) / width) ** 2) for width in (2e-4, 5e-3))
    rows = {row.metric: row for row in waveform.measure_waveform(Peaks(narrow, np.array([0.5]), PERIOD))}
    full = 2 * np.sqrt(2 * np.log(2)) * 2e-4 * 1e3
    assert rows["waveform.half_width_full"].value == pytest.approx(full, rel=0.05)
    rows = {row.metric: row for row in waveform.measure_waveform(Peaks(wide, np.array([0.5]), PERIOD))}
    assert not any(row.measured for row in rows.values())
    said = "1 of 1 waveforms do not fall to half their height within 1 ms"
    assert {row.reason for row in rows.values()} == {said}
    after = np.where(times < 0.5, narrow, wide)
    rows = {row.metric: row for row in waveform.measure_waveform(Peaks(after, np.array([0.5]), PERIOD))}
    assert rows["waveform.half_width_left"].measured
    assert rows["waveform.half_width_right"].reason == rows["waveform.half_width_full"].reason == said
