"""ROI masks in numbers: pixel count and bounding box."""

from collections.abc import Iterable
from hashlib import blake2b
from typing import Any

import h5py
import numpy as np
import pandas as pd

from nwbgate.reading.facts.imaging.planes import Segmentation
from nwbgate.reading.facts.records import records_frame
from nwbgate.reading.format.dynamic_table import read_column
from nwbgate.reading.format.layouts import session_tables
from nwbgate.storage.hdf5 import dataset_at
from nwbgate.storage.values import malformed_value, refuse_large, refuse_other_than_numbers

#: Bytes of mask images held at once.
_BLOCK = 8 * 2**20
#: Columns of whole numbers, some of which may be missing.
_WHOLE = (
    "n_pixels", "n_not_finite", "n_positive", "n_repeated", "left", "top", "right", "bottom", "image_width",
    "image_height",
)  # fmt: skip

Masks = np.ndarray[Any, np.dtype[Any]]


def mask_frame(segmentations: Iterable[Segmentation]) -> tuple[pd.DataFrame, dict[str, Masks]]:
    """Return the summary ``masks``, and each plane's union of mask images.

    Parameters
    ----------
    segmentations : iterable of Segmentation
        The segmentations of a file.

    Raises
    ------
    SourceError
        If a ragged mask column cannot be split into rows.
    """
    unions: dict[str, Masks] = {}
    rows = [row for table in segmentations for row in _rows(table, unions)]
    return records_frame(rows, session_tables().summaries["masks"].columns, _WHOLE), unions


def _rows(table: Segmentation, unions: dict[str, Masks]) -> list[dict[str, Any]]:
    facts = {"plane": table.plane}
    status = read_column(table.group, "mask_status") if dataset_at(table.group, "mask_status") is not None else None
    boxes: list[dict[str, Any]] = [{}] * len(table.ids)
    if (images := dataset_at(table.group, "image_mask")) is not None:
        refuse_other_than_numbers(images, ("cells", "rows", "columns"), ("cells", "rows", "columns", "depth"))
        boxes = []
        for block in _image_blocks(images):
            boxes += map(_image_box, block)
            union = np.asarray(block.any(axis=0))
            other = unions.get(table.plane)  # of another segmentation, whose masks may have another size
            unions[table.plane] = union if other is None or other.shape != union.shape else np.asarray(union | other)
    else:
        for kind in ("pixel_mask", "voxel_mask"):
            if dataset_at(table.group, kind) is not None:
                boxes = [_pixel_box(kind, pixels) for pixels in pixel_lists(table.group, kind)]
    boxes += [{}] * (len(table.ids) - len(boxes))  # a cell without a mask is a cell all the same
    return [
        facts | box | {"cell_roi_id": int(roi), "mask_status": status[row] if status is not None else None}
        for row, (roi, box) in enumerate(zip(table.ids, boxes, strict=False))
    ]


def _image_blocks(images: h5py.Dataset) -> Iterable[Masks]:
    each = int(np.prod(images.shape[1:])) * images.dtype.itemsize
    chunk = images.chunks[0] if images.chunks else 1
    rows = max(chunk, _BLOCK // max(each, 1) // chunk * chunk)
    refuse_large(images, rows)
    for start in range(0, len(images), rows):
        yield images[start : start + rows]


def _image_box(image: Masks) -> dict[str, Any]:
    """Return a mask's bounding box; volumes are seen from above."""
    image = np.asarray(image.any(axis=-1)) if image.ndim == 3 else image
    rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
    found = {"kind": "image_mask", "image_height": image.shape[0], "image_width": image.shape[1]}
    found["n_not_finite"] = int((~np.isfinite(image)).sum()) if image.dtype.kind == "f" else 0
    if not len(rows):
        return found | {"n_pixels": 0}
    box = {"left": columns[0], "right": columns[-1], "top": rows[0], "bottom": rows[-1]}
    cropped = np.ascontiguousarray(image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])
    digest = blake2b(cropped.tobytes(), digest_size=16).hexdigest()
    place = f"{rows[0]} {columns[0]} {digest}" if image.ndim == 2 else None
    counts = {"n_pixels": int(np.count_nonzero(image)), "n_positive": int((image > 0).sum())}
    return found | box | counts | {"digest": place}


def pixel_lists(table: h5py.Group, kind: str) -> Any:
    """Return each cell's weighted pixels, structured arrays of x, y and weight.

    Raises
    ------
    MalformedError
        If they have other fields, or a field does not hold numbers.
    """
    data = dataset_at(table, kind)
    fields = data.dtype.fields or {} if data is not None else {}
    if data is not None and not all(name in fields and fields[name][0].kind in "iuf" for name in ("x", "y", "weight")):
        raise malformed_value(data, str(data.dtype), "numbers x, y and weight of each pixel")
    return read_column(table, kind)


def _pixel_box(kind: str, pixels: Masks) -> dict[str, Any]:
    """Return the bounding box of weighted pixels, x along rows, y down columns."""
    kept = pixels[pixels["weight"] != 0]
    if not len(kept):
        return {"kind": kind, "n_pixels": 0}
    weights = kept["weight"]
    facts: dict[str, Any] = {"kind": kind, "n_pixels": len(kept), "digest": _digest(kept)}
    facts["n_not_finite"] = int((~np.isfinite(weights)).sum()) if weights.dtype.kind == "f" else 0
    facts |= {"n_positive": int((weights > 0).sum()), "n_repeated": _n_repeated(kept)}
    box = {"left": kept["x"].min(), "right": kept["x"].max(), "top": kept["y"].min(), "bottom": kept["y"].max()}
    return facts | {side: int(value) for side, value in box.items()}


def _n_repeated(pixels: Masks) -> int:
    """Return the number of pixels that are listed before."""
    names = [name for name in ("x", "y", "z") if name in (pixels.dtype.names or ())]
    places = np.array([np.asarray(pixels[name], dtype=np.float64) for name in names])
    return len(pixels) - len(np.unique(places, axis=1).T)


def _digest(pixels: Masks) -> str:
    """Return equal texts for equal sets of pixels and weights, in any order."""
    names = [name for name in pixels.dtype.names or () if pixels.dtype[name].kind in "iuf"]
    columns = np.array([np.asarray(pixels[name], dtype=np.float64) for name in names])
    ordered = columns[:, np.lexsort(columns)]
    return blake2b(np.ascontiguousarray(ordered).tobytes(), digest_size=16).hexdigest()
