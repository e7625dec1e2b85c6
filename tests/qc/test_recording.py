"""A sound recording passes; each planted fault fails exactly the criterion that is about it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import nwbgate
from nwbgate.conversion.batches.batch import convert_batch
from nwbgate.qc.criteria_files import load_criteria
from nwbgate.qc.judge import judge
from nwbgate.qc.recording import measure_recording
from nwbgate.samples.dataset_ii import simulate_recording
from support.development_data import shared
from support.made_recording import RATE, SECONDS, MadeRecording, simulated


@pytest.fixture(scope="module")
def sound() -> MadeRecording:
    return simulated()


def not_passed(recording: object) -> dict[str, str]:
    results = judge(measure_recording(recording), "dataset_ii")
    results = results[results["status"] != "Pass"]
    return dict(zip(results["criterion"], results["status"], strict=True))


def test_a_sound_recording_passes_every_criterion(sound):
    assert not_passed(sound) == {}
    assert {*measure_recording(sound)["metric"]} <= load_criteria("dataset_ii").metrics


def test_a_number_about_a_part_of_the_time_says_so(sound):
    windows = measure_recording(sound).set_index("metric")["window"]
    assert set(windows[windows != ""].index) == {"alignment.drift", "alignment.drift_in_frames"}
    assert windows["alignment.drift"] == "last third against the first"


def test_a_lag_of_60_ms_is_found():
    measured = measure_recording(late := simulated(ophys_lag=0.06)).set_index("metric")["value"]
    assert measured["alignment.lag"] == pytest.approx(0.06, abs=0.012)
    assert not_passed(late) == {"lag": "Fail"}


def test_a_clock_that_is_a_thousandth_slow_is_found():
    measured = measure_recording(slow := simulated(clock_error=0.001)).set_index("metric")["value"]
    assert measured["alignment.drift"] == pytest.approx(SECONDS * 0.001 * 2 / 3, abs=0.025)
    assert not_passed(slow) == {"lag": "Fail", "clock_drift": "Fail"}


def _spikes(change: Callable[[np.ndarray], np.ndarray]) -> Callable[[MadeRecording], MadeRecording]:
    return lambda recording: replace(recording, spike_times=change(recording.spike_times))


def _nan_frame(recording: MadeRecording) -> MadeRecording:
    dff = recording.dff.copy()
    dff[100] = np.nan
    return replace(recording, dff=dff)


def _shrinking(recording: MadeRecording) -> MadeRecording:
    fading = np.linspace(1.3, 0.7, len(recording.voltage))
    near = np.zeros(len(recording.voltage), dtype=bool)
    for place in np.round(recording.spike_times * RATE).astype(int):
        near[max(place - 20, 0) : place + 20] = True
    voltage = np.where(near, recording.baseline_subtracted * fading, recording.baseline_subtracted)
    return replace(recording, baseline_subtracted=voltage)


def _louder(recording: MadeRecording) -> MadeRecording:
    third = len(recording.voltage) // 3
    voltage = recording.baseline_subtracted.copy()
    voltage[-third:] += np.random.default_rng(0).normal(0, 4e-5, third)
    return replace(recording, baseline_subtracted=voltage)


def _of_another_neuron(recording: MadeRecording) -> MadeRecording:
    other = simulate_recording(np.random.default_rng(77), seconds=SECONDS, sampling_rate=1000.0, rate=1.5)
    return replace(recording, dff=other.dff)


def _heights(recording: MadeRecording, change: Callable[[np.ndarray], np.ndarray]) -> MadeRecording:
    """Multiply the voltage within 2 ms of each spike, by what `change` makes of the spikes' numbers."""
    factors = np.ones(len(recording.voltage))
    places = np.round(recording.spike_times * RATE).astype(int)
    for place, factor in zip(places, change(np.arange(len(places))), strict=True):
        factors[max(place - 20, 0) : place + 20] = factor
    return replace(recording, baseline_subtracted=recording.baseline_subtracted * factors)


