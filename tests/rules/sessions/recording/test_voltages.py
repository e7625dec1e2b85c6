"""A voltage, the same without its baseline, and its spikes: what is passed, and what a finding says."""

import pandas as pd
import pytest

from nwbgate.rules.sessions.recording import voltages
from support.judged_sessions import Case, Frames, fired, good
from support.standard_session import ACTIVE

NONE = float("nan")
SOUND = {
    "n": 20_000, "correlation": 0.999, "scale": 1.0, "lag": 0, "largest": 1.5e-3, "noise": 3e-5, "n_spikes": 40,
    "n_repeated": 0, "repeated_at": float("nan"), "peak_lag": 0.0, "share_at_lag": 1.0,
    "n_without_peak": 4, "without_peak_at": 1.0,
    "spike_height": 1e-3, "threshold": 3e-4, "n_peaks_without_spike": 2, "peak_without_spike_at": 1.0,
}  # fmt: skip


def with_voltage(**change: float):
    """An edit that gives the session a voltage."""

    def edit(frames: Frames) -> None:
        frames["voltages"] = pd.DataFrame([SOUND | change])

    return edit


def voltage_of(seconds: float):
    """An edit that gives the session a voltage of a length; its imaging is 462.3 s long."""

    def edit(frames: Frames) -> None:
        row = frames["clocks"].iloc[[0]].assign(clock="/v", stream="ephys", plane=None, n=seconds * 100, period=0.01)
        frames["clocks"] = pd.concat([frames["clocks"], row], ignore_index=True)

    return edit


def length_of_imaging() -> float:
    clocks = good(ACTIVE)["clocks"]
    imaging = clocks[clocks["stream"] == "imaging"]
    return float((imaging["n"] * imaging["period"]).max())


CASES: list[Case] = [
    ("voltages.filtered_voltage_is_the_raw_one", with_voltage(correlation=-0.999)),
    ("voltages.voltage_is_in_volts", with_voltage(largest=1.5)),
    ("voltages.spikes_are_at_peaks", with_voltage(n_without_peak=5)),
    ("voltages.spikes_are_not_shifted", with_voltage(peak_lag=2.0, share_at_lag=0.9)),
    ("voltages.spikes_are_not_shifted", with_voltage(peak_lag=-4.0, share_at_lag=0.95)),
    ("voltages.voltage_repeats_nothing", with_voltage(n_repeated=64, repeated_at=1.0)),
    ("voltages.peaks_are_spikes", with_voltage(n_peaks_without_spike=3)),
    ("voltages.threshold_is_below_the_spikes", with_voltage(threshold=0.3)),
    ("voltages.threshold_is_below_the_spikes", with_voltage(threshold=0.0)),
    ("clocks.voltage_is_as_long_as_imaging", voltage_of(100.0)),
]


@pytest.mark.parametrize(("code", "edit"), CASES, ids=[code for code, _ in CASES])
def test_a_fault_of_a_voltage_fires_its_rule_and_no_other(code, edit):
    frames = good(ACTIVE)
    edit(frames)
    assert fired(frames) == [code]


@pytest.mark.parametrize(
    "change",
    [{}, {"correlation": 0.9}, {"scale": 0.9}, {"correlation": NONE, "scale": NONE}, {"largest": 0.5}, {"largest": 0.0},
     {"n_spikes": 1, "n_without_peak": 1}, {"n_spikes": 0, "n_without_peak": 0},
     {"peak_lag": 1.0}, {"peak_lag": 3.0, "share_at_lag": 0.89}, {"peak_lag": NONE, "share_at_lag": NONE},
     {"n_spikes": 100, "n_peaks_without_spike": 5}, {"threshold": NONE}, {"threshold": 1e-3}],
)  # fmt: skip
def test_a_sound_or_silent_voltage_is_passed(change):
    frames = good(ACTIVE)
    with_voltage(**change)(frames)
    assert fired(frames) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"correlation": -0.95}, "opposite sign"),
        ({"correlation": 0.02, "lag": 40}, "follows by 40 samples"),
        ({"scale": 1e-3}, "0.001 times the recorded voltage"),
    ],
)
def test_the_finding_says_what_the_pattern_shows(change, words):
    found = voltages.filtered_voltage_is_the_raw_one.function(pd.DataFrame([SOUND | change]))
    assert words in found["got"].iloc[0]


def test_a_second_is_left_and_a_factor_of_two_is_named():
    frames, length = good(ACTIVE), length_of_imaging()
    voltage_of(length + 0.9)(frames)
    assert fired(frames) == []
    voltage_of(length / 2)(frames)
    found = voltages.voltage_is_as_long_as_imaging.function(frames["clocks"])
    assert "1/2 of it: the rate may be wrong by that factor" in found["got"].iloc[0]
