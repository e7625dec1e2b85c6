"""Saturation, noise and mains of electrical series, each against a signal that is known."""

import numpy as np
import pytest

from nwbgate.qc.metrics.any_file.electrical import line_noise, noise, saturation
from nwbgate.qc.unmeasurable import UnmeasurableError

RATE = 1000.0
RNG = np.random.default_rng(0)
QUIET = RNG.normal(0, 2.0, (8000, 3))


def test_noise_is_the_standard_deviation_whatever_the_slow_signal():
    slow = 500 * np.sin(np.arange(8000) / 4000)[:, None]
    assert noise([QUIET + slow]) == pytest.approx(2.0, rel=0.05)


def test_samples_that_stay_at_an_extreme_are_saturated():
    clipped = np.clip(QUIET * 1000, -1500, None).astype(np.int16)
    clipped[100:150] = -1500
    assert saturation([clipped]) >= 50 * 3 / clipped.size
    assert saturation([(QUIET * 1000).astype(np.int16)]) == 0.0


def test_runs_shorter_than_three_are_not_saturated():
    samples = np.arange(100)[:, None]
    samples[50:52] = 200
    assert saturation([samples]) == 0.0
    samples[50:53] = 200
    assert saturation([samples]) == 0.03


@pytest.mark.parametrize("samples", [np.ones((50, 1)), np.arange(50)[:, None] % 4], ids=["constant", "few levels"])
def test_samples_that_cannot_tell_are_not_measured(samples):
    with pytest.raises(UnmeasurableError):
        saturation([samples])


@pytest.mark.parametrize("mains", [50, 60])
def test_hum_of_the_mains_stands_out(mains):
    hum = np.sin(2 * np.pi * mains * np.arange(8000) / RATE)[:, None]
    assert line_noise([QUIET], RATE) < 5
    assert line_noise([QUIET + 2 * hum], RATE) > 30


def test_a_short_window_has_no_spectrum():
    with pytest.raises(UnmeasurableError, match="no two seconds"):
        line_noise([QUIET[:500]], RATE)