def _too_close(recording: MadeRecording) -> MadeRecording:
    """Let every spike fire again 1.5 ms later: two in a burst, of which the indicator shows no less."""
    places = np.round(recording.spike_times * RATE).astype(int)
    alone = places[(np.diff(places, append=10**9) > 100) & (np.diff(places, prepend=-(10**9)) > 100)][:20]
    voltage = recording.baseline_subtracted.copy()
    for place in alone:
        voltage[place + 8 : place + 23] = recording.baseline_subtracted[place - 7 : place + 8]
    times = np.sort(np.concatenate([recording.spike_times, (alone + 15) / RATE]))
    return replace(recording, baseline_subtracted=voltage, spike_times=times)


def _unreported(recording: MadeRecording) -> MadeRecording:
    return replace(recording, spike_times=np.delete(recording.spike_times, np.s_[5::20]))


def _quiet(recording: MadeRecording) -> MadeRecording:
    """Shrink each spike so that the median is twelve times the noise."""
    noise = np.median(np.abs(recording.baseline_subtracted)) / 0.6745
    tops = recording.baseline_subtracted[np.round(recording.spike_times * RATE).astype(int)]
    return _heights(recording, lambda numbers: 12 * noise / tops)


FAULTS: dict[str, tuple[Callable[[MadeRecording], MadeRecording], dict[str, str]]] = {
    "a second lost": (
        lambda recording: replace(recording, dff=recording.dff[:-60]),
        {"same_length": "Fail", "same_length_in_frames": "Warning"},
    ),
    "two frames lost": (
        lambda recording: replace(recording, dff=recording.dff[:-2]),
        {"same_length_in_frames": "Warning"},
    ),
    "two spikes swapped": (_spikes(lambda times: times[[1, 0, *range(2, len(times))]]), {"spikes_in_order": "Fail"}),
    "off the grid": (_spikes(lambda times: times + 0.3 / RATE), {"spikes_on_grid": "Fail"}),
    "a wrong threshold": (lambda recording: replace(recording, threshold=recording.threshold * 0.6), {
        "threshold": "Warning"}),
    "spikes that shrink": (_shrinking, {"amplitude_drift": "Warning"}),
    "a spike without a time": (_spikes(lambda times: np.append(times, np.nan)), {"spikes_inside": "Fail"}),
    "spikes 1.5 ms apart": (_too_close, {"refractory_period": "Fail"}),
    "spikes of two heights": (
        lambda recording: _heights(recording, lambda numbers: np.where(numbers % 2, 0.7, 1.6)),
        {"amplitude_variation": "Warning"},
    ),
    "spikes that are low": (_quiet, {"signal_to_noise": "Warning"}),
    "a stored threshold above some spikes": (
        lambda recording: _heights(recording, lambda numbers: np.where(numbers % 20 == 5, 0.3, 1.0)),
        {"missed_peaks": "Warning"},
    ),
    "peaks that were left out": (_unreported, {"unreported_peaks": "Warning"}),
    "noise that grows": (_louder, {"noise_variation": "Warning"}),
    "a baseline that wanders": (
        lambda recording: replace(recording, voltage=recording.voltage + np.linspace(0, 6e-3, len(recording.voltage))),
        {"baseline_range": "Warning"},
    ),
    "noisy fluorescence": (
        lambda recording: replace(
            recording, dff=recording.dff + np.random.default_rng(0).normal(0, 0.12, len(recording.dff))
        ),
        {"dff_noise": "Warning"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found_by_its_criterion_alone(sound, fault):
    plant, expected = FAULTS[fault]
    assert not_passed(plant(sound)) == expected


def test_a_missing_frame_fails_and_keeps_the_rest_from_being_measured(sound):
    found = not_passed(_nan_frame(sound))
    assert found.pop("dff_complete") == "Fail"
    assert set(found.values()) == {"Not measured"}
    assert set(found) == {"dff_noise", "lag", "clock_drift", "correlation", "above_chance"}


def test_fluorescence_of_another_neuron_is_not_above_chance(sound):
    found = not_passed(_of_another_neuron(sound))
    assert found["above_chance"] == "Fail"
    assert found["correlation"] == "Warning"


def test_spikes_beyond_the_recording_and_off_their_peaks_are_found(sound):
    found = not_passed(_spikes(lambda times: np.append(times, SECONDS + 1))(sound))
    assert found == {"spikes_inside": "Fail"}
    moved = not_passed(_spikes(lambda times: times + 50 / RATE)(sound))
    assert moved["spikes_on_peaks"] == "Fail"
    assert {"missed_peaks", "unreported_peaks", "signal_to_noise"} <= set(moved)


# Bad input: the reason, never a crash, never a pass


@pytest.mark.parametrize("spikes", [[], [10.0], [10.0, 20.0]])
def test_too_few_spikes_are_said(sound, spikes):
    measured = measure_recording(few := replace(sound, spike_times=np.array(spikes))).set_index("metric")
    assert "at least" in measured.loc["alignment.lag", "reason"]
    found = not_passed(few)
    assert found["spike_count"] == "Fail"
    assert found["lag"] == found["clock_drift"] == "Not measured"


@pytest.mark.parametrize(
    ("stream", "values", "metric", "reason"),
    [
        ("dff", np.zeros(3000), "alignment.correlation", "dF/F is constant"),
        ("dff", np.zeros(0), "dff.noise", "dF/F has 0 frames"),
        ("baseline_subtracted", np.zeros(10_000), "voltage.noise", "the voltage is constant"),
        ("baseline_subtracted", np.full(10_000, np.nan), "voltage.noise", "the voltage has missing samples"),
        ("threshold", float("nan"), "voltage.threshold_ratio", "no threshold"),
        ("metadata", {}, "alignment.lag", "kinetics of the indicator"),
    ],
)
def test_what_cannot_be_measured_has_the_reason(sound, stream, values, metric, reason):
    measured = measure_recording(replace(sound, **{stream: values})).set_index("metric")
    assert np.isnan(measured.loc[metric, "value"])
    assert reason in measured.loc[metric, "reason"]
    assert (measured["value"].notna() | (measured["reason"] != "")).all()


def test_voltage_with_its_baseline_is_not_taken_for_one_without(sound):
    judged = not_passed(replace(sound, baseline_subtracted=np.zeros(0)))
    for criterion in ("baseline_range", "threshold", "signal_to_noise", "missed_peaks"):
        assert judged[criterion] == "Not measured"
    assert "spikes_on_grid" not in judged


def test_a_short_recording_has_no_drift(sound):
    frames = int(60 / sound.dff_period)
    short = replace(sound, dff=sound.dff[:frames], voltage=sound.voltage[: int(60 * RATE)])
    short = replace(short, baseline_subtracted=sound.baseline_subtracted[: int(60 * RATE)])
    short = replace(short, spike_times=sound.spike_times[sound.spike_times < 60])
    assert not_passed(short)["clock_drift"] == "Not measured"


# Invariances


def test_the_scale_of_the_voltage_does_not_matter(sound):
    factor = 7.0
    scaled = replace(
        sound,
        voltage=sound.voltage * factor,
        baseline_subtracted=sound.baseline_subtracted * factor,
        threshold=sound.threshold * factor,
    )
    of_both = [measure_recording(each).set_index("metric") for each in (sound, scaled)]
    plain, larger = (frame[~frame["unit"].isin(["mV", "mV/s"])]["value"] for frame in of_both)
    pd.testing.assert_series_equal(plain, larger, rtol=1e-9)


def test_when_the_recording_began_does_not_matter(sound):
    start = 500.0
    later = replace(sound, spike_times=sound.spike_times + start, voltage_start=start, dff_start=start)
    plain, moved = (measure_recording(each).set_index("metric")["value"] for each in (sound, later))
    pd.testing.assert_series_equal(plain, moved, rtol=1e-6, atol=1e-9)


def test_the_same_recording_gives_the_same_numbers(sound):
    pd.testing.assert_frame_equal(measure_recording(sound), measure_recording(sound))


# Files


def test_the_published_recordings_pass(tmp_path: Path):
    convert_batch("dataset_ii", [shared("dataset_ii")], tmp_path)
    files = sorted(tmp_path.glob("sub-*/*.nwb"))
    assert len(files) == 3
    for path in files:
        with nwbgate.open(path) as recording:
            assert set(not_passed(recording).values()) <= {"Not measured"}, path.name
            measured = nwbgate.qc.measure(recording).set_index("metric")["value"]
        assert abs(measured["alignment.lag"]) < 0.02
        assert measured["alignment.chance"] <= 0.005
