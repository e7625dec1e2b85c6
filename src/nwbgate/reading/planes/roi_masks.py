"""Cell masks as images of the whole field of view."""

from collections.abc import Callable
from typing import Any

import h5py
import numpy as np

from nwbgate.errors import SourceError
from nwbgate.reading.facts.imaging.masks import pixel_lists
from nwbgate.storage.chunks.chunk_reader import read
from nwbgate.storage.hdf5 import dataset_at
from nwbgate.storage.safe_files.file_errors import retry_advice
from nwbgate.storage.values import length, refuse_other_than_numbers

Masks = np.ndarray[Any, np.dtype[np.bool_]]


def mask_images(table: h5py.Group, field_of_view: Callable[[], tuple[int, int] | None]) -> Masks | None:
    """Return masks of a table's cells, bool, shape (cells, rows, columns).

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

    Raises
    ------
    SourceError
        If there is not one mask for each row, or a pixel lies outside of the image.
    """
    images, cells = dataset_at(table, "image_mask"), dataset_at(table, "id")
    if images is not None:
        refuse_other_than_numbers(images, ("cells", "rows", "columns"))
        masks = read(images).astype(bool, copy=False)
    elif dataset_at(table, "pixel_mask") is not None:
        masks = _draw_masks(pixel_lists(table, "pixel_mask"), field_of_view(), table)
    else:
        return None
    if cells is not None and len(masks) != length(cells):
        expected = f"{length(cells)}, one for each cell"
        raise _refused_masks(table, "cells have no mask, or masks no cell", f"{len(masks)} masks", expected)
    return masks


def _draw_masks(lists: Any, shape: tuple[int, int] | None, table: h5py.Group) -> Masks:
    """Return weighted pixels as images; x along a row, y down a column."""
    kept = [pixels[pixels["weight"] != 0] for pixels in lists]
    if shape is None:
        ends = [(int(pixels["y"].max()) + 1, int(pixels["x"].max()) + 1) for pixels in kept if len(pixels)]
        shape = (max(y for y, _ in ends), max(x for _, x in ends)) if ends else (0, 0)
    images = np.zeros((len(kept), *shape), dtype=bool)
    for image, pixels in zip(images, kept, strict=True):
        outside = pixels[(pixels["y"] >= shape[0]) | (pixels["x"] >= shape[1])]
        if len(outside):
            got = f"x {outside['x'][0]}, y {outside['y'][0]}"
            raise _refused_masks(table, "a mask extends outside the image", got, f"below x {shape[1]}, y {shape[0]}")
        image[pixels["y"], pixels["x"]] = True
    return images


def _refused_masks(table: h5py.Group, what: str, got: str, expected: str) -> SourceError:
    file = table.file.filename
    return SourceError(what, where=f"{file} {table.name}", got=got, expected=expected, fix=retry_advice(file))
