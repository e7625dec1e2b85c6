import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from nwbgate.errors import UsageError
from nwbgate.plots.colours import OUTCOMES
from nwbgate.plots.trial_raster import plot_trial_raster
from support.drawn import labels, passive, session, trials


def points(axes, label):
    found = next(each for each in axes.collections if each.get_label() == label)
    return found.get_offsets().data.tolist()


def test_licks_and_rewards_are_at_their_times_from_the_change_in_the_row_of_their_trial():
    axes = plot_trial_raster(session())
    assert points(axes, "lick") == [pytest.approx(each) for each in ([0.2, 0], [0.4, 0], [0.5, 1])]
    assert points(axes, "reward") == [pytest.approx([0.25, 0])]


def test_aborted_trials_have_no_row():
    axes = plot_trial_raster(session())
    assert axes.get_ylim() == (3.5, -0.5)
    assert not any("aborted" in label for label in labels(axes))


def test_each_row_has_the_colour_of_its_outcome():
    axes = plot_trial_raster(session())
    rows = {
        container.get_label(): [round(bar.get_y() + bar.get_height() / 2) for bar in container]
        for container in axes.containers
    }
    assert rows == {"hit (1)": [0], "miss (1)": [1], "correct reject (1)": [2], "auto rewarded (1)": [3]}
    assert to_hex(axes.containers[0][0].get_facecolor()) == OUTCOMES["hit"].lower()


def test_the_response_window_is_that_of_the_session():
    axes = plot_trial_raster(session(task_parameters={"response_window_sec": ["0.2", "0.8"]}))
    shaded = next(patch for patch in axes.patches if patch.get_label() == "response window")
    assert (shaded.get_x(), shaded.get_x() + shaded.get_width()) == pytest.approx((0.2, 0.8))


def test_the_window_is_shown_and_cuts_the_licks():
    axes = plot_trial_raster(session(), window=(-1, 0.3))
    assert axes.get_xlim() == (-1, 0.3)
    assert points(axes, "lick") == [pytest.approx([0.2, 0])]


def test_a_passive_session_is_drawn_without_licks():
    assert points(plot_trial_raster(passive()), "lick") == []


def test_given_axes_are_drawn_on():
    given = Figure().subplots()
    assert plot_trial_raster(session(), axes=given) is given


def test_a_session_without_a_change_is_refused():
    with pytest.raises(UsageError, match="5 trials, all aborted"):
        plot_trial_raster(session(trials=trials().assign(aborted=True, change_time=np.nan)))
    with pytest.raises(UsageError, match="no trials"):
        plot_trial_raster(session(trials=trials().iloc[:0]))
    with pytest.raises(UsageError, match="invalid time window"):
        plot_trial_raster(session(), window=(1, 1))
