"""The delay of a monitor from the turns of a square on it."""

import numpy as np
import pytest

from nwbgate.algorithms.photodiode_delay import measured_delay, photodiode_turns

FRAMES = np.arange(600) / 60
TURNS = FRAMES[::60] + 0.021


def test_the_delay_is_the_mean_difference_to_every_60th_frame():
    assert measured_delay(TURNS, FRAMES) == pytest.approx(0.021, abs=1e-12)


def test_flicker_before_and_after_the_stimulus_is_no_turn():
    flicker = np.concatenate([[-3.0, -2.9], TURNS, [TURNS[-1] + 1.2]])
    assert photodiode_turns(flicker).tolist() == TURNS.tolist()


def test_of_two_edges_close_together_the_earlier_one_is_a_glitch():
    assert photodiode_turns(np.sort(np.append(TURNS, TURNS[5] - 0.01))).tolist() == TURNS.tolist()


@pytest.mark.parametrize(
    ("edges", "why"),
    [
        (np.empty(0), "no two consecutive intervals"),
        (np.array([0.0, 1.0]), "no two consecutive intervals"),
        (TURNS[:5], "5 edges for 10 flips"),
        (TURNS + 0.5, "measured delay 0.52100 s"),
        (TURNS - 0.05, "measured delay -0.02900 s"),
    ],
)
def test_a_delay_that_cannot_be_believed_is_not_measured(edges, why):
    with pytest.raises(ValueError, match=why):
        measured_delay(edges, FRAMES)
