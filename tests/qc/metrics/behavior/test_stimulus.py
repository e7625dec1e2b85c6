"""Omissions inside and outside of their interval, images and cadence."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from nwbgate.qc.metrics.behavior.stimulus import (
    exempt_from_omission,
    flashes_off_cadence,
    image_imbalance,
    images_never_shown,
    measure_flashes,
    measure_omissions,
    omission_p_value,
    omissions_outside,
)
from nwbgate.qc.unmeasurable import UnmeasurableError

#: A session of the release: 4802 flashes, 262 changes (true, sham and automatic), 5 flashes after each in its trial.
FLASHES, CHANGES = 4802, 262


def session(omitted: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    place = np.arange(FLASHES)
    every = FLASHES // CHANGES
    change = (place % every == 10) & (place // every < CHANGES)
    after = np.convolve(change, np.ones(6))[:FLASHES] > 0
    out = np.zeros(FLASHES, dtype=bool)
    free = np.flatnonzero(~exempt_from_omission(change) & ~after)
    out[np.random.default_rng(seed).choice(free, omitted, replace=False)] = True
    return out, change, after


def outside(omitted: int, fraction: float = 0.05) -> float:
    rows = {row.metric: row for row in measure_omissions(*session(omitted), fraction)}
    return rows["stimulus.omissions_outside"].value


def test_changes_and_the_flash_before_each_are_exempt() -> None:
    assert exempt_from_omission([False, False, True, False, True, True]).tolist() == [
        False, True, True, True, True, True,
    ]  # fmt: skip
    assert exempt_from_omission([]).tolist() == []


def test_the_releases_mean_and_five_percent_of_either_count_are_inside() -> None:
    _, change, after = session(0)
    most = np.sum(~exempt_from_omission(change))
    fewest = np.sum(~exempt_from_omission(change) & ~after)
    for number in (170, round(0.05 * most), round(0.05 * fewest)):
        assert outside(number) == 0


def test_ends_of_the_interval_are_those_of_the_binomial_law() -> None:
    low, high = stats.binom.interval(0.99, 1000, 0.05)
    assert omissions_outside(int(low), (1000, 1000), 0.05) == 0
    assert omissions_outside(int(low) - 1, (1000, 1000), 0.05) == -1
    assert omissions_outside(int(high), (1000, 1000), 0.05) == 0
    assert omissions_outside(int(high) + 3, (1000, 1000), 0.05) == 3


@pytest.mark.parametrize(("omitted", "sign"), [(0, -1), (60, -1), (430, 1), (1000, 1)])
def test_lost_and_doubled_omissions_are_outside(omitted: int, sign: int) -> None:
    assert np.sign(outside(omitted)) == sign


@settings(max_examples=10)
@given(st.integers(0, 10_000))
def test_number_of_a_fair_session_is_inside_nearly_always(seed: int) -> None:
    rng = np.random.default_rng(seed)
    found = [omissions_outside(rng.binomial(2000, 0.05), (2000, 2000), 0.05) for _ in range(200)]
    assert np.mean(np.array(found) != 0) < 0.06


@pytest.mark.parametrize("fraction", [np.nan, 0.0])
def test_session_without_omissions_by_design_is_not_measured(fraction: float) -> None:
    rows = {row.metric: row for row in measure_omissions(*session(0), fraction)}
    for name in ("omitted", "omissions_outside", "omission_p_value"):
        assert not rows[f"stimulus.{name}"].measured
        assert "no flash is omitted by design" in rows[f"stimulus.{name}"].reason
    assert rows["stimulus.omitted_at_change"].value == 0


def test_fraction_above_one_is_no_probability() -> None:
    rows = {row.metric: row for row in measure_omissions(*session(0), 1.5)}
    assert "1.5, which is not a probability" in rows["stimulus.omissions_outside"].reason


def test_omitted_change_and_omission_before_a_change_are_counted_and_not_eligible() -> None:
    out, change, after = session(170)
    at = np.flatnonzero(change)
    out[at[0]] = out[at[1] - 1] = True
    rows = {row.metric: row for row in measure_omissions(out, change, after, 0.05)}
    assert rows["stimulus.omitted_at_change"].value == 2
    assert rows["stimulus.omitted"].value == pytest.approx(170 / (FLASHES - 2 * CHANGES))


def test_p_value_is_that_of_the_binomial_test() -> None:
    assert omission_p_value(50, 1000, 0.05) == 1
    assert omission_p_value(10, 1000, 0.05) < 1e-8
    with pytest.raises(UnmeasurableError, match="no flash could have been omitted"):
        omission_p_value(0, 0, 0.05)


def test_few_eligible_flashes_and_no_flash_are_not_measured() -> None:
    with pytest.raises(UnmeasurableError, match="99 flashes could have been omitted, at least 100"):
        omissions_outside(5, (99, 99), 0.05)
    rows = list(measure_omissions([], [], [], 0.05))
    assert not any(row.measured for row in rows)
    assert all(row.reason for row in rows)


def test_all_flashes_after_a_change_leave_the_lower_end_open() -> None:
    assert omissions_outside(0, (0, 500), 0.05) == 0


def test_balance_of_images() -> None:
    assert image_imbalance(["a", "b"] * 400) == 0
    assert image_imbalance(["a"] * 600 + ["b"] * 200) == 1.0
    with pytest.raises(UnmeasurableError, match="300 flashes of 2 images"):
        image_imbalance(["a", "b"] * 150)
    with pytest.raises(UnmeasurableError, match="900 flashes of 1 images"):
        image_imbalance(["a"] * 900)


def test_image_that_was_never_shown_is_counted() -> None:
    assert images_never_shown(["a", "b"] * 400, ["a", "b", "c"]) == 1
    assert images_never_shown(["a", "b"] * 400, ["b", "a"]) == 0
    with pytest.raises(UnmeasurableError, match="400 flashes and 3 images"):
        images_never_shown(["a", "b"] * 200, ["a", "b", "c"])


@given(st.integers(0, 50), st.floats(-1e4, 1e4))
def test_flashes_off_their_cadence_are_counted_whenever_the_session_began(late: int, shift: float) -> None:
    onsets = np.arange(500) * 0.75
    onsets[np.arange(late) * 3 + 10] += 0.1
    assert flashes_off_cadence(onsets + shift) == pytest.approx(2 * late / 499)


def test_one_frame_late_is_on_the_cadence() -> None:
    onsets = np.arange(500) * 0.75
    onsets[::7] += 1 / 60
    assert flashes_off_cadence(onsets) == 0


def test_session_without_flashes_is_not_measured() -> None:
    assert not any(row.measured for row in measure_flashes([], [], []))
