"""The average dF/F of each plane of a session."""

from typing import TYPE_CHECKING

import numpy as np

from nwbgate.plots.arguments import check_given
from nwbgate.plots.axes import bare, drawn_on
from nwbgate.plots.colours import CYCLE
from nwbgate.plots.envelope import Array, envelope, part_within
from nwbgate.plots.stack import scale_bar, step_between
from nwbgate.plots.windows import checked_window, imaging_planes_of, show

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
    check_given(session, "session", "trials", "open it with nwbgate.open(file) or project.session(number)")
    window = checked_window(window)
    planes = imaging_planes_of(session)
    drawn = [_averaged_traces(plane, window) for plane in planes]
    axes = drawn_on(axes, (10, max(3, 1.2 + 0.7 * len(planes))))
    step = step_between([values for _, values in drawn])
    labels = [f"{plane.name} ({len(plane.cell_roi_ids)} cells)" for plane in planes]
    for row, (times, values) in enumerate(drawn):
        axes.plot(times, values - row * step, color=CYCLE[row % len(CYCLE)], linewidth=0.8, label=labels[row])
    axes.set(xlabel="time (s)", ylabel="average dF/F")
    show(axes, window, planes[0].ophys_timestamps)
    _label_lines(axes, labels, step)
    return axes


def _label_lines(axes: "Axes", labels: list[str], step: float) -> None:
    """Label the lines: one by its axis, several with a scale bar."""
    if len(labels) == 1:
        axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1), borderaxespad=0)
    else:
        axes.set_yticks([-row * step for row in range(len(labels))], labels)
        axes.tick_params(axis="y", length=0)
        scale_bar(axes, step, "dF/F")
    bare(axes, left=len(labels) == 1)


def _averaged_traces(plane: "Plane", window: tuple[float, float] | None) -> tuple[Array, Array]:
    """Return the drawn times and the average over cells."""
    return envelope(*part_within(plane.ophys_timestamps, _average(plane.matrix("dff")), window))


def _average(traces: Array) -> Array:
    """Return the mean over cells per frame, ignoring NaN; NaN where all are."""
    known = np.isfinite(traces)
    counts = known.sum(axis=1)
    sums = np.sum(traces, axis=1, where=known)
    average: Array = np.divide(sums, counts, out=np.full(len(traces), np.nan), where=counts > 0)
    return average
