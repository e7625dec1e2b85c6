"""Traces or rates around events: a raster, and the mean with its standard error."""

from typing import TYPE_CHECKING, Any

import numpy as np

from nwbgate.errors import UsageError
from nwbgate.plots.axes import bare, drawn_on
from nwbgate.plots.colours import CYCLE

if TYPE_CHECKING:
    import xarray
    from matplotlib.axes import Axes

Array = np.ndarray[Any, np.dtype[np.float64]]

#: What `plot_aligned` can draw.
KINDS = ("mean", "raster")


def plot_aligned(
    aligned: "xarray.DataArray", *, channel: int | None = None, kind: str = "mean", axes: "Axes | None" = None
) -> "Axes":
    """Draw a series or rates around events: mean or each event.

    Parameters
    ----------
    aligned : xarray.DataArray
        What ``aligned`` of an opened file returned: event, time, and cells, channels or units.
    channel : int, optional
        Position of one cell, channel or unit (default: the average over all).
    kind : {"mean", "raster"}
        The mean over events with a band of one standard error on each side, or an image with a row for each event.
    axes : matplotlib.axes.Axes, optional
        Where to draw (default: new axes).

    Returns
    -------
    matplotlib.axes.Axes
        Seconds from the event along x.

    Raises
    ------
    UsageError
        If there are no events, no such channel or no such kind.
    MissingExtraError
        If matplotlib is not installed.
    """
    if kind not in KINDS:
        raise UsageError(
            "unknown kind of plot",
            where="kind",
            got=repr(kind),
            expected=" or ".join(map(repr, KINDS)),
            fix="use one of these",
        )
    values = _of_channel(aligned, channel)
    times = np.asarray(aligned["time"], np.float64)
    axes = drawn_on(axes, (6, 4))
    if kind == "raster":
        _raster(axes, times, values)
    else:
        _mean(axes, times, values)
    unit = str(aligned.attrs.get("unit", ""))
    axes.axvline(0, color="0.5", linewidth=0.8, linestyle="--")
    axes.set(xlabel="time from the event (s)", ylabel="event" if kind == "raster" else f"{aligned.name} ({unit})")
    bare(axes)
    return axes


def _of_channel(aligned: "xarray.DataArray", channel: int | None) -> Array:
    """Return the values of one channel, or the average over all, shape (events, times)."""
    values = np.asarray(aligned, np.float64)
    if not len(values):
        raise UsageError(
            "there are no events to draw",
            where="aligned",
            got=f"shape {values.shape}",
            expected="one event or more",
            fix="align to other events",
        )
    channels = values.shape[2]
    if channel is None:
        return _average(values, axis=2)
    if not 0 <= channel < channels:
        raise UsageError(
            "no such channel",
            where="channel",
            got=str(channel),
            expected=f"a position from 0 to {channels - 1}",
            fix="choose another, or leave it out for the average",
        )
    one: Array = values[:, :, channel]
    return one


def _average(values: Array, axis: int) -> Array:
    """Return the mean along an axis, NaN passed over; NaN where all are."""
    known = np.isfinite(values)
    counts = known.sum(axis=axis)
    sums = np.sum(values, axis=axis, where=known)
    average: Array = np.divide(sums, counts, out=np.full(sums.shape, np.nan), where=counts > 0)
    return average


def _mean(axes: "Axes", times: Array, values: Array) -> None:
    mean, counts = _average(values, axis=0), np.isfinite(values).sum(axis=0)
    spread = np.sqrt(_average((values - mean) ** 2, axis=0) * counts / np.maximum(counts - 1, 1))
    error = np.where(counts > 1, spread / np.sqrt(np.maximum(counts, 1)), np.nan)
    axes.plot(times, mean, color=CYCLE[0], label=f"mean of {len(values)} events")
    axes.fill_between(times, mean - error, mean + error, color=CYCLE[0], alpha=0.3, linewidth=0, label="± s.e.m.")
    axes.legend(frameon=False)


def _raster(axes: "Axes", times: Array, values: Array) -> None:
    half = (times[-1] - times[0]) / max(len(times) - 1, 1) / 2 or 0.5
    extent = (times[0] - half, times[-1] + half, len(values) - 0.5, -0.5)
    drawn = axes.imshow(values, aspect="auto", interpolation="nearest", extent=extent)
    axes.figure.colorbar(drawn, ax=axes)
