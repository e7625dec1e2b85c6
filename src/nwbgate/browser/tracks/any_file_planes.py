"""Imaging planes of any NWB file: masks of its segmentations over its images."""

from functools import partial
from typing import Any

import h5py
import numpy as np

from nwbgate.browser.tracks.track import PlaneImages
from nwbgate.reading.format.time_series import is_series
from nwbgate.reading.planes.roi_masks import mask_images
from nwbgate.storage.chunks.chunk_reader import read
from nwbgate.storage.hdf5 import dataset_at, groups, neurodata_type
from nwbgate.storage.values import attribute, length, referenced_object, stored_content

Array = np.ndarray[Any, np.dtype[Any]]
Shape = tuple[int, ...]

#: Pixels of all images, and of all masks of a table, up to which they are shown.
_MOST_PIXELS, _MOST_MASKED = 2 * 10**7, 5 * 10**8


def any_file_planes(file: h5py.File, notes: list[str]) -> tuple[list[PlaneImages], dict[str, int]]:
    """Return segmentations with their images, and their numbers by path.

    Images of the size of the masks are shown behind them.

    Parameters
    ----------
    file : h5py.File
        The file.
    notes : list of str
        Gets a line for what is too large to be shown.
    """
    there = list(groups(file))
    images = _few(_images(there), notes)
    planes: list[PlaneImages] = []
    numbers: dict[str, int] = {}
    for group in there:
        if neurodata_type(group) != "PlaneSegmentation":
            continue
        masks = dataset_at(group, "image_mask")
        if masks is not None and masks.size > _MOST_MASKED:
            notes.append(f"{group.name}: masks of shape {masks.shape} are too large to be shown")
            continue
        numbers[group.name] = len(planes)
        planes.append(_segmentation(group, masks, images))
    return planes, numbers


def _images(there: list[h5py.Group]) -> dict[str, h5py.Dataset]:
    """Return the images of all containers, by name."""
    found: dict[str, h5py.Dataset] = {}
    for group in there:
        if neurodata_type(group) != "Images" or is_series(group):
            continue
        for name in group:
            data = dataset_at(group, name)
            if data is not None and data.dtype.kind in "biuf" and data.ndim in (2, 3) and data.size:
                found[name if name not in found else f"{group.name}/{name}"] = data
    return found


def _few(images: dict[str, h5py.Dataset], notes: list[str]) -> dict[str, h5py.Dataset]:
    """Return the first images that are few enough to be sent at once."""
    kept: dict[str, h5py.Dataset] = {}
    pixels = 0
    for name, image in images.items():
        pixels += image.shape[0] * image.shape[1]
        if pixels > _MOST_PIXELS:
            notes.append(f"{len(images) - len(kept)} of {len(images)} images are not shown: too many pixels")
            break
        kept[name] = image
    return kept


def _segmentation(table: h5py.Group, masks: h5py.Dataset | None, images: dict[str, h5py.Dataset]) -> PlaneImages:
    shapes = {image.shape[:2] for image in images.values()}
    size: Shape | None = masks.shape[1:3] if masks is not None else next(iter(shapes)) if len(shapes) == 1 else None
    behind = {name: image for name, image in images.items() if image.shape[:2] == size}
    field_of_view = None if size is None else (size[0], size[1])
    name = table.name.removeprefix("/processing/").strip("/")
    return PlaneImages(
        name, partial(_read_images, behind), partial(mask_images, table, lambda: field_of_view), _cells(table)
    )


def _cells(table: h5py.Group) -> tuple[str, ...]:
    ids = dataset_at(table, "id")
    return () if ids is None else tuple(str(each) for each in np.ravel(stored_content(ids)))


def _read_images(images: dict[str, h5py.Dataset]) -> dict[str, Array]:
    return {name: np.asarray(read(image)) for name, image in images.items()}


def plane_of(series: h5py.Group, numbers: dict[str, int]) -> int | None:
    """Return the plane whose cells are exactly the columns of a series."""
    rois = dataset_at(series, "rois")
    if rois is None or not numbers:
        return None
    table = referenced_object(rois, attribute(rois, "table"))
    ids = dataset_at(table, "id") if isinstance(table, h5py.Group) else None
    if ids is None or not np.array_equal(np.ravel(stored_content(rois)), np.arange(length(ids))):
        return None
    return numbers.get(str(table.name))
