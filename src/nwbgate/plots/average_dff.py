"""The average dF/F of each plane of a session."""

from typing import TYPE_CHECKING

import numpy as np

from nwbgate.plots.arguments import check_given
from nwbgate.plots.axes import bare, drawn_on
from nwbgate.plots.colours import CYCLE
from nwbgate.plots.envelope import Array, envelope, within
from nwbgate.plots.stack import scale_bar, step_between
from nwbgate.plots.windows import checked_window, imaged, show

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from nwbgate.reading.planes.plane import Plane
    from nwbgate.reading.sessions.session import Session


def plot_average_dff(
    session: "Session", window: tuple[float, float] | None = None, axes: "Axes | None" = None
) -> "Axes":
    """Draw the dF/F of each imaging plane of a session, averaged over its cells.

    Several planes are drawn below each other, on one scale, so that none hides another.

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
        One line per plane, named with its number of cells. The first is at its values, each other one is shifted down,
        its dF/F of 0 at the tick with its name.

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
    drawn = [_averaged(plane, window) for plane in planes]
    axes = drawn_on(axes, (10, max(3, 1.2 + 0.7 * len(planes))))
    step = step_between([values for _, values in drawn])
    labels = [f"{plane.name} ({len(plane.cell_roi_ids)} cells)" for plane in planes]
    for row, (times, values) in enumerate(drawn):
        axes.plot(times, values - row * step, color=CYCLE[row % len(CYCLE)], linewidth=0.8, label=labels[row])
    axes.set(xlabel="time (s)", ylabel="average dF/F")
    show(axes, window, planes[0].ophys_timestamps)
    _named(axes, labels, step)
    return axes


def _named(axes: "Axes", labels: list[str], step: float) -> None:
    """Name the lines: one in a legend beside its numbers, several at the left, with a bar for the scale."""
    if len(labels) == 1:
        axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1), borderaxespad=0)
    else:
        axes.set_yticks([-row * step for row in range(len(labels))], labels)
        axes.tick_params(axis="y", length=0)
        scale_bar(axes, step, "dF/F")
    bare(axes, left=len(labels) == 1)


def _averaged(plane: "Plane", window: tuple[float, float] | None) -> tuple[Array, Array]:
    """Return times, and the average of the cells, of what is drawn."""
    return envelope(*within(plane.ophys_timestamps, _average(plane.matrix("dff")), window))


def _average(traces: Array) -> Array:
    """Return the mean of each frame over the cells that have a value in it; NaN where none has."""
    known = np.isfinite(traces)
    counts = known.sum(axis=1)
    sums = np.sum(traces, axis=1, where=known)
    average: Array = np.divide(sums, counts, out=np.full(len(traces), np.nan), where=counts > 0)
    return average
