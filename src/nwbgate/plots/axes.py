"""Axes to draw on, given or new."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from nwbgate.errors import UsageError
from nwbgate.extras import import_extra

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis


def drawn_on(axes: "Axes | None", size: tuple[float, float]) -> "Axes":
    """Return the given axes, or those of a new figure.

    A new figure is made by pyplot, so that a notebook shows it.

    Parameters
    ----------
    axes : matplotlib.axes.Axes or None
        What the caller was given.
    size : (float, float)
        Width and height of a new figure in inches.

    Raises
    ------
    UsageError
        If what was passed is no axes.
    MissingExtraError
        If matplotlib is not installed.
    """
    if axes is None:
        made: Axes = import_extra("matplotlib.pyplot", "plot").subplots(figsize=size, layout="constrained")[1]
        return made
    return _checked_axes([axes])[0]


def panels(
    axes: "Sequence[Axes] | None", count: int, size: tuple[float, float], heights: Sequence[float] | None = None
) -> "list[Axes]":
    """Return `count` stacked axes with a shared x axis, given or new.

    Parameters
    ----------
    axes : sequence of matplotlib.axes.Axes or None
        What the caller was given.
    count : int
        Number of panels.
    size : (float, float)
        Width and height of a new figure in inches.
    heights : sequence of float, optional
        Heights of the panels of a new figure relative to each other.

    Raises
    ------
    UsageError
        If something else than so many axes was passed.
    MissingExtraError
        If matplotlib is not installed.
    """
    if axes is None:
        figure, made = import_extra("matplotlib.pyplot", "plot").subplots(
            count, 1, figsize=size, layout="constrained", sharex=True, squeeze=False, height_ratios=heights
        )
        figure.align_ylabels()
        return list(made[:, 0])
    found = as_axes_list(axes, count)
    for each in found[1:]:
        if not each.get_shared_x_axes().joined(found[0], each):
            each.sharex(found[0])
    return found


def as_axes_list(axes: "Sequence[Axes] | np.ndarray[Any, Any]", count: int) -> "list[Axes]":
    """Return the given axes as a list.

    Raises
    ------
    UsageError
        If something else than so many axes was passed.
    """
    found = _checked_axes(list(np.ravel(np.asarray(axes, dtype=object))))
    if len(found) != count:
        raise UsageError(
            "wrong number of axes",
            where="axes",
            got=f"{len(found)} axes",
            expected=f"{count} axes",
            fix=f"make them with plt.subplots({count}, 1), or pass none",
        )
    return found


def row(count: int, size: tuple[float, float]) -> "list[Axes]":
    """Return new axes side by side.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    """
    made = import_extra("matplotlib.pyplot", "plot").subplots(
        1, count, figsize=size, layout="constrained", squeeze=False
    )
    return list(made[1][0])


def _checked_axes(axes: "list[Any]") -> "list[Axes]":
    for each in axes:
        if not hasattr(each, "add_line"):
            raise UsageError(
                "cannot draw on this object",
                where="axes",
                got=type(each).__name__,
                expected="matplotlib axes",
                fix="pass the second value that plt.subplots() returns, or none",
            )
    return axes


def whole_numbers(axis: "Axis") -> None:
    """Use whole numbers only as ticks of an axis."""
    axis.set_major_locator(import_extra("matplotlib.ticker", "plot").MaxNLocator(integer=True, min_n_ticks=1))


def bare(axes: "Axes", *, left: bool = True) -> None:
    """Remove the top and right spines, and the left one unless `left`."""
    axes.spines[["top", "right"] if left else ["top", "right", "left"]].set_visible(False)
