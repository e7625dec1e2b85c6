"""Signals that are compared with themselves: delayed, scaled, smoothed."""

import numpy as np
import pytest
from scipy import signal

from nwbgate.algorithms.similarity import box_means, correlation, lag, scale

RAW = np.cumsum(np.random.default_rng(0).normal(size=6000)) % 7 + np.random.default_rng(1).normal(size=6000)


def smoothed(values: np.ndarray, cut_off: float) -> np.ndarray:
    return signal.filtfilt(*signal.butter(3, cut_off, fs=60), values)


def test_boxes_count_missing_samples_as_zero_and_leave_the_rest_out():
    np.testing.assert_array_equal(box_means([1.0, np.nan, 3.0, 5.0, 9.0], 2), [0.5, 4.0])


@pytest.mark.parametrize("cut_off", [4.0, 10.0])
def test_a_filter_without_phase_has_no_lag_and_keeps_means_over_boxes(cut_off):
    filtered = smoothed(RAW, cut_off)
    boxes = box_means(RAW, 30), box_means(filtered, 30)
    assert lag(RAW, filtered, 120) == 0
    assert correlation(*boxes) > 0.95
    assert scale(*boxes) == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize("samples", [-120, -7, 3, 120])
def test_a_delay_is_found_to_the_sample_whatever_the_sign(samples):
    assert lag(RAW, -2 * np.roll(RAW, samples), 120) == samples


def test_scale_is_signed_and_a_constant_has_neither_scale_nor_correlation():
    assert scale(RAW, 5 - 2 * RAW) == pytest.approx(-2)
    assert np.isnan([scale(np.ones(9), np.arange(9.0)), correlation(np.ones(9), np.arange(9.0))]).all()
