"""Tracks of imaging planes: activity of all cells as heatmaps, images, masks."""

from functools import partial
from typing import Any

import numpy as np

from nwbgate.browser.tracks.samples import ArraySamples, Samples
from nwbgate.browser.tracks.track import Heatmap, PlaneImages, Track
from nwbgate.reading.planes.plane import Plane
from nwbgate.reading.sessions.session import Session

Array = np.ndarray[Any, np.dtype[Any]]

#: Signal of a plane to the name of its track, its unit, and whether it is shown at once.
_SIGNALS = {
    "dff": ("dF/F", "", True), "events": ("calcium events", "", True),
    "corrected": ("corrected fluorescence", "a.u.", False), "demixed": ("demixed fluorescence", "a.u.", False),
    "neuropil": ("neuropil fluorescence", "a.u.", False),
}  # fmt: skip
_IMAGES = ("max_projection", "average_projection")


def plane_tracks(session: Session, notes: list[str]) -> tuple[list[Track], list[PlaneImages]]:
    """Return heatmaps and images of each plane; note what is not shown."""
    tracks: list[Track] = []
    images: list[PlaneImages] = []
    for number, plane in enumerate(session.planes.values()):
        try:
            cells = tuple(str(roi) for roi in plane.cell_roi_ids)
        except AttributeError:  # of a damaged file: a plane without a table of its cells
            notes.append(f"plane {plane.name}: no table of cells, so that its traces are not shown")
            continue
        images.append(PlaneImages(plane.name, partial(_images, plane), partial(_masks, plane), cells))
        for signal in _SIGNALS:
            if plane.has(signal):
                tracks.append(_heatmap(plane, signal, cells, number))
    return tracks, images


def _heatmap(plane: Plane, signal: str, cells: tuple[str, ...], number: int) -> Heatmap:
    title, unit, shown = _SIGNALS[signal]
    return Heatmap(
        title, f"Plane {plane.name}", unit, shown, f"planes/{plane.name}/{signal}",
        matrix=partial(_matrix, plane, signal), times=partial(_times, plane),
        row=partial(_cell, plane, signal), rows=cells, plane=number,
    )  # fmt: skip


def _matrix(plane: Plane, signal: str) -> Array:
    """Return all traces, frames x cells; the plane keeps none of them."""
    matrix = plane.matrix(signal)
    plane.forget()
    return matrix


def _times(plane: Plane) -> Array:
    return plane.ophys_timestamps


def _cell(plane: Plane, signal: str, number: int) -> Samples:
    return ArraySamples(plane.trace(signal, number), plane.ophys_timestamps)


def _images(plane: Plane) -> dict[str, Array]:
    found = {}
    for name in _IMAGES:
        try:
            found[name.replace("_", " ")] = np.asarray(getattr(plane, name))
        except AttributeError:
            continue
    return found


def _masks(plane: Plane) -> Array | None:
    """Return the masks, shape (cells, rows, columns), or None."""
    try:
        masks = np.stack([np.asarray(mask, bool) for mask in plane.roi_masks["roi_mask"]])
    except (AttributeError, ValueError):
        return None
    plane.forget()
    return masks
