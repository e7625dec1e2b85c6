"""Pictures of imaging planes: projections, intensity, motion, dF/F, crosstalk."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import ndimage

from nwbgate.qc.metrics.imaging.crosstalk import correlation
from nwbgate.qc.metrics.imaging.planes_together import group_of
from nwbgate.qc.pictures.downsampling import Vector, bin_means, envelope, small_image
from nwbgate.qc.pictures.picture import BLUE, GREEN, ORANGE, Picture, picture
from nwbgate.qc.streams import Streams

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Image = np.ndarray[Any, np.dtype[np.float64]]
#: Stretches that a trace and a raster are drawn in, and cells of a raster.
_COLUMNS, _RASTER_COLUMNS, _MOST_CELLS = 400, 300, 100
#: Pixels of an image's longer side, and of one of many planes: a page with eight of them stays below 3 MB.
PIXELS, FEWER_PIXELS = 256, 192
#: Width in pixels (standard deviation) of what is taken for illumination when projections are compared.
_ILLUMINATION = 10.0


@dataclass(frozen=True)
class PlaneView:
    """Small summary of a plane for its pictures and for comparison.

    Attributes
    ----------
    name : str
        Name of the plane.
    group : int or None
        Planes of one group are recorded together.
    times : ndarray of float64, shape (frames,)
        Times of the frames in seconds.
    intensity : tuple of two ndarrays
        Times, and fluorescence averaged over cells and in stretches.
    raster : ndarray, shape (cells, stretches)
        dF/F averaged in stretches.
    shifts : dict of str to tuple of three ndarrays
        ``x`` and ``y``: times, lowest and highest shift in stretches, in pixels.
    images : dict of str to ndarray
        ``max`` and ``average`` projection and ``cells``, reduced in size.
    detail : ndarray, shape (rows, columns)
        Average projection without illumination.
    """

    name: str
    group: int | None
    times: Vector
    intensity: tuple[Vector, Vector]
    raster: Image
    shifts: dict[str, tuple[Vector, Vector, Vector]]
    images: dict[str, Image]
    detail: Image

    def without_cells(self) -> "PlaneView":
        """Return the view without the data of single-plane pictures."""
        return replace(self, raster=np.zeros((0, 0)), images={})


def view_of(plane: Streams, name: str, pixels: int = PIXELS) -> PlaneView:
    """Return a plane's summary, with images reduced to `pixels`; missing streams are empty."""
    times = np.asarray(plane.array("ophys_timestamps"), dtype=np.float64).ravel()
    traces: Image = plane.fluorescence()
    average = _image(plane, "average_projection")
    kinds = {"max": "max_projection", "average": "average_projection", "cells": "segmentation_mask_image"}
    images = {kind: _image(plane, attribute) for kind, attribute in kinds.items()}
    return PlaneView(
        name=name,
        group=group_of(plane.plane.metadata),
        times=times,
        intensity=_intensity(traces, times),
        raster=_raster(plane.matrix("dff"), times),
        shifts=_shifts(plane, times),
        images={kind: small_image(image, pixels) for kind, image in images.items() if image.size},
        detail=average - ndimage.gaussian_filter(average, _ILLUMINATION) if average.size else average,
    )


def _image(plane: Streams, name: str) -> Image:
    image = np.asarray(plane.array(name), dtype=np.float64)
    return image if image.ndim == 2 else np.zeros((0, 0))


def _intensity(traces: Image, times: Vector) -> tuple[Vector, Vector]:
    if not traces.size or len(traces) != len(times):
        return np.zeros(0), np.zeros(0)
    usable = np.isfinite(traces).all(axis=0)
    return bin_means(traces[:, usable].mean(axis=1) if usable.any() else np.full(len(times), np.nan), times, _COLUMNS)


def _raster(dff: Image, times: Vector) -> Image:
    if not dff.size or len(dff) != len(times):
        return np.zeros((0, 0))
    cells = np.linspace(0, dff.shape[1] - 1, min(dff.shape[1], _MOST_CELLS)).astype(np.intp)
    return np.stack([bin_means(dff[:, cell], times, _RASTER_COLUMNS)[1] for cell in cells])


def _shifts(plane: Streams, times: Vector) -> dict[str, tuple[Vector, Vector, Vector]]:
    motion = plane.table("motion_correction")
    if motion is None or len(motion) != len(times):
        return {}
    return {
        axis: envelope(motion[axis].to_numpy(dtype=np.float64), times, _COLUMNS)
        for axis in ("x", "y")
        if axis in motion
    }


def plane_pictures(view: PlaneView) -> list[Picture]:
    """Return the pictures of one plane: projections, and dF/F over time."""
    return [*_projections(view), *_cells(view)]


def _projections(view: PlaneView) -> list[Picture]:
    if not view.images:
        return []

    def draw(figure: "Figure") -> None:
        places = np.atleast_1d(figure.subplots(1, len(view.images)))
        for axes, (kind, image) in zip(places, view.images.items(), strict=True):
            low, high = (float(edge) for edge in np.nanpercentile(image, [1, 99.7]))
            axes.imshow(image, vmin=low, vmax=high if high > low else None, interpolation="none")
            axes.set_title({"max": "maximum", "average": "mean", "cells": "cells"}[kind])
            axes.set_axis_off()

    return [
        picture(
            f"projections-{view.name}",
            f"{view.name}: projections",
            "Maximum and mean over the registered movie, from the 1st to the 99.7th percentile, and the cells found.",
            draw,
            height=2.5,
        )
    ]


