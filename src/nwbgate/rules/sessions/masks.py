"""Rules about the masks of ROIs: where they are, and the box around each."""

from typing import TYPE_CHECKING, Any

import numpy as np

from nwbgate.rules.rule import Rule, check
from nwbgate.rules.sessions.rows import as_column, numbers, offending

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows


@check(scope="session", column="n_pixels")
def mask_has_pixels(masks: "pd.DataFrame") -> "Rows":
    """Every ROI has at least one pixel, unless the file says that its source has no mask.

    Why: an ROI of no pixels has no trace and no place.

    Example: the mask of ROI 1011000003 is all zero.

    Fix: restore the mask; where the source has none, say so in a text column mask_status ("absent: ...").
    """
    said_absent = masks["mask_status"].fillna("").astype(str).str.startswith("absent").to_numpy(dtype=bool)
    empty = numbers(masks["n_pixels"].fillna(1)) == 0
    return offending(masks, empty & ~said_absent, "n_pixels", "at least one pixel")


@check(scope="session", column="right", needs=["masks.mask_has_pixels"])
def mask_inside_field(masks: "pd.DataFrame", planes: "pd.DataFrame") -> "Rows":
    """Every mask lies inside the field of view of its plane, and a mask image has its size.

    Why: pixels outside the image were never recorded; an image of another size is of another plane.

    Example: a mask reaches column 530 of a field 512 wide.

    Fix: restore the mask, or correct the plane's field of view.
    """
    field = planes.drop_duplicates("plane").set_index("plane")
    width = numbers(masks["plane"].map(field["field_of_view_width"]))
    height = numbers(masks["plane"].map(field["field_of_view_height"]))
    beyond = (numbers(masks["right"]) >= width) | (numbers(masks["bottom"]) >= height)
    beyond |= (numbers(masks["left"]) < 0) | (numbers(masks["top"]) < 0)
    images = masks["image_width"].notna().to_numpy() & ~np.isnan(width) & ~np.isnan(height)
    other = images & ((numbers(masks["image_width"]) != width) | (numbers(masks["image_height"]) != height))
    return offending(
        masks,
        beyond | other,
        "columns to {right}, rows to {bottom}",
        lambda: as_column(masks, [f"{w:.0f} x {h:.0f} pixels" for w, h in zip(width, height, strict=True)]),
    )


@check(scope="session", column="x", needs=["masks.mask_has_pixels", "masks.mask_inside_field", "cells.roi_once"])
def box_is_around_mask(cells: "pd.DataFrame", masks: "pd.DataFrame") -> "Rows":
    """x, y, width and height of an ROI are the box around its mask.

    Why: they are the mask told twice; a box elsewhere means that mask and row are of different ROIs.

    Example: x is 17, the mask begins at column 42.

    Fix: recompute the box from the mask, or give the row its own mask.
    """
    pair = ["plane", "cell_roi_id"]
    boxes = cells[pair].merge(masks.drop_duplicates(pair), on=pair, how="left").set_index(cells.index)
    expected = {
        "x": boxes["left"],
        "y": boxes["top"],
        "width": boxes["right"] - boxes["left"] + 1,
        "height": boxes["bottom"] - boxes["top"] + 1,
    }
    wrong = np.zeros(len(cells), dtype=bool)
    for column, value in expected.items():
        got, meant = numbers(cells[column]), numbers(value)
        wrong |= ~np.isnan(got) & ~np.isnan(meant) & (got != meant)
    return offending(cells, wrong, lambda: _box(cells), lambda: _box(boxes.assign(**expected)))


def _box(frame: "pd.DataFrame") -> "pd.Series[Any]":
    rows = frame[["x", "y", "width", "height"]].itertuples(index=False)
    return as_column(frame, [f"x {x}, y {y}, width {width}, height {height}" for x, y, width, height in rows])


RULES: tuple[Rule, ...] = (
    mask_has_pixels,
    mask_inside_field,
    box_is_around_mask,
)
