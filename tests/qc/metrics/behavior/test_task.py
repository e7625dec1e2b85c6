"""Rates, d' and licks of sessions whose numbers are known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from nwbgate.qc.metrics.behavior.task import (
    Outcomes,
    answered_share,
    d_prime,
    engaged_share,
    lick_artefacts,
    lick_rate,
    measure_licks,
    measure_trials,
)
from nwbgate.qc.unmeasurable import UnmeasurableError


def outcomes(hits: int, misses: int, false_alarms: int, correct: int, aborted: int = 0) -> Outcomes:
    sizes = np.repeat(np.arange(5), [hits, misses, false_alarms, correct, aborted])
    return Outcomes(
        go=sizes <= 1,
        catch=(sizes == 2) | (sizes == 3),
        aborted=sizes == 4,
        auto_rewarded=np.zeros(len(sizes), dtype=bool),
        hit=sizes == 0,
        false_alarm=sizes == 2,
    )


USUAL = outcomes(150, 76, 4, 28, 418)
NONE = outcomes(0, 0, 0, 0)


def test_rates_are_shares_of_their_trials() -> None:
    assert answered_share(USUAL.hit, USUAL.go) == pytest.approx(150 / 226)
    assert answered_share(USUAL.false_alarm, USUAL.catch) == pytest.approx(4 / 32)


def test_d_prime_is_the_distance_of_the_rates() -> None:
    assert d_prime(USUAL) == pytest.approx(stats.norm.ppf(150 / 226) - stats.norm.ppf(4 / 32))
    assert d_prime(outcomes(50, 50, 50, 50)) == pytest.approx(0)


def test_perfect_rates_are_kept_half_a_trial_from_the_end() -> None:
    assert d_prime(outcomes(20, 0, 0, 20)) == pytest.approx(2 * stats.norm.ppf(1 - 1 / 40))
    assert d_prime(outcomes(900, 0, 0, 900)) == pytest.approx(2 * stats.norm.ppf(0.99))


def test_engaged_share_leaves_out_trials_without_a_rate() -> None:
    assert engaged_share([np.nan] * 10 + [3.0] * 15 + [2.0] * 5) == 0.75


def test_intervals_no_mouse_can_lick_in_are_counted() -> None:
    licks = np.sort(np.concatenate([np.arange(100) * 0.15, [0.31, 3.02]]))
    assert lick_artefacts(np.arange(100) * 0.15) == 0
    assert lick_artefacts(licks) == pytest.approx(2 / 101)
    assert lick_rate(licks, 51.0) == 2


@given(st.integers(0, 99), st.floats(-1e4, 1e4))
def test_order_of_trials_and_start_of_the_session_do_not_matter(seed: int, shift: float) -> None:
    order = np.random.default_rng(seed).permutation(len(USUAL.go))
    shuffled = Outcomes(**{name: getattr(USUAL, name)[order] for name in USUAL.__dataclass_fields__})
    assert d_prime(shuffled) == d_prime(USUAL)
    licks = np.round(np.cumsum(np.random.default_rng(seed).choice([0.03, 0.15], 200)), 3)
    assert lick_artefacts(licks + round(shift, 3)) == pytest.approx(lick_artefacts(licks))


def test_too_few_trials_are_not_measured() -> None:
    rows = {row.metric: row for row in measure_trials(outcomes(2, 1, 0, 2), [np.nan] * 5, passive=False)}
    assert rows["behavior.trials"].value == 5
    assert rows["behavior.go_trials"].value == 3
    assert rows["behavior.hit_rate"].reason == "3 go trials, at least 10 are needed"
    assert rows["behavior.d_prime"].reason == "3 go trials, at least 10 are needed"
    assert rows["behavior.engaged"].reason == "0 trials with a reward rate, at least 10 are needed"


def test_one_trial_and_no_trial_do_not_crash() -> None:
    assert not any(row.measured for row in measure_trials(NONE, [], passive=False))
    rows = {row.metric: row for row in measure_trials(outcomes(1, 0, 0, 0), [1.0], passive=False)}
    assert rows["behavior.trials"].value == 1
    assert not rows["behavior.hit_rate"].measured


def test_training_without_catch_trials_has_a_hit_rate_and_no_d_prime() -> None:
    rows = {row.metric: row for row in measure_trials(outcomes(30, 10, 0, 0), [3.0] * 40, passive=False)}
    assert rows["behavior.hit_rate"].value == 0.75
    assert rows["behavior.d_prime"].reason == "0 catch trials, at least 10 are needed"


def test_passive_session_is_no_failure_to_lick() -> None:
    rows = [*measure_trials(outcomes(0, 200, 0, 30), [0.0] * 230, passive=True), *measure_licks([], 3600, passive=True)]
    by_name = {row.metric: row for row in rows}
    for name in ("hit_rate", "false_alarm_rate", "d_prime", "engaged", "licks", "lick_rate"):
        assert "passive" in by_name[f"behavior.{name}"].reason
    assert by_name["behavior.go_trials"].value == 200


def test_active_session_without_licks_is_measured_as_none() -> None:
    rows = {row.metric: row for row in measure_licks([], 3600, passive=False)}
    assert rows["behavior.licks"].value == 0
    assert rows["behavior.lick_artefacts"].reason == "0 licks, at least 10 are needed"


def test_session_without_length_has_no_lick_rate() -> None:
    with pytest.raises(UnmeasurableError, match="no length"):
        lick_rate([1.0], 0.0)


def test_licks_without_a_time_are_none_and_their_order_is_no_artefact() -> None:
    licks = np.concatenate([np.arange(100)[::-1] * 0.15, [np.nan] * 20])
    rows = {row.metric: row.value for row in measure_licks(licks, 50.0, passive=False)}
    assert rows == {"behavior.licks": 100, "behavior.lick_rate": 2, "behavior.lick_artefacts": 0}
    with pytest.raises(UnmeasurableError, match="3 licks, at least 10 are needed"):
        lick_artefacts([0.1, 0.2, 0.3, *[np.nan] * 20])
