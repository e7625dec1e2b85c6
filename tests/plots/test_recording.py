import numpy as np
import pytest
from matplotlib.figure import Figure

from nwbgate.errors import UsageError
from nwbgate.plots.recording import plot_recording
from support.drawn import recording


def test_voltage_is_in_millivolts_without_its_baseline():
    line = plot_recording(recording(0.6))[0].get_lines()[0]
    np.testing.assert_array_equal(line.get_ydata(), recording(0.6).baseline_subtracted * 1e3)


def test_without_a_subtracted_baseline_the_voltage_is_drawn():
    line = plot_recording(recording(0.6, baseline_subtracted=None))[0].get_lines()[0]
    np.testing.assert_array_equal(line.get_ydata(), recording(0.6).voltage * 1e3)


def test_a_long_voltage_keeps_every_spike():
    voltage = plot_recording(recording(100.0))[0].get_lines()[0]
    assert len(voltage.get_ydata()) == 8000
    assert (voltage.get_ydata() == 1.0).sum() == len(recording(100.0).spike_times)


def test_spikes_and_dff_are_below():
    drawn = plot_recording(recording())
    assert drawn[1].collections[0].get_positions() == recording().spike_times.tolist()
    assert [label.get_text() for label in drawn[1].get_yticklabels()] == ["19 spikes"]
    np.testing.assert_array_equal(drawn[2].get_lines()[0].get_ydata(), recording().dff)
    assert [each.get_ylabel() for each in drawn] == ["voltage (mV)", "", "dF/F"]
    assert drawn[2].get_xlabel() == "time (s)"


def test_the_threshold_is_drawn_where_it_is_known():
    drawn = plot_recording(recording())[0].get_lines()
    assert drawn[1].get_ydata() == pytest.approx([0.4, 0.4])
    for unknown in (None, np.nan):
        assert len(plot_recording(recording(threshold=unknown))[0].get_lines()) == 1


def test_the_three_panels_share_their_time_axis():
    drawn = plot_recording(recording(), window=(1, 2))
    assert [each.get_xlim() for each in drawn] == [(1, 2)] * 3
    drawn[0].set_xlim(1.2, 1.4)
    assert drawn[2].get_xlim() == (1.2, 1.4)


def test_a_window_leaves_the_rest_out():
    drawn = plot_recording(recording(), window=(1, 2))
    assert drawn[1].collections[0].get_positions() == [1.0, 1.5, 2.0]
    assert drawn[2].get_lines()[0].get_xdata()[[0, -1]].tolist() == [1, 2]


def test_a_recording_without_spikes_is_drawn():
    drawn = plot_recording(recording(spike_times=np.empty(0)))
    assert [label.get_text() for label in drawn[1].get_yticklabels()] == ["0 spikes"]


def test_given_axes_are_drawn_on_and_must_be_three():
    given = Figure().subplots(3, 1)
    assert plot_recording(recording(), axes=given) == list(given)
    with pytest.raises(UsageError, match="expected: 3 axes"):
        plot_recording(recording(), axes=given[:2])
    with pytest.raises(UsageError, match="invalid time window"):
        plot_recording(recording(), window=(2, 1))
