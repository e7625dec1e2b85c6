import numpy as np
import pytest
from matplotlib.figure import Figure

from nwbgate.errors import UsageError
from nwbgate.plots.traces import plot_traces
from support.drawn import PERIOD, plane


def lines(axes):
    return [line for line in axes.get_lines() if line.get_xdata()[0] != 1.01]


def test_each_cell_is_a_line_with_its_trace():
    axes = plot_traces(plane())
    drawn = lines(axes)
    assert len(drawn) == 3
    for cell, line in enumerate(drawn):
        np.testing.assert_allclose(line.get_xdata(), np.arange(300) * PERIOD)
        bump = line.get_ydata() - line.get_ydata()[-1]
        np.testing.assert_allclose(bump, plane().matrix("dff")[:, cell] - cell, atol=1e-12)


def test_cells_are_one_above_the_other_and_named_at_their_traces():
    axes = plot_traces(plane())
    heights = [line.get_ydata()[-1] for line in lines(axes)]
    assert heights == sorted(heights, reverse=True)
    assert [label.get_text() for label in axes.get_yticklabels()] == ["100", "101", "12"]
    assert axes.get_yticks() == pytest.approx(heights)
    assert axes.get_xlabel() == "time (s)"
    assert axes.get_xlim() == (0, pytest.approx(29.9))


def test_the_scale_bar_says_how_high_it_is():
    axes = plot_traces(plane(), signal="events")
    bar = next(line for line in axes.get_lines() if line.get_xdata()[0] == 1.01)
    assert axes.texts[0].get_text() == f"{np.ptp(bar.get_ydata()):g} event size (dF/F)"


def test_cells_are_chosen_by_either_id_in_the_order_given():
    axes = plot_traces(plane(), cells=[12, 100])
    assert [label.get_text() for label in axes.get_yticklabels()] == ["12", "100"]
    assert lines(axes)[0].get_ydata().argmax() == 50


def test_a_plane_of_many_cells_shows_twenty():
    assert len(lines(plot_traces(plane(cells=40, frames=1000)))) == 20


def test_a_window_leaves_the_rest_out():
    axes = plot_traces(plane(), window=(5, 10))
    assert axes.get_xlim() == (5, 10)
    assert lines(axes)[0].get_xdata()[[0, -1]].tolist() == pytest.approx([5, 10])


def test_given_axes_are_drawn_on():
    given = Figure().subplots()
    assert plot_traces(plane(), axes=given) is given
    assert len(lines(given)) == 3


def test_cells_without_a_trace_or_a_bump_are_drawn_flat():
    flat = plane()
    flat.matrix = lambda _: np.array([[np.nan, 1.0, 2.0]] * 300)
    assert len(lines(plot_traces(flat))) == 3


@pytest.mark.filterwarnings("error")
def test_a_plane_without_cells_is_drawn_empty():
    assert lines(plot_traces(plane(cells=0))) == []


def test_a_cell_of_another_plane_is_refused():
    with pytest.raises(UsageError, match="no such cell in this plane") as error:
        plot_traces(plane(), cells=[100, 999])
    assert error.value.got == "999"


@pytest.mark.parametrize("window", [(10, 5), (np.nan, 5), 3, (1, 2, 3)])
def test_a_window_that_is_no_interval_is_refused(window):
    with pytest.raises(UsageError, match="invalid time window"):
        plot_traces(plane(), window=window)
