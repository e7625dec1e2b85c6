"""Planted shifts, jumps and slow movements are found in pixels."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nwbgate.qc.metrics.imaging.motion import (
    displacement,
    frames_beyond,
    jumps,
    measure_motion,
    motion_range,
    motion_rms,
    steps,
)
from nwbgate.qc.unmeasurable import UnmeasurableError

STILL = np.zeros(1000)


def test_constant_offset_is_no_motion() -> None:
    assert motion_rms(STILL + 30, STILL - 12) == 0
    assert motion_range(STILL + 30, STILL - 12) == 0
    assert frames_beyond(STILL + 30, STILL) == 0


def test_planted_excursion_is_found() -> None:
    x = STILL.copy()
    x[100:150] = 12.0
    assert frames_beyond(x, STILL) == 0.05
    assert jumps(x, STILL) == pytest.approx(2 / 999)
    assert motion_range(x, STILL) == 12
    assert motion_rms(x, STILL) == pytest.approx(12 * np.sqrt(0.05))


def test_distance_is_euclidean_and_ten_pixels_are_not_beyond() -> None:
    x, y = STILL.copy(), STILL.copy()
    x[0], y[0] = 3, 4
    assert displacement(x, y)[0] == 5
    x[0], y[0] = 6, 8
    assert frames_beyond(x, y) == 0
    assert jumps(x, y) == 0


def test_sine_has_its_root_mean_square() -> None:
    x = 6 * np.sin(np.linspace(0, 20 * np.pi, 10_000))
    assert motion_rms(x, np.zeros(10_000)) == pytest.approx(6 / np.sqrt(2), rel=0.01)


@given(st.integers(-50, 50), st.integers(-50, 50), st.integers(0, 99))
def test_offset_and_swapped_axes_do_not_matter(right: int, down: int, seed: int) -> None:
    x, y = np.random.default_rng(seed).integers(-12, 13, (2, 200))
    for metric in (motion_rms, motion_range, frames_beyond, jumps):
        assert metric(x + right, y + down) == pytest.approx(metric(x, y))
        assert metric(y, x) == pytest.approx(metric(x, y))


def test_movement_over_a_gap_is_no_jump() -> None:
    x = STILL.copy()
    x[500:] = 30
    assert jumps(x, STILL) == pytest.approx(1 / 999)
    x[400:600] = np.nan
    assert jumps(x, STILL) == 0
    assert len(steps(x, STILL)) == 399 + 399
    x[::2] = np.nan
    with pytest.raises(UnmeasurableError, match="400 frames with a shift, but no two consecutive ones"):
        steps(x, STILL)


def test_frames_without_a_shift_are_left_out() -> None:
    x = STILL.copy()
    x[::2] = np.nan
    assert motion_rms(x, STILL) == 0


@pytest.mark.parametrize(
    ("x", "y", "reason"),
    [([], [], "no frame has a shift"), ([np.nan], [0.0], "no frame has a shift"), ([1.0], [], "1 shifts across and 0")],
)
def test_no_shift_is_not_measured(x: list[float], y: list[float], reason: str) -> None:
    assert all(row.reason.startswith(reason) for row in measure_motion(x, y, "plane"))


def test_one_frame_has_no_step() -> None:
    with pytest.raises(UnmeasurableError, match="1 frames with a shift"):
        steps([1.0], [2.0])
