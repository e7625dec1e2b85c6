"""Failures of encoder and speed that were planted are found in their share."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nwbgate.qc.metrics.behavior.running import (
    backward,
    encoder_failures,
    encoder_stuck,
    impossible_speeds,
    measure_encoder,
    measure_speed,
    without_speed,
)
from nwbgate.qc.unmeasurable import UnmeasurableError

RNG = np.random.default_rng(0)
SPEED = np.where(np.arange(6000) % 600 < 300, 30.0, 0.0) + RNG.normal(0, 0.5, 6000)
VOLTS = np.cumsum(RNG.normal(0.01, 0.001, 6000)) % 5


def test_sound_running_has_no_fault() -> None:
    values = {row.metric: row.value for row in [*measure_speed(SPEED), *measure_encoder(VOLTS)]}
    assert values.pop("running.mean_speed") == pytest.approx(15, abs=0.1)
    assert set(values.values()) == {0.0}


def test_planted_faults_are_found_in_their_share() -> None:
    lost, impossible, volts, stuck = SPEED.copy(), SPEED.copy(), VOLTS.copy(), VOLTS.copy()
    lost[:60], impossible[:30], volts[:15], volts[15:30], stuck[100:700] = np.nan, -200.0, 7.0, np.nan, 2.5
    assert without_speed(lost) == 0.01
    assert impossible_speeds(impossible) == 0.005
    assert encoder_failures(volts) == 0.005
    assert encoder_stuck(stuck) == pytest.approx(0.1)


def test_stretch_of_less_than_a_second_is_not_stuck() -> None:
    volts = VOLTS.copy()
    volts[100:159] = 2.5
    assert encoder_stuck(volts) == 0
    volts[100:160] = 2.5
    assert encoder_stuck(volts) == pytest.approx(0.01)


def test_dead_encoder_is_stuck_all_the_time() -> None:
    assert encoder_stuck(np.zeros(1000)) == 1
    assert encoder_failures(np.zeros(1000)) == 0


def test_wrong_polarity_goes_backward() -> None:
    assert backward(SPEED) == 0
    assert backward(-SPEED) == 1


@given(st.permutations(range(20)))
def test_order_of_samples_does_not_matter_to_the_speed(order: list[int]) -> None:
    parts = SPEED.reshape(20, -1)
    for metric in (without_speed, impossible_speeds, backward):
        assert metric(parts[order].reshape(-1)) == metric(SPEED)


@pytest.mark.parametrize("speed", [[], np.full(1000, np.nan), np.zeros(10)])
def test_missing_speed_gives_reasons(speed: np.ndarray) -> None:
    rows = {row.metric: row for row in measure_speed(speed)}
    assert not any(rows[f"running.{name}"].measured for name in ("mean_speed", "impossible_speeds", "backward"))
    assert all(row.reason or row.measured for row in rows.values())


def test_mouse_that_sits_has_no_sign() -> None:
    with pytest.raises(UnmeasurableError, match="0 samples faster than 5 cm/s"):
        backward(np.zeros(6000))


def test_no_encoder_is_not_measured() -> None:
    assert {row.reason for row in measure_encoder([])} == {"0 samples of the encoder, at least 600 are needed"}
