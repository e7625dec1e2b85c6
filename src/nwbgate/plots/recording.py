"""A recording of one neuron: voltage, spikes and dF/F in stacked panels."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from nwbgate.plots.arguments import check_given
from nwbgate.plots.axes import bare, panels
from nwbgate.plots.colours import BLUE, DARK, GREEN, VERMILION
from nwbgate.plots.envelope import envelope, part_within
from nwbgate.plots.windows import checked_window, show

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from nwbgate.reading.recording import Recording

_MILLIVOLTS = 1e3


def plot_recording(
    recording: "Recording", window: tuple[float, float] | None = None, axes: "Sequence[Axes] | None" = None
) -> "list[Axes]":
    """Draw voltage, spikes and dF/F in three panels with one time axis.

    A long voltage is drawn by the lowest and highest value of each of 4,000 stretches, so that every spike is seen.

    Parameters
    ----------
    recording : Recording
        Of one neuron.
    window : (float, float), optional
        Start and end in seconds of what is drawn (default: all of it).
    axes : sequence of 3 matplotlib.axes.Axes, optional
        Where to draw (default: new axes below each other).

    Returns
    -------
    list of 3 matplotlib.axes.Axes
        Voltage in millivolts with the threshold of spike detection, spikes, dF/F.

    Raises
    ------
    UsageError
        If another number of axes was passed, or the window is no interval.
    MissingExtraError
        If matplotlib is not installed.
    """
    check_given(recording, "recording", "spike_times", "open it with nwbgate.open(file) or project.recording(name)")
    window = checked_window(window)
    drawn = panels(axes, 3, (10, 5), heights=(2, 0.4, 2))
    _voltage(drawn[0], recording, window)
    _spikes(drawn[1], recording.spike_times, window)
    drawn[2].plot(*envelope(*part_within(recording.dff_timestamps, recording.dff, window)), color=GREEN, linewidth=0.9)
    drawn[2].set(xlabel="time (s)", ylabel="dF/F")
    show(drawn[2], window, recording.dff_timestamps)
    for each in drawn:
        bare(each)
    return drawn


def _voltage(axes: "Axes", recording: "Recording", window: tuple[float, float] | None) -> None:
    """Draw the voltage, without its baseline where stored, and the threshold."""
    times = recording.voltage_timestamps
    values = recording.baseline_subtracted if _has_baseline(recording) else recording.voltage
    times, values = envelope(*part_within(times, values, window))
    axes.plot(times, values * _MILLIVOLTS, color=BLUE, linewidth=0.6, label="voltage")
    axes.set_ylabel("voltage (mV)")
    threshold = getattr(recording, "threshold", None)
    if threshold is not None and np.isfinite(threshold):
        label = "threshold of detection"
        axes.axhline(threshold * _MILLIVOLTS, color=VERMILION, linewidth=0.9, linestyle="--", label=label)
        axes.legend(frameon=False, loc="lower right", bbox_to_anchor=(1, 1), borderaxespad=0.2, fontsize="small")


def _has_baseline(recording: "Recording") -> bool:
    return getattr(recording, "baseline_subtracted", None) is not None


def _spikes(axes: "Axes", times: np.ndarray, window: tuple[float, float] | None) -> None:
    shown = part_within(times, times, window)[0]
    axes.eventplot([shown], colors=DARK, linewidths=0.7, lineoffsets=0, linelengths=1)
    axes.set_yticks([0], [f"{len(shown)} spikes"])
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(-0.7, 0.7)
