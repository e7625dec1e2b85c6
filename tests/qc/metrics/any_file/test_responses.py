"""Signal to noise and bleaching of traces that are known."""

import numpy as np
import pytest

from nwbgate.qc.metrics.any_file.responses import bleaching, signal_to_noise
from nwbgate.qc.unmeasurable import UnmeasurableError

NOISE = np.random.default_rng(0).normal(0, 1.0, (3000, 4))


def test_the_signal_is_the_top_above_the_noise():
    active = NOISE.copy()
    active[::40] += 20
    assert signal_to_noise(active) == pytest.approx(20, rel=0.1)
    assert signal_to_noise(NOISE) == pytest.approx(2.3, rel=0.1)


def test_bleaching_is_the_change_of_the_baseline():
    fading = 100 + NOISE
    fading[2000:] -= 40
    assert bleaching(fading) == pytest.approx(-0.4, abs=0.01)
    assert bleaching(100 + NOISE) == pytest.approx(0, abs=0.01)


def test_traces_without_baseline_or_noise_are_not_measured():
    with pytest.raises(UnmeasurableError, match="baseline"):
        bleaching(NOISE)
    with pytest.raises(UnmeasurableError, match="noise"):
        signal_to_noise(np.zeros((100, 2)))
