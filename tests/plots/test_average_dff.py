from itertools import pairwise

import numpy as np
import pytest
from matplotlib.figure import Figure

from nwbgate.errors import UsageError
from nwbgate.plots.average_dff import plot_average_dff
from support.drawn import labels, plane, session


def names(axes):
    return [tick.get_text() for tick in axes.get_yticklabels()]


def test_each_plane_is_a_line_averaged_over_its_cells():
    axes = plot_average_dff(session())
    assert names(axes) == ["VISp_175 (3 cells)", "VISl_75 (2 cells)"]
    assert [line.get_label() for line in axes.get_lines()[:2]] == names(axes)
    for tick, cells, line in zip(axes.get_yticks(), (3, 2), axes.get_lines(), strict=False):
        np.testing.assert_allclose(line.get_ydata() - tick, plane(cells=cells).matrix("dff").mean(axis=1))
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("time (s)", "average dF/F")
    assert axes.get_xlim() == (0, pytest.approx(29.9))


def test_no_plane_hides_another():
    noise = np.random.default_rng(1).normal(size=(299, 3))
    planes = {name: plane(name) for name in ("VISp_75", "VISp_175", "VISl_75")}
    for each in planes.values():
        each.ophys_timestamps, each.matrix = np.arange(299) / 10, lambda _: noise
    lines = plot_average_dff(session(planes=planes)).get_lines()[:3]
    for upper, lower in pairwise(lines):
        assert np.mean(upper.get_ydata() < lower.get_ydata().max()) < 0.05


def test_one_plane_has_numbers_and_a_legend():
    axes = plot_average_dff(session(planes={"VISp_175": plane()}))
    assert labels(axes) == ["VISp_175 (3 cells)"]
    assert axes.spines["left"].get_visible()
    (line,) = axes.get_lines()
    np.testing.assert_allclose(line.get_ydata(), plane().matrix("dff").mean(axis=1))


def test_a_window_leaves_the_rest_out():
    axes = plot_average_dff(session(), window=(1, 2))
    assert axes.get_xlim() == (1, 2)
    assert len(axes.get_lines()[0].get_xdata()) == 11


@pytest.mark.filterwarnings("error")
def test_cells_without_a_value_are_passed_over():
    partly, empty = plane(), plane(cells=0)
    partly.matrix = lambda _: np.array([[1.0, 3.0, np.nan]] * 299 + [[np.nan] * 3])
    axes = plot_average_dff(session(planes={"VISp_175": partly, "VISl_75": empty}))
    assert axes.get_lines()[0].get_ydata()[:299].tolist() == [2.0] * 299
    assert np.isnan(axes.get_lines()[0].get_ydata()[299])
    assert np.isnan(axes.get_lines()[1].get_ydata()).all()


def test_a_long_session_is_drawn_by_its_extremes():
    long = plane(frames=50_000)
    drawn = plot_average_dff(session(planes={"VISp_175": long})).get_lines()[0]
    assert len(drawn.get_ydata()) == 8000
    assert drawn.get_ydata().max() == long.matrix("dff").mean(axis=1).max()


def test_given_axes_are_drawn_on():
    given = Figure().subplots()
    assert plot_average_dff(session(), axes=given) is given


def test_a_session_without_imaging_is_refused():
    with pytest.raises(UsageError, match="no imaging plane") as error:
        plot_average_dff(session(planes={}))
    assert error.value.where == "session.nwb"
    with pytest.raises(UsageError, match="invalid time window"):
        plot_average_dff(session(), window=(2, 1))