def _cells(view: PlaneView) -> list[Picture]:
    if not view.raster.size or not np.isfinite(view.raster).any():
        return []

    def draw(figure: "Figure") -> None:
        axes = figure.subplots()
        high = float(np.nanpercentile(view.raster, 99))
        extent = (view.times[0] / 60, view.times[-1] / 60, len(view.raster) - 0.5, -0.5)
        shown = axes.imshow(
            view.raster,
            aspect="auto",
            vmin=0,
            vmax=high if high > 0 else 1,
            extent=extent,
            cmap="magma",
            interpolation="none",
        )
        axes.set(xlabel="time (min)", ylabel="cell")
        figure.colorbar(shown, ax=axes, label="dF/F")

    return [
        picture(
            f"cells-{view.name}",
            f"{view.name}: dF/F of the cells",
            f"One row for each of {len(view.raster)} cells, means of short stretches. Stripes across all cells are"
            " motion or light, not activity.",
            draw,
            height=2.5,
        )
    ]


def views_pictures(views: Sequence[PlaneView]) -> list[Picture]:
    """Return the pictures of all planes: intensity, motion and crosstalk."""
    return [*_intensities(views), *_motion(views), *_draw_correlations(views)]


def _stacked_axes(count: int, fill: Callable[[Any, int], None]) -> "Callable[[Figure], None]":
    """Return a function that draws stacked axes, one per plane, over time."""

    def draw(figure: "Figure") -> None:
        axes = np.atleast_1d(figure.subplots(count, 1, sharex=True))
        for number, place in enumerate(axes):
            fill(place, number)
            place.margins(x=0.01)
        axes[-1].set_xlabel("time (min)")

    return draw


def _intensities(views: Sequence[PlaneView]) -> list[Picture]:
    shown = [view for view in views if len(view.intensity[0])]

    def fill(axes: Any, number: int) -> None:
        times, values = shown[number].intensity
        axes.plot(times / 60, values, color=GREEN)
        axes.set_ylabel(shown[number].name, rotation=0, ha="right", va="center")

    if not shown:
        return []
    caption = (
        "Fluorescence averaged over all cells, before any baseline is taken. A fall is bleaching, or drift in depth."
    )
    return [
        picture(
            "intensity",
            "Mean fluorescence over time",
            caption,
            _stacked_axes(len(shown), fill),
            height=0.6 + 0.7 * len(shown),
        )
    ]


def _motion(views: Sequence[PlaneView]) -> list[Picture]:
    shown = [view for view in views if view.shifts]

    def fill(axes: Any, number: int) -> None:
        for (axis, (times, low, high)), colour in zip(shown[number].shifts.items(), (BLUE, ORANGE), strict=False):
            axes.fill_between(times / 60, low, high, color=colour, alpha=0.7, linewidth=0.6, label=axis)
        axes.set_ylabel(shown[number].name, rotation=0, ha="right", va="center")
        if number == 0:
            axes.legend(loc="lower right", bbox_to_anchor=(1, 0.95), fontsize=7, ncols=2)

    if not shown:
        return []
    caption = "Shift of each frame in pixels that was corrected, across (x) and down (y): range of each stretch."
    return [
        picture("motion", "Motion over time", caption, _stacked_axes(len(shown), fill), height=0.6 + 0.8 * len(shown))
    ]


def _draw_correlations(views: Sequence[PlaneView]) -> list[Picture]:
    """Return correlations between planes, of projections and mean traces."""
    if len(views) < 2:
        return []
    matrices = {"projections": _correlations([view.detail.ravel() for view in views])}
    matrices["mean traces"] = _correlations([_on_grid(view, views) for view in views])
    labels = [view.name if view.group is None else f"{view.name} ({view.group})" for view in views]

    def draw(figure: "Figure") -> None:
        for axes, (title, correlations) in zip(figure.subplots(1, 2, sharey=True), matrices.items(), strict=True):
            shown = axes.imshow(correlations, vmin=-1, vmax=1, cmap="RdBu_r")
            for row, column in np.argwhere(np.isfinite(correlations)):
                value = correlations[row, column]
                colour = "white" if abs(value) > 0.6 else "black"
                axes.text(column, row, f"{value:.2f}", ha="center", va="center", fontsize=6, color=colour)
            axes.set_title(title)
            axes.set_xticks(range(len(labels)), labels, rotation=60, ha="right", rotation_mode="anchor", fontsize=7)
            axes.set_yticks(range(len(labels)), labels, fontsize=7)
        figure.colorbar(shown, ax=figure.axes, label="correlation", shrink=0.6)

    return [
        picture(
            "crosstalk",
            "Correlation of the planes",
            "Of mean projections without illumination, and of mean traces. Planes with the same number in brackets were"
            " recorded together: more correlation among them than with others is crosstalk.",
            draw,
            height=3.4,
        )
    ]


def _on_grid(view: PlaneView, views: Sequence[PlaneView]) -> Vector:
    """Return the mean trace of a plane at the shared times."""
    spans = [other.intensity[0] for other in views if len(other.intensity[0]) > 1]
    times, values = view.intensity
    if not spans or len(times) < 2:
        return np.full(_COLUMNS, np.nan)
    grid = np.linspace(max(span[0] for span in spans), min(span[-1] for span in spans), _COLUMNS)
    return np.interp(grid, times, values)


def _correlations(rows: Sequence[Vector]) -> Image:
    """Return all pairwise correlations; NaN for different sizes or no numbers."""
    found = np.full((len(rows), len(rows)), np.nan)
    for first, one in enumerate(rows):
        for second, other in enumerate(rows):
            if len(one) == len(other) > 1 and np.isfinite(one).all() and np.isfinite(other).all():
                found[first, second] = correlation(one[:, None], other[:, None])[0, 0]
    return found
