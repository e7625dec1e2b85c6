import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from nwbgate.errors import TableError
from nwbgate.plots.learning import plot_learning
from support.drawn import history, labels


def test_rates_of_each_session_are_drawn_in_order():
    drawn = plot_learning(history())
    hits, alarms = drawn[0].get_lines()[:2]
    np.testing.assert_array_equal(hits.get_xdata(), [1, 2, 3, 4])
    np.testing.assert_array_equal(hits.get_ydata(), [np.nan, 0.3, 0.8, 0.9])
    np.testing.assert_array_equal(alarms.get_ydata(), history()["false_alarm_rate"])
    assert labels(drawn[0]) == ["hit rate", "false alarm rate", "with imaging"]


def test_sessions_with_imaging_have_a_ring():
    ring = plot_learning(history())[0].get_lines()[2]
    assert (ring.get_xdata().tolist(), ring.get_ydata().tolist()) == ([4], [0.9])


def test_each_stage_is_named_once_above_its_sessions():
    axes = plot_learning(history())[0]
    named = {text.get_text(): text.get_position()[0] for text in axes.texts}
    assert named == {"TRAINING 1 gratings": 1.5, "TRAINING 2 gratings flashed": 3, "OPHYS 1 images A": 4}
    spans = [(patch.get_x(), patch.get_x() + patch.get_width()) for patch in axes.patches]
    assert spans == [(0.5, 2.5), (2.5, 3.5), (3.5, 4.5)]


def test_hits_stand_in_where_dprime_is_not_known():
    second = plot_learning(history())[1]
    assert second.get_ylabel() == "hits"
    assert second.get_lines()[0].get_ydata().tolist() == [0, 3, 8, 9]


def test_dprime_is_drawn_where_it_is_known():
    second = plot_learning(history().assign(mean_dprime=[np.nan, 0.1, 1.2, 1.5], max_dprime=2.0))[1]
    assert second.get_ylabel() == "d′"
    assert labels(second) == ["mean d′", "max d′", "criterion of training"]


def test_a_table_without_imaging_or_hits_is_drawn():
    drawn = plot_learning(history().drop(columns=["ophys_session_id", "hit_trial_count"]))
    assert labels(drawn[0]) == ["hit rate", "false alarm rate"]


def test_the_panels_share_their_axis_and_given_ones_are_used():
    given = Figure().subplots(2, 1)
    assert plot_learning(history(), axes=given) == list(given)
    assert given[0].get_xlim() == given[1].get_xlim() == (0.5, 4.5)
    assert given[1].get_xlabel() == "session"


def test_a_table_that_is_no_history_is_refused():
    with pytest.raises(TableError, match="no column hit_rate") as error:
        plot_learning(history().drop(columns="hit_rate"))
    assert "performance=True" in str(error.value)
    with pytest.raises(TableError, match="no session"):
        plot_learning(history(0))


def test_names_of_many_stages_stand_upright():
    many = pd.concat([history()] * 3)
    axes = plot_learning(many)[0]
    assert len(axes.texts) == 9
    assert {text.get_rotation() for text in axes.texts} == {90}
    assert {text.get_rotation() for text in plot_learning(history())[0].texts} == {30}
