"""Masks of cells as images of the whole field of view."""

from collections.abc import Callable
from typing import Any

import h5py
import numpy as np

from nwbgate.reading.chunks_reader import read
from nwbgate.reading.dynamic_table import read_column
from nwbgate.reading.hdf5 import dataset_at

Masks = np.ndarray[Any, np.dtype[np.bool_]]


def mask_images(table: h5py.Group, field_of_view: Callable[[], tuple[int, int] | None]) -> Masks | None:
    """Return the mask of each row of a table of cells, bool, shape (cells, rows, columns).

    Parameters
    ----------
    table : h5py.Group
        A PlaneSegmentation, with masks as images or as lists of pixels.
    field_of_view : callable
        Returns rows and columns of the image where they are known; asked only when masks are lists of pixels.

    Returns
    -------
    array or None
        None where the table has no masks.
    """
    images = dataset_at(table, "image_mask")
    if images is not None:
        return read(images).astype(bool, copy=False)
    if dataset_at(table, "pixel_mask") is None:
        return None
    return _drawn(read_column(table, "pixel_mask"), field_of_view())


def _drawn(lists: Any, shape: tuple[int, int] | None) -> Masks:
    """Return lists of weighted pixels as images; x runs along a row, y down a column. Weight 0 is no pixel."""
    kept = [pixels[pixels["weight"] != 0] for pixels in lists]
    if shape is None:
        ends = [(int(pixels["y"].max()) + 1, int(pixels["x"].max()) + 1) for pixels in kept if len(pixels)]
        shape = (max(y for y, _ in ends), max(x for _, x in ends)) if ends else (0, 0)
    images = np.zeros((len(kept), *shape), dtype=bool)
    for image, pixels in zip(images, kept, strict=True):
        image[pixels["y"], pixels["x"]] = True
    return images
