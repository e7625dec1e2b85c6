"""Stacked traces on one scale."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from nwbgate.plots.envelope import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def centre_trace(values: Array) -> Array:
    """Return a trace minus its median."""
    return values - np.nanmedian(values) if np.isfinite(values).any() else values


def step_between(traces: Sequence[Array]) -> float:
    """Return a distance between traces that fits most of their range."""
    heights = [np.ptp(np.nanpercentile(values, (0.5, 99.9))) for values in traces if np.isfinite(values).any()]
    return float(np.median(heights)) or 1.0 if heights else 1.0


def scale_bar(axes: "Axes", step: float, label: str) -> None:
    """Draw the scale bar shared by the traces, at their right.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Where the traces are.
    step : float
        Distance between two of them; the bar is a round number below it.
    label : str
        What it is a bar of.
    """
    height, across = _round_down(step), axes.get_yaxis_transform()
    axes.plot([1.01, 1.01], [0, height], transform=across, color="black", linewidth=2, clip_on=False)
    axes.text(1.02, height / 2, f"{height:g} {label}", transform=across, rotation=90, va="center", ha="left")


def _round_down(height: float) -> float:
    """Return the largest 1, 2 or 5 times 10^n up to a height."""
    power = 10.0 ** np.floor(np.log10(height))
    return float(max(factor * power for factor in (1, 2, 5) if factor * power <= height * (1 + 1e-9)))
