"""A clock maps the source's seconds to the session's: by a shift, or by knots with the source's pace around them."""

import numpy as np
import pytest

from nwbgate.errors import UsageError
from nwbgate.interfaces.clock import Clock, timing

TIMES = np.arange(5) * 0.1


def test_a_new_clock_changes_nothing():
    assert np.array_equal(Clock().times(TIMES), TIMES)
    assert timing(Clock(), 5, 0.1) == {"rate": 10.0, "starting_time": 0.0}


def test_shifts_add_up():
    clock = Clock()
    clock.shift(1.0)
    clock.shift(0.5)
    assert np.array_equal(clock.times(TIMES), TIMES + 1.5)
    assert timing(clock, 5, 0.1, shift=0.25) == {"rate": 10.0, "starting_time": 1.75}


@pytest.mark.parametrize("seconds", [float("nan"), float("inf")])
def test_a_shift_that_is_not_finite_is_refused(seconds):
    with pytest.raises(UsageError, match="not finite"):
        Clock().shift(seconds)


def test_knots_are_met_exactly_and_the_pace_is_kept_outside():
    clock = Clock()
    session = np.array([1.0, 1.2, 1.25, 1.5, 2.0])
    clock.align(TIMES, session)
    assert np.array_equal(clock.times(TIMES), session)
    assert clock.times(np.array([-0.5, 0.05, 0.9])) == pytest.approx([0.5, 1.1, 2.5])


def test_equal_clocks_have_equal_alignments_and_others_have_others():
    shifted, knotted, moved = Clock(), Clock(), Clock()
    assert shifted.alignment == {}
    shifted.shift(0.5)
    assert shifted.alignment == {"shift": 0.5}
    for clock in (knotted, moved):
        clock.align(TIMES, 2 * TIMES)
    assert knotted.alignment == moved.alignment
    moved.shift(0.5)
    assert knotted.alignment != moved.alignment


def test_a_shift_after_an_alignment_moves_the_knots():
    clock = Clock()
    clock.align(TIMES, 2 * TIMES)
    clock.shift(1.0)
    assert clock.times(TIMES) == pytest.approx(2 * TIMES + 1)


def test_an_alignment_replaces_a_shift():
    clock = Clock()
    clock.shift(7.0)
    clock.align(TIMES, TIMES + 1)
    assert np.array_equal(clock.times(TIMES), TIMES + 1)


def test_a_stretched_clock_is_regular_and_keeps_a_rate_of_full_precision():
    """0.05 to 0.12 % of stretch is real; a rounded rate would be milliseconds off after a minute."""
    clock, samples, period = Clock(), 40_000 * 60, 2.5e-5
    times = np.arange(samples) * period
    clock.align(times, times * 1.0005 + 0.2)
    given = timing(clock, samples, period)
    assert given["starting_time"] == pytest.approx(0.2, abs=1e-9)
    assert (samples - 1) / given["rate"] == pytest.approx(times[-1] * 1.0005, abs=1e-6)


def test_irregular_times_are_timestamps():
    clock = Clock()
    session = np.array([0.0, 0.1, 0.2, 0.31, 0.4])
    clock.align(TIMES, session)
    given = timing(clock, 5, 0.1, shift=1.0)
    assert list(given) == ["timestamps"]
    assert np.array_equal(given["timestamps"], session + 1.0)


def test_one_sample_is_regular():
    clock = Clock()
    clock.align(TIMES[:1], np.array([3.0]))
    assert timing(clock, 1, 0.1) == {"rate": 10.0, "starting_time": 3.0}


@pytest.mark.parametrize(
    ("session", "what"),
    [
        (TIMES[:4], "wrong number of aligned timestamps"),
        (TIMES[:, None], "wrong number of aligned timestamps"),
        (TIMES * np.nan, "not finite"),
    ],
)
def test_times_that_cannot_be_are_refused_and_change_nothing(session, what):
    clock = Clock()
    with pytest.raises(UsageError, match=what):
        clock.align(TIMES, session)
    assert np.array_equal(clock.times(TIMES), TIMES)


@pytest.mark.parametrize("session", [TIMES[::-1], np.zeros(5)])
def test_a_clock_that_runs_backwards_or_stands_still_is_refused(session):
    clock = Clock()
    assert clock.refuse_backwards() is None
    clock.align(TIMES, TIMES + 1)
    assert clock.refuse_backwards() is None
    clock.align(TIMES, session)
    with pytest.raises(UsageError, match="do not ascend") as caught:
        clock.refuse_backwards()
    assert "at index 1" in caught.value.got
