"""Masks of cells as packed bits of their bounding boxes; they may overlap."""

from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]

#: Shares of the pixels, in percent, that are black and that are not white.
_BLACK, _WHITE = 0.5, 99.7


def packed_masks(masks: Array) -> dict[str, Array]:
    """Return bounding boxes and bits of masks.

    Parameters
    ----------
    masks : array of bool, shape (cells, rows, columns)
        One image for each cell.

    Returns
    -------
    dict
        ``boxes``, int32, shape (cells, 4): left, top, width, height in pixels, zero for an empty mask; ``bits``, uint8:
        the pixels of each box, row by row, the first one in the highest bit, each box beginning a new byte.
    """
    boxes = np.zeros((len(masks), 4), np.int32)
    parts = [np.empty(0, np.uint8)]
    for cell, mask in enumerate(masks):
        rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
        if len(rows):
            top, left = rows[0], columns[0]
            inside = mask[top : rows[-1] + 1, left : columns[-1] + 1]
            boxes[cell] = left, top, inside.shape[1], inside.shape[0]
            parts.append(np.packbits(inside))
    return {"boxes": boxes, "bits": np.concatenate(parts)}


def gray_image(image: Array) -> Array:
    """Return an image as shades of gray, uint8, with the outermost values clipped."""
    values = np.asarray(image, np.float64)
    if values.ndim == 3:
        values = values.mean(2)
    finite = values[np.isfinite(values)]
    low, high = np.percentile(finite, [_BLACK, _WHITE]) if len(finite) else (0.0, 1.0)
    with np.errstate(invalid="ignore"):
        scaled = np.clip((values - low) / ((high - low) or 1.0), 0, 1) * 255
    return np.nan_to_num(scaled).astype(np.uint8)
