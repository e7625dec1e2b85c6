"""Areas of fitted ellipses, and likely blinks."""

import numpy as np
import pytest

from nwbgate.algorithms.ellipses import ellipse_area, likely_blinks, pupil_area


def test_the_area_of_an_ellipse_is_pi_times_its_semi_axes():
    assert ellipse_area(np.array([2.0]), np.array([3.0])) == pytest.approx([6 * np.pi])


def test_the_area_of_a_pupil_is_that_of_the_circle_around_it():
    width, height = np.array([2.0, 3.0, np.nan, 2.0]), np.array([3.0, 2.0, 3.0, np.nan])
    area = pupil_area(width, height)
    assert area[:2] == pytest.approx([9 * np.pi, 9 * np.pi])
    assert np.isnan(area[2])
    assert area[3] == pytest.approx(4 * np.pi)


def test_failed_fits_and_outliers_are_blinks_with_two_frames_around():
    eye = np.tile([10.0, 11.0], 50)
    eye[20], pupil = np.nan, np.tile([1.0, 1.1], 50)
    pupil[99] = 50.0
    assert np.flatnonzero(likely_blinks(eye, pupil)).tolist() == [18, 19, 20, 21, 22, 97, 98, 99]


def test_without_any_fit_all_is_blink_and_without_frames_nothing_is():
    assert likely_blinks(np.full(3, np.nan)).all()
    assert likely_blinks(np.empty(0), np.empty(0)).size == 0
