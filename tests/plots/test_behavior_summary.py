import numpy as np
import pytest
from matplotlib.figure import Figure

from nwbgate.errors import UsageError
from nwbgate.plots.behavior_summary import plot_behavior_summary
from support.drawn import labels, passive, session


def test_running_and_pupil_are_drawn_as_they_are():
    drawn = plot_behavior_summary(session())
    np.testing.assert_array_equal(drawn[1].get_lines()[0].get_ydata(), session().running_speed["speed"])
    np.testing.assert_array_equal(drawn[2].get_lines()[0].get_ydata(), session().eye_tracking["pupil_area"])
    assert drawn[1].get_ylabel() == "running\n(cm/s)"
    assert drawn[2].get_ylabel() == "pupil area\n(pixels²)"
    assert drawn[-1].get_xlabel() == "time (s)"


def test_licks_and_rewards_are_marked_and_counted():
    axes = plot_behavior_summary(session())[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["4 licks", "1 rewards"]
    assert [each.get_offsets().data[:, 0].tolist() for each in axes.collections] == [[3.2, 3.4, 11.5, 30.0], [3.25]]


def test_rolling_numbers_are_at_the_change_of_their_trial_and_pass_over_aborted_trials():
    drawn = plot_behavior_summary(session())
    hits = drawn[3].get_lines()[0]
    assert hits.get_xdata().tolist() == [11.0, 17.0, 23.0]
    assert hits.get_ydata().tolist() == [0.5, 0.5, 0.6]
    assert labels(drawn[3]) == ["hits", "false alarms"]
    assert labels(drawn[4]) == ["d′"]
    assert labels(drawn[5]) == ["reward rate", "engaged above"]


def test_the_panels_share_their_time_axis():
    drawn = plot_behavior_summary(session())
    assert drawn[0].get_xlim() == (0, pytest.approx(30, abs=0.02))
    drawn[3].set_xlim(5, 6)
    assert all(each.get_xlim() == (5, 6) for each in drawn)


def test_blocks_of_the_stimulus_are_named():
    axes = plot_behavior_summary(session())[0]
    named = {text.get_text(): text.get_position()[0] for text in axes.texts}
    assert named == {"initial gray screen 5min": 0, "change detection behavior": 10}


def test_names_of_short_blocks_do_not_overlap():
    usual = session()
    shown = usual.stimulus_presentations.iloc[:2].assign(
        start_time=[0.0, 0.2], end_time=[0.2, 30.0], stimulus_block=[0, 1]
    )
    first, second = (
        text.get_position()[0] for text in plot_behavior_summary(passive(stimulus_presentations=shown))[0].texts
    )
    assert (first, second) == (0, pytest.approx(1.2))


def test_what_a_passive_session_does_not_have_is_said():
    drawn = plot_behavior_summary(passive())
    assert [text.get_text() for text in drawn[2].texts] == ["not recorded in this session"]
    assert [text.get_text() for text in drawn[3].texts] == ["too few trials"]
    assert [label.get_text() for label in drawn[0].get_yticklabels()] == ["0 licks", "0 rewards"]


def test_a_session_without_blocks_or_running_is_drawn():
    usual = session()
    bare = passive(
        stimulus_presentations=usual.stimulus_presentations.drop(columns="stimulus_block"),
        running_speed=usual.running_speed.iloc[:0],
    )
    assert len(plot_behavior_summary(bare)[0].texts) == 0


def test_given_axes_are_drawn_on_and_must_be_six():
    given = Figure().subplots(6, 1)
    assert plot_behavior_summary(session(), axes=given) == list(given)
    with pytest.raises(UsageError, match="expected: 6 axes"):
        plot_behavior_summary(session(), axes=given[:4])
