"""Running speed from an encoder that wraps."""

import numpy as np
import pytest

from nwbgate.algorithms.running_speed import (
    RADIUS,
    clipped_at,
    forward_positive,
    low_pass,
    running_speed,
    unwrap_voltage,
    without_outliers,
    wraps,
)

TIMES = np.arange(1200) / 60
#: Voltage of a wheel that turns once in two seconds, wrapping at 5 V.
TURNING = (TIMES / 2 * 5 + 0.3) % 5


def test_a_steady_wheel_has_a_steady_speed():
    filtered, raw = running_speed(TURNING, np.full(1200, 5.0), TIMES)
    steady = np.pi * RADIUS
    assert np.isnan(raw[:3]).tolist() == [True, True, True]
    assert np.nanmedian(raw) == pytest.approx(steady, rel=1e-9)
    # Where the voltage wraps, its largest value stands for the 5 V that it would have reached.
    assert np.nanmax(np.abs(raw - steady)) < 0.05 * steady
    assert filtered[100:-100] == pytest.approx(np.full(1000, steady), rel=0.02)


def test_a_reversed_encoder_is_turned():
    assert np.nanmean(running_speed(TURNING[::-1], np.full(1200, 5.0), TIMES)[1]) > 0
    assert forward_positive(np.array([-2.0, np.nan])).tolist()[0] == 2.0
    assert forward_positive(np.array([-0.5])).tolist() == [-0.5]


def test_wraps_are_found_in_both_directions():
    forward, backward = wraps(np.array([3.6, 1.4, 3.6, 3.0, 1.4]))
    assert (forward.tolist(), backward.tolist()) == ([1], [2])


def test_a_wrap_goes_by_the_largest_voltage_and_a_spike_is_unknown():
    voltage = np.array([4.6, 4.9, 0.2, 0.4, 9.9, 0.5])
    found = unwrap_voltage(voltage)
    assert found[1:4] == pytest.approx(4.6 + np.array([0.3, 0.5, 0.7]))
    assert np.isnan(found).tolist() == [True, False, False, False, True, True]


def test_speed_at_a_wrap_stays_within_that_of_its_neighbours():
    speed = np.array([1.0, 2.0, 50.0, 3.0, 4.0])
    assert clipped_at(np.array([2]), speed, np.arange(5) * 0.1).tolist() == [1.0, 2.0, 4.0, 3.0, 4.0]
    alone = clipped_at(np.array([2]), speed, np.arange(5) * 1.0)
    assert np.isnan(alone[2])


def test_outliers_are_unknown():
    speed = np.append(np.tile([1.0, -1.0], 200), 1e4)
    assert np.isnan(without_outliers(speed)).sum() == 1
    assert without_outliers(np.full(3, np.nan)).shape == (3,)


def test_slow_changes_pass_the_filter_and_fast_ones_do_not():
    slow, fast = np.sin(2 * np.pi * 0.5 * TIMES), np.sin(2 * np.pi * 15 * TIMES)
    assert low_pass(slow)[200:-200] == pytest.approx(slow[200:-200], abs=0.02)
    assert np.abs(low_pass(fast)[200:-200]).max() < 0.02
    assert low_pass(np.array([1.0, np.nan])).tolist() == [1.0, 0.0]
