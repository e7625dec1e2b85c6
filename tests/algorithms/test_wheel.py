"""Speed of a wheel from its angle and from a voltage that wraps."""

import numpy as np
import pytest

from nwbgate.algorithms.wheel import RADIUS, speed_of_angle, speed_of_voltage

PERIOD = 1 / 60


def test_one_turn_a_second_is_the_circumference_a_second():
    assert speed_of_angle([6.0], PERIOD)[0] == pytest.approx(2 * np.pi * RADIUS)


@pytest.mark.parametrize("direction", [1, -1])
def test_wraps_do_not_show_in_either_direction(direction):
    turns = direction * np.arange(600) / 60
    volts = 4.88 * (turns % 1)
    speed = speed_of_voltage(volts, np.full(600, 4.88), PERIOD)
    assert np.isnan(speed[0])
    assert np.nanmean(speed) == pytest.approx(direction * 2 * np.pi * RADIUS, rel=0.02)
    assert np.nanmax(np.abs(speed)) < 2.1 * np.pi * RADIUS


def test_a_spike_of_the_voltage_is_no_movement():
    volts = np.full(10, 2.0)
    volts[5] = 9.0
    speed = speed_of_voltage(volts, np.full(10, 4.88), PERIOD)
    assert np.nansum(np.abs(speed)) == 0
