"""Blinks, missing pupils and the range of the pupil."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nwbgate.qc.metrics.behavior.eye import blinking, measure_eye, pupil_range, without_pupil
from nwbgate.qc.unmeasurable import UnmeasurableError


def test_planted_shares_are_found() -> None:
    blink = np.arange(3000) % 20 == 0
    area = np.where(np.arange(3000) % 10 == 0, np.nan, 400.0)
    assert blinking(blink) == 0.05
    assert without_pupil(area) == pytest.approx(0.1)


def test_pupil_that_doubles_its_diameter_has_a_range_of_two() -> None:
    diameter = np.repeat([20.0, 40.0], 2000)
    assert pupil_range(np.pi * diameter**2) == pytest.approx(2)
    assert pupil_range(np.full(1000, 7.0)) == 1


@given(st.floats(0.001, 1e6), st.integers(0, 99))
def test_unit_of_the_area_and_order_of_frames_do_not_matter(scale: float, seed: int) -> None:
    area = np.random.default_rng(seed).gamma(9, 10, 500)
    assert pupil_range(scale * np.random.default_rng(seed).permutation(area)) == pytest.approx(pupil_range(area))


def test_session_without_eye_tracking_is_not_measured() -> None:
    rows = list(measure_eye([], [], []))
    assert [row.measured for row in rows] == [False] * 3
    assert {row.reason for row in rows} == {"there are no frames of eye tracking"}


def test_all_frames_missing_is_measured_as_missing_and_has_no_range() -> None:
    blink, missing, spread = measure_eye(np.ones(1000), np.full(1000, np.nan), np.full(1000, np.nan))
    assert (blink.value, missing.value) == (1, 1)
    assert spread.reason == "0 frames with a pupil, at least 300 are needed"


def test_area_of_zero_is_no_pupil() -> None:
    with pytest.raises(UnmeasurableError, match="not positive"):
        pupil_range(np.zeros(1000))
