"""Planted gaps, jitter, drift and delays are found in their size."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nwbgate.qc.metrics.clocks import (
    clock_drift,
    covered_share,
    delays,
    frames_missing,
    jitter,
    longest_gap,
    measure_clock,
    measure_delays,
    measure_two_clocks,
    period_ratio,
    rate,
    steps_back,
)
from nwbgate.qc.unmeasurable import UnmeasurableError

STIMULUS = np.arange(0, 3600, 1 / 60)
IMAGING = np.arange(0, 3600, 0.03232)


def test_sound_clock_has_its_rate_and_no_fault() -> None:
    values = {row.metric: row.value for row in measure_clock(STIMULUS, "stimulus")}
    assert values["clocks.stimulus_rate"] == pytest.approx(60)
    assert values["clocks.stimulus_missing"] == 0
    assert values["clocks.stimulus_longest_gap"] == pytest.approx(1)
    assert values["clocks.stimulus_jitter"] == pytest.approx(0, abs=1e-9)
    assert values["clocks.stimulus_steps_back"] == 0


@given(st.integers(1, 50), st.integers(0, 99))
def test_missing_samples_are_counted_exactly(number: int, seed: int) -> None:
    clock = np.arange(5000) / 31
    lost = np.random.default_rng(seed).choice(np.arange(1, 4999), number, replace=False)
    assert frames_missing(np.delete(clock, lost)) == pytest.approx(number / 5000)


def test_gap_is_told_in_periods() -> None:
    assert longest_gap(np.delete(IMAGING, slice(500, 504))) == pytest.approx(5)


def test_planted_jitter_is_found_and_gaps_are_not_jitter() -> None:
    noisy = STIMULUS + np.random.default_rng(0).normal(0, 0.0005, len(STIMULUS))
    assert jitter(np.delete(noisy, slice(1000, 1100))) == pytest.approx(0.0005 * np.sqrt(2), rel=0.02)


def test_wrong_time_goes_back_and_is_no_missing_sample() -> None:
    clock = STIMULUS.copy()
    clock[100] = clock[90]
    assert steps_back(clock) == 1
    assert frames_missing(clock) == 0
    clock[7] = np.nan
    assert steps_back(clock) == 2


@pytest.mark.parametrize("slowing", [-0.002, 0.0005, 0.01])
def test_clock_that_changes_its_period_is_found(slowing: float) -> None:
    periods = 0.03232 * (1 + slowing * (np.arange(len(IMAGING)) >= len(IMAGING) // 2))
    assert clock_drift(np.cumsum(periods), STIMULUS) == pytest.approx(slowing, abs=2e-5)


def test_dropped_frames_and_a_constant_ratio_are_no_drift() -> None:
    lost = np.random.default_rng(0).choice(len(IMAGING), 100, replace=False)
    assert clock_drift(np.delete(IMAGING, lost), STIMULUS) == pytest.approx(0, abs=1e-6)
    assert clock_drift(IMAGING * 1.01, STIMULUS) == pytest.approx(0, abs=1e-6)
    assert period_ratio(IMAGING * 1.01, STIMULUS) == pytest.approx(0.03232 * 1.01 * 60)


@given(st.floats(-1e4, 1e4), st.floats(0.5, 2))
def test_when_the_session_began_and_the_unit_do_not_matter(shift: float, scale: float) -> None:
    clock = np.delete(np.arange(4000) / 11, [5, 900])
    assert frames_missing(scale * clock + shift) == frames_missing(clock)
    assert longest_gap(scale * clock + shift) == pytest.approx(longest_gap(clock))
    assert rate(scale * clock + shift) == pytest.approx(rate(clock) / scale)


def test_monitor_delay_and_its_spread_are_found() -> None:
    frames = np.arange(0, 200_000, 45)
    rows = {row.metric: row.value for row in measure_delays(STIMULUS[frames] + 0.0361, frames, STIMULUS)}
    assert rows == {"clocks.monitor_delay": pytest.approx(0.0361), "clocks.monitor_delay_spread": pytest.approx(0)}
    onsets = STIMULUS[frames] + 0.0361
    onsets[3] += 0.5
    rows = {row.metric: row.value for row in measure_delays(onsets, frames, STIMULUS)}
    assert rows["clocks.monitor_delay_spread"] == pytest.approx(0.5)


def test_events_without_a_frame_are_left_out() -> None:
    assert delays([1.0, np.nan, 5.0, 9.0], [60, 3, -99, 10**9], STIMULUS) == pytest.approx([0.0])
    with pytest.raises(UnmeasurableError, match="no event has both"):
        delays([1.0], [-99], STIMULUS)


def test_share_of_a_session_that_is_imaged() -> None:
    assert covered_share(IMAGING, 0, 3599) == 1
    assert covered_share(IMAGING, -1200, 3600) == pytest.approx(0.75, abs=1e-4)
    assert covered_share(IMAGING, 5000, 6000) == 0
    with pytest.raises(UnmeasurableError, match="no span of time"):
        covered_share(IMAGING, 3, 3)


@pytest.mark.parametrize("clock", [[], [1.0], np.full(100, np.nan), np.zeros(100)])
def test_clock_that_is_none_is_not_measured(clock: np.ndarray) -> None:
    rows = list(measure_clock(clock, "eye"))
    assert not any(row.measured for row in rows if not row.metric.endswith("steps_back"))
    assert all(row.reason or row.measured for row in rows)
    assert not any(row.measured for row in measure_two_clocks(clock, STIMULUS, None, "plane"))


def test_short_or_empty_overlap_has_no_drift() -> None:
    with pytest.raises(UnmeasurableError, match="100 s shared by both clocks, at least 300 s"):
        clock_drift(np.arange(0, 100, 0.01), np.arange(0, 100.001, 0.02))
    with pytest.raises(UnmeasurableError, match="timestamps in a third"):
        clock_drift(np.concatenate([np.arange(20.0), 3000 + np.arange(20.0)]), STIMULUS + 30)
