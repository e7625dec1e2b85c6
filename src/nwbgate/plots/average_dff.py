"""The average dF/F of each plane of a session."""

from typing import TYPE_CHECKING

import numpy as np

from nwbgate.plots.axes import bare, drawn_on
from nwbgate.plots.colours import CYCLE
from nwbgate.plots.envelope import Array, envelope, within
from nwbgate.plots.given import check_given
from nwbgate.plots.windows import checked_window, imaged, show

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from nwbgate.reading.behavior_session import Session


def plot_average_dff(
    session: "Session", window: tuple[float, float] | None = None, axes: "Axes | None" = None
) -> "Axes":
    """Draw the dF/F of each imaging plane of a session, averaged over its cells.

    Parameters
    ----------
    session : Session
        With one plane or more.
    window : (float, float), optional
        Start and end in seconds of what is drawn (default: the whole session).
    axes : matplotlib.axes.Axes, optional
        Where to draw (default: new axes).

    Returns
    -------
    matplotlib.axes.Axes
        One line per plane, with its name and number of cells in the legend.

    Raises
    ------
    UsageError
        If the session has no imaging plane, or the window is no interval.
    MissingExtraError
        If matplotlib is not installed.
    """
    check_given(session, "session", "planes", "open it with nwbgate.open(file) or project.session(number)")
    window = checked_window(window)
    planes = imaged(session)
    axes = drawn_on(axes, (10, 3))
    for number, plane in enumerate(planes):
        dff = plane.matrix("dff")
        times, values = envelope(*within(plane.ophys_timestamps, _average(dff), window))
        label = f"{plane.name} ({dff.shape[1]} cells)"
        axes.plot(times, values, color=CYCLE[number % len(CYCLE)], linewidth=1, label=label)
    axes.set(xlabel="time (s)", ylabel="average dF/F")
    show(axes, window, planes[0].ophys_timestamps)
    axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1), borderaxespad=0)
    bare(axes)
    return axes


def _average(traces: Array) -> Array:
    """Return the mean of each frame over the cells that have a value in it; NaN where none has."""
    known = np.isfinite(traces)
    counts = known.sum(axis=1)
    sums = np.sum(traces, axis=1, where=known)
    average: Array = np.divide(sums, counts, out=np.full(len(traces), np.nan), where=counts > 0)
    return average
