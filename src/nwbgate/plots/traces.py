"""Stacked traces of the cells of a plane."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nwbgate.errors import UsageError
from nwbgate.plots.arguments import check_given
from nwbgate.plots.axes import bare, drawn_on
from nwbgate.plots.colours import CYCLE
from nwbgate.plots.envelope import envelope, part_within
from nwbgate.plots.stack import centre_trace, scale_bar, step_between
from nwbgate.plots.windows import checked_window, show

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from nwbgate.reading.planes.plane import Plane

#: Cells that are drawn when none are named; more cannot be told apart on one page.
CELLS = 20
#: What a signal is called at the axis.
LABELS = {
    "dff": "dF/F",
    "corrected": "corrected fluorescence (a.u.)",
    "demixed": "demixed fluorescence (a.u.)",
    "neuropil": "neuropil fluorescence (a.u.)",
    "events": "event size (dF/F)",
    "filtered_events": "filtered events (dF/F)",
}


def plot_traces(
    plane: "Plane",
    cells: Sequence[int] | None = None,
    signal: str = "dff",
    window: tuple[float, float] | None = None,
    axes: "Axes | None" = None,
) -> "Axes":
    """Draw stacked traces of cells on one scale.

    Parameters
    ----------
    plane : Plane
        Whose cells.
    cells : sequence of int, optional
        ``cell_specimen_id`` or ``cell_roi_id`` of each, from top to bottom (default: the first 20 of the plane).
    signal : str
        ``dff``, ``corrected``, ``demixed``, ``neuropil``, ``events`` or ``filtered_events``.
    window : (float, float), optional
        Start and end in seconds of what is drawn (default: the whole session).
    axes : matplotlib.axes.Axes, optional
        Where to draw (default: new axes).

    Returns
    -------
    matplotlib.axes.Axes
        One line per cell, its ids at the left, and a bar for the scale at the right.

    Raises
    ------
    UsageError
        If a cell is not in the plane, the plane has no such signal, or the window is no interval.
    MissingExtraError
        If matplotlib is not installed.
    """
    check_given(plane, "plane", "cell_roi_ids", "take one of a session: session.planes[name]")
    window = checked_window(window)
    columns, labels = _columns(plane, cells)
    drawn = [
        envelope(*part_within(plane.ophys_timestamps, plane.matrix(signal)[:, column], window)) for column in columns
    ]
    axes = drawn_on(axes, (10, 1.2 + 0.35 * len(columns)))
    step = step_between([values for _, values in drawn])
    for row, (times, values) in enumerate(drawn):
        colour = CYCLE[row % len(CYCLE)]
        axes.plot(times, centre_trace(values) - row * step, color=colour, linewidth=0.8, label=labels[row])
    axes.set_yticks([-row * step for row in range(len(columns))], labels)
    axes.tick_params(axis="y", length=0)
    axes.set(xlabel="time (s)", ylabel="cell_specimen_id")
    show(axes, window, plane.ophys_timestamps)
    scale_bar(axes, step, LABELS.get(signal, signal))
    bare(axes, left=False)
    return axes


def _columns(plane: "Plane", cells: Sequence[int] | None) -> tuple[list[int], list[str]]:
    """Return the matrix column and label of each cell."""
    roi_ids = [int(number) for number in plane.cell_roi_ids]
    specimens = [int(number) for number in plane.cell_specimen_ids]
    names = [str(specimen if specimen >= 0 else roi) for specimen, roi in zip(specimens, roi_ids, strict=True)]
    if cells is None:
        return list(range(len(names)))[:CELLS], names[:CELLS]
    places = {number: column for column, number in enumerate(roi_ids)}
    places |= {number: column for column, number in enumerate(specimens) if number >= 0}
    unknown = [cell for cell in cells if cell not in places]
    if unknown:
        raise UsageError(
            "no such cell in this plane",
            where=f"plane {plane.name}, cells",
            got=", ".join(map(str, unknown)),
            expected=f"a cell_specimen_id or cell_roi_id of its {len(names)} cells",
            fix="see plane.cell_specimen_table",
        )
    columns = [places[cell] for cell in cells]
    return columns, [names[column] for column in columns]
