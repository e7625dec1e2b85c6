"""Regions of interest: overlap, position at the edge, and size."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from nwbgate.qc.measurement import Measurement
from nwbgate.qc.unmeasurable import UnmeasurableError, measure_row

#: Share of a mask within another mask from which two masks may be one cell.
OVERLAP = 0.5


def flat_masks(masks: npt.ArrayLike) -> Any:
    """Return masks as a sparse float32 matrix, shape (cells, pixels).

    Parameters
    ----------
    masks : array, shape (cells, rows, columns), or csr_array
        Not zero where a pixel belongs to the cell; a sparse matrix is returned as it is.

    Raises
    ------
    UnmeasurableError
        If there is no mask.
    """
    if sparse.issparse(masks):
        return masks
    images = np.asarray(masks)
    if images.ndim != 3 or not images.size:
        raise UnmeasurableError("there are no masks")
    return sparse.csr_array((images != 0).reshape(len(images), -1), dtype=np.float32)


def shared_pixels(masks: Any, others: Any) -> npt.NDArray[np.float64]:
    """Return the shared fraction of the smaller mask's pixels, shape (cells, other cells).

    Parameters
    ----------
    masks, others : csr_array, shape (cells, pixels)
        As `flat_masks` returns them, of images of one size.

    Raises
    ------
    UnmeasurableError
        If the images are not of one size.
    """
    if masks.shape[1] != others.shape[1]:
        raise UnmeasurableError(f"images of {masks.shape[1]} and of {others.shape[1]} pixels")
    common = (masks @ others.T).toarray().astype(np.float64)
    sizes = (np.asarray(each.sum(axis=1), dtype=np.float64).reshape(-1) for each in (masks, others))
    smaller = np.minimum.outer(*sizes)
    return np.asarray(np.divide(common, smaller, out=np.zeros_like(common), where=smaller > 0), dtype=np.float64)


def overlapping(masks: npt.ArrayLike, share: float = OVERLAP) -> float:
    """Return the share of masks that overlap another by `share`, 0 to 1.

    Parameters
    ----------
    masks : array of bool, shape (cells, rows, columns)
        Masks of the cells in the image.
    share : float
        Share of the smaller mask, 0 to 1.

    Raises
    ------
    UnmeasurableError
        If there are fewer than two masks.
    """
    flat = flat_masks(masks)
    if flat.shape[0] < 2:
        raise UnmeasurableError("one mask has no other to overlap with")
    common = shared_pixels(flat, flat)
    np.fill_diagonal(common, 0)
    return float(np.mean(common.max(axis=1) >= share))


def at_edge(masks: npt.ArrayLike) -> float:
    """Return the share of masks touching the image edge, 0 to 1.

    Parameters
    ----------
    masks : array of bool, shape (cells, rows, columns)
        Masks of the cells in the image.

    Raises
    ------
    UnmeasurableError
        If there is no mask.
    """
    images = np.asarray(masks)
    flat_masks(images[:1] if images.ndim == 3 else images)
    sides = (images[:, 0], images[:, -1], images[:, :, 0], images[:, :, -1])
    return float(np.mean(np.logical_or.reduce([(side != 0).any(axis=1) for side in sides])))


def largest_area(masks: npt.ArrayLike) -> float:
    """Return the largest mask's area in median masks; a merged pair is near 2.

    Parameters
    ----------
    masks : array of bool, shape (cells, rows, columns)
        Masks of the cells in the image.

    Raises
    ------
    UnmeasurableError
        If there are fewer than 3 masks with pixels.
    """
    sizes = np.asarray(flat_masks(masks).sum(axis=1)).reshape(-1)
    filled = sizes[sizes > 0]
    if len(filled) < 3:
        raise UnmeasurableError(f"{len(filled)} masks with pixels, at least 3 are needed")
    return float(filled.max() / np.median(filled))


def measure_rois(masks: npt.ArrayLike, plane: str) -> Iterator[Measurement]:
    """Yield the rows ``rois.*`` of a plane.

    Parameters
    ----------
    masks : array, shape (cells, rows, columns)
        Not zero where a pixel belongs to the cell.
    plane : str
        Name of the plane.
    """
    yield Measurement("rois.count", float(len(np.asarray(masks))), "1", plane)
    flat = cache(lambda: flat_masks(masks))
    yield measure_row("rois.overlapping", lambda: overlapping(flat()), "1", plane)
    yield measure_row("rois.at_edge", lambda: at_edge(masks), "1", plane)
    yield measure_row("rois.largest_area", lambda: largest_area(flat()), "1", plane)
