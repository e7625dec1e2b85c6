"""Planted noise and transients are found again, whatever the frame rate."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nwbgate.qc.metrics.imaging.activity import (
    active_cells,
    frame_noise,
    measure_activity,
    noise_density,
    signal_to_noise,
    unusable_cells,
)
from nwbgate.qc.unmeasurable import UnmeasurableError

RNG = np.random.default_rng(0)
QUIET = RNG.normal(0, 0.05, (20_000, 8))


@pytest.mark.parametrize("sigma", [0.02, 0.055, 0.2])
def test_planted_noise_is_found_within_two_percent(sigma: float) -> None:
    slow = np.sin(np.arange(20_000) / 500)[:, None]
    assert np.median(frame_noise(QUIET / 0.05 * sigma + slow)) == pytest.approx(sigma, rel=0.02)


def test_noise_per_root_hertz_is_the_same_at_both_rates() -> None:
    fast = np.random.default_rng(1).normal(0, 0.06, (33_000, 6))
    slow = fast.reshape(-1, 3, 6).mean(axis=1)
    density = noise_density(fast, np.arange(33_000) / 33)
    assert density == pytest.approx(0.06 / np.sqrt(33), rel=0.02)
    assert noise_density(slow, np.arange(11_000) / 11) == pytest.approx(density, rel=0.04)


def test_cells_with_a_transient_are_counted() -> None:
    dff = QUIET.copy()
    dff[500:510, :3] += 0.6
    dff[900, 4] += 5.0
    assert active_cells(QUIET) == 0
    assert active_cells(dff) == 3 / 8


def test_signal_to_noise_of_noise_alone_and_of_a_planted_signal() -> None:
    assert signal_to_noise(QUIET) == pytest.approx(2.33, abs=0.1)
    dff = QUIET.copy()
    dff[::40] += 1.0
    assert signal_to_noise(dff) == pytest.approx(1.0 / 0.05, rel=0.1)


def test_constant_and_missing_traces_are_counted_and_left_out() -> None:
    dff = QUIET.copy()
    dff[:, 0], dff[:, 1], dff[7, 2] = 3.0, np.nan, np.nan
    assert unusable_cells(dff) == 3 / 8
    assert len(frame_noise(dff)) == 5
    assert noise_density(dff, np.arange(20_000) / 31) == pytest.approx(0.05 / np.sqrt(31), rel=0.05)


@given(scale=st.floats(0.01, 100), offset=st.floats(-5, 5), order=st.permutations(range(8)))
def test_scale_offset_and_order_of_cells(scale: float, offset: float, order: list[int]) -> None:
    dff = QUIET[:2000].copy()
    dff[100:120, :3] += 1
    changed = scale * dff[:, order] + offset
    assert np.median(frame_noise(changed)) == pytest.approx(scale * np.median(frame_noise(dff)), rel=1e-6)
    assert signal_to_noise(changed) == pytest.approx(signal_to_noise(dff), rel=1e-6)
    assert active_cells(changed) == active_cells(dff)


@pytest.mark.parametrize("dff", [np.empty((0, 0)), np.empty((100, 0)), np.zeros((100, 1)), np.full((100, 3), np.nan)])
def test_nothing_usable_gives_reasons_and_no_number(dff: np.ndarray) -> None:
    rows = {row.metric: row for row in measure_activity(dff, np.arange(len(dff)) / 11, "plane")}
    measured = {name for name, row in rows.items() if row.measured}
    assert measured <= {"activity.unusable_cells"}
    assert all(row.reason for name, row in rows.items() if name not in measured)


def test_single_cell_is_measured() -> None:
    assert all(row.measured for row in measure_activity(QUIET[:, :1], np.arange(20_000) / 31, "plane"))


def test_two_frames_and_times_that_stand_still_are_refused() -> None:
    with pytest.raises(UnmeasurableError, match="2 frames"):
        frame_noise([[1.0], [2.0]])
    with pytest.raises(UnmeasurableError, match="no frame rate"):
        noise_density(QUIET, np.zeros(len(QUIET)))


def test_trace_of_steps_has_no_noise_to_compare_with() -> None:
    steps = np.repeat(RNG.normal(0, 1, 50), 4)[:, None]
    for metric in (signal_to_noise, active_cells):
        with pytest.raises(UnmeasurableError, match="there is no noise"):
            metric(steps)
    assert active_cells(np.hstack([steps, RNG.normal(0, 0.05, (200, 1))])) == 0


def test_traces_of_three_dimensions_are_refused() -> None:
    with pytest.raises(UnmeasurableError, match="frames x cells"):
        frame_noise(np.zeros((3, 3, 3)))
