"""Masks of ROIs as one image, read in blocks."""

from collections.abc import Iterator
from typing import Any

import h5py
import numpy as np

from nwbgate.storage.hdf5 import dataset_at
from nwbgate.storage.values import refuse_large

Image = np.ndarray[Any, np.dtype[np.float64]]

#: Bytes of masks, and pixels of pixel masks, that are read at once.
_BLOCK, _PIXELS = 2**25, 2**20
#: Longest side of an image that pixel masks may ask for.
_LONGEST = 8192


def mask_image(segmentation: h5py.Group) -> Image | None:
    """Return the largest weight of any ROI at each pixel.

    Parameters
    ----------
    segmentation : h5py.Group
        A PlaneSegmentation; of masks in three dimensions, the largest weight along the last.

    Returns
    -------
    ndarray of float64, shape (first axis, second axis), or None
        None where it has neither image masks nor pixel masks.
    """
    masks = dataset_at(segmentation, "image_mask")
    if masks is not None and masks.ndim in (3, 4) and all(masks.shape):
        return _of_images(masks)
    pixels = dataset_at(segmentation, "pixel_mask")
    if pixels is None or not pixels.size or not {"x", "y"} <= {*(pixels.dtype.names or ())}:
        return None
    return _of_pixels(pixels)


def _of_images(masks: h5py.Dataset) -> Image:
    rows = max(1, _BLOCK // (int(np.prod(masks.shape[1:])) * masks.dtype.itemsize))
    refuse_large(masks, rows)
    found = np.zeros(masks.shape[1:3])
    for start in range(0, masks.shape[0], rows):
        largest = np.asarray(masks[start : start + rows], np.float64).max(axis=0)
        np.maximum(found, largest.max(axis=2) if largest.ndim == 3 else largest, out=found)
    return found


def _of_pixels(pixels: h5py.Dataset) -> Image | None:
    """Return the image that holds all pixels; None where one is far away."""
    sides = np.max([[int(block[axis].max()) + 1 for axis in "xy"] for block in _blocks(pixels)], axis=0)
    if sides.max() > _LONGEST:
        return None
    found = np.zeros(tuple(sides))
    for block in _blocks(pixels):
        weights = block["weight"] if "weight" in (block.dtype.names or ()) else 1.0
        np.maximum.at(found, (block["x"].astype(int), block["y"].astype(int)), weights)
    return found


def _blocks(pixels: h5py.Dataset) -> Iterator[Any]:
    for start in range(0, pixels.size, _PIXELS):
        yield pixels[start : start + _PIXELS]
