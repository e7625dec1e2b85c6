import pandas as pd
import pytest
from matplotlib import pyplot as plt

from nwbgate import plots
from nwbgate.errors import UsageError
from nwbgate.plots.arguments import check_given
from support.drawn import history, session

OF = {
    plots.plot_average_dff: "session",
    plots.plot_behavior_summary: "session",
    plots.plot_trial_raster: "session",
    plots.plot_recording: "recording",
    plots.plot_traces: "plane",
    plots.plot_max_projection: "plane",
    plots.plot_learning: "history",
}


@pytest.mark.parametrize("plot", OF, ids=lambda plot: plot.__name__)
@pytest.mark.parametrize("wrong", [5, "session.nwb", None])
def test_what_a_plot_does_not_draw_is_refused_by_name_before_a_figure_is_made(plot, wrong):
    with pytest.raises(UsageError, match=rf"needs a {OF[plot]}[\s\S]*got: {type(wrong).__name__}"):
        plot(wrong)
    assert not plt.get_fignums()


def test_a_session_where_a_plane_is_drawn_is_told_where_its_planes_are():
    with pytest.raises(UsageError, match=r"session\.planes\[name\]"):
        plots.plot_traces(pd.DataFrame())
    with pytest.raises(UsageError, match=r"give a container, or planes: session\.planes"):
        plots.plot_max_projection(session())


def test_nothing_is_read_to_tell_what_was_given():
    class Unread:
        @property
        def planes(self):
            raise AssertionError("read")

    check_given(Unread(), "session", "planes", "")


def test_a_history_of_one_session_has_whole_numbers_of_sessions():
    drawn = plots.plot_learning(history().iloc[:1])
    first, last = drawn[1].get_xlim()
    assert [tick for tick in drawn[1].get_xticks() if first <= tick <= last] == [1]


def test_the_package_lists_its_functions_alone():
    import nwbgate.plots

    assert dir(nwbgate.plots) == sorted(nwbgate.plots.__all__)
