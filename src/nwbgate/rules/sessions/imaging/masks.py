"""Rules about the masks of ROIs: where they are, and the box around each."""

from typing import TYPE_CHECKING, Any

import numpy as np

from nwbgate.rules.rule import Rule, check
from nwbgate.rules.sessions.rows import as_column, numbers, of_planes, offending

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows

#: The image of all masks of a plane.
_SEGMENTATION = "segmentation_mask_image"
#: Correlation by which another reading of an image fits better beyond chance: own images have 0.96 to 1.00, mirrored
#: ones and those of other planes up to 0.54, by the shade at the rim that all have.
_LIKER = 0.25
#: Columns of the box around a mask.
_BOX = ("x", "y", "width", "height")


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


@check(scope="session", column="right", needs=["masks.mask_has_pixels"], where={"planes.field_of_view_width": []})
def mask_inside_field(masks: "pd.DataFrame", planes: "pd.DataFrame") -> "Rows":
    """Every mask lies inside the field of view of its plane, and a mask image has its size.

    Why: pixels outside the image were never recorded; an image of another size is of another plane.

    Example: a mask reaches column 530 of a field 512 wide.

    Fix: restore the mask, or correct the plane's field of view.
    """
    width, height = (of_planes(masks["plane"], planes, f"field_of_view_{side}") for side in ("width", "height"))
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


@check(scope="session", column="digest", needs=["masks.mask_has_pixels"])
def mask_is_not_another_rois(masks: "pd.DataFrame") -> "Rows":
    """No two ROIs of a plane have the same mask.

    Why: two cells are never in the same pixels; one of the two masks is a copy.

    Example: the masks of ROIs 1011000003 and 1011000004 are equal, pixel by pixel.

    Fix: restore the mask of the ROI from the segmentation.
    """
    again = masks.duplicated(["plane", "digest"]) & masks["digest"].notna()
    return offending(masks, again, "{n_pixels} pixels from column {left}, row {top}", "a mask that no other ROI has")


@check(scope="session", column="n_pixels", needs=["masks.mask_inside_field"], where={"planes.field_of_view_width": []})
def mask_is_of_a_cell(masks: "pd.DataFrame", planes: "pd.DataFrame") -> "Rows":
    """A mask has more than one pixel and less than half of the field of view.

    Why: a cell is a few hundred pixels of such a plane. One pixel is a placeholder, the whole field a mask that was
    never drawn.

    Example: the mask of an ROI is the whole image.

    Fix: restore the mask; where the source has none, say so in a text column mask_status ("absent: ...").
    """
    width, height = (of_planes(masks["plane"], planes, f"field_of_view_{side}") for side in ("width", "height"))
    area = width * height
    pixels = numbers(masks["n_pixels"])
    wrong = ~np.isnan(area) & ((pixels == 1) | (pixels > area / 2))
    return offending(
        masks, wrong, "{n_pixels} pixels", lambda: as_column(masks, [f"2 to {half:.0f}" for half in area // 2])
    )


@check(
    scope="session", column="x", needs=["masks.mask_is_not_another_rois", "masks.mask_is_of_a_cell", "cells.roi_once"]
)
def box_is_around_mask(cells: "pd.DataFrame", masks: "pd.DataFrame") -> "Rows":
    """x, y, width and height of an ROI are the box around its mask.

    Why: they are the mask told twice; a box elsewhere means that mask and row are of different ROIs.

    Example: x is 17, the mask begins at column 42.

    Fix: recompute the box from the mask, or give the row its own mask.
    """
    if cells[list(_BOX)].isna().to_numpy().all():
        return None
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
    rows = frame[list(_BOX)].itertuples(index=False)
    return as_column(frame, [f"x {x}, y {y}, width {width}, height {height}" for x, y, width, height in rows])


@check(scope="session", column="width", needs=["masks.mask_inside_field"])
def image_has_the_field(projection_images: "pd.DataFrame", planes: "pd.DataFrame") -> "Rows":
    """The images of a plane have the size of its field of view.

    Why: an image of another size is of another plane, and masks do not lie on it.

    Example: max_projection has 512 x 500 pixels, the field of view 512 x 512.

    Fix: restore the image of this plane.
    """
    field = planes.drop_duplicates("plane").set_index("plane")
    width = numbers(projection_images["plane"].map(field["field_of_view_width"]))
    height = numbers(projection_images["plane"].map(field["field_of_view_height"]))
    wrong = (numbers(projection_images["width"]) != width) | (numbers(projection_images["height"]) != height)
    wrong &= ~np.isnan(width) & ~np.isnan(height)
    sizes = [f"{w:.0f} x {h:.0f} pixels" for w, h in zip(width, height, strict=True)]
    got = "{width} x {height} pixels of {image_name}"
    return offending(projection_images, wrong, got, lambda: as_column(projection_images, sizes))


@check(scope="session", column="highest", needs=["projection_images.image_has_the_field"])
def image_is_not_empty(projection_images: "pd.DataFrame") -> "Rows":
    """No maximum or average projection of a plane is of one value.

    Why: an image of one value was never filled. The image of all masks is empty where there is no ROI.

    Example: average_image is all 0.

    Fix: compute the projection again from the movie.
    """
    empty = numbers(projection_images["highest"]) <= numbers(projection_images["lowest"])
    empty &= (projection_images["image_name"] != _SEGMENTATION).to_numpy(dtype=bool)
    return offending(projection_images, empty, "{image_name} all {highest:.4g}", "an image")


@check(scope="session", column="digest", needs=["projection_images.image_is_not_empty"])
def projections_differ(projection_images: "pd.DataFrame") -> "Rows":
    """No two projections of a session are one image.

    Why: maximum and average differ wherever the movie does, and planes see other cells; equal images are one, written
    twice.

    Example: max_projection and average_image of VISp_150 are equal.

    Fix: compute the projection again from the movie of its plane.
    """
    shown = projection_images[(projection_images["image_name"] != _SEGMENTATION).to_numpy(dtype=bool)]
    again = shown["digest"].duplicated(keep=False)
    names = shown["image_name"].fillna("an image").astype(str) + " of " + shown["plane"].fillna("a plane").astype(str)
    others = names.groupby(shown["digest"]).transform(", ".join).reindex(projection_images.index)
    wrong = projection_images.index.isin(shown.index[again])
    return offending(projection_images, wrong, "one image for " + others.astype(str), "an image of its own for each")


@check(
    scope="session",
    column="n_missing",
    needs=["projection_images.image_is_not_empty", "cells.box_is_around_mask", "masks.mask_has_pixels"],
)
def segmentation_is_the_union_of_masks(projection_images: "pd.DataFrame") -> "Rows":
    """segmentation_mask_image shows exactly the pixels of all masks.

    Why: it is the masks told twice; where it differs, a mask was changed, or the image is of another session.

    Example: 229 pixels of masks are not in the image, 146 of the image in no mask.

    Fix: make the image again from the masks, or restore the mask that was changed.
    """
    missing, surplus = (numbers(projection_images[name].fillna(0)) for name in ("n_missing", "n_surplus"))
    got = "{n_missing} pixels of masks that are not in the image, {n_surplus} of the image in no mask"
    return offending(projection_images, (missing + surplus) > 0, got, "none")


@check(
    severity="warning",
    scope="session",
    column="likeness",
    needs=["projection_images.image_is_not_empty", "projection_images.projections_differ"],
)
def projections_show_one_field(projection_images: "pd.DataFrame") -> "Rows":
    """max_projection and average_image of a plane show the same cells in the same places.

    Why: both are of one movie. Where the two fit better once one is mirrored, or with another plane's image, one of
    them was turned, or belongs to that plane; masks then lie on other cells.

    Example: max_projection correlates 0.18 with the average of its plane, and 0.98 once it is mirrored.

    Fix: write both images from the movie of the plane, in one orientation.
    """
    own, turned, other = (numbers(projection_images[f"likeness{of}"]) for of in ("", "_turned", "_other"))
    with np.errstate(invalid="ignore"):
        mirrored, of_other = turned > own + _LIKER, other > own + _LIKER
    words = [
        f"a correlation of {mine:.2f} with its plane's average, "
        + (f"{way:.2f} once it is mirrored or turned" if is_turned else f"{another:.2f} with that of {plane}")
        for mine, way, another, plane, is_turned in zip(
            own, turned, other, projection_images["other_plane"], mirrored, strict=True
        )
    ]
    expected = "one field of view in one orientation"
    return offending(projection_images, mirrored | of_other, lambda: as_column(projection_images, words), expected)


RULES: tuple[Rule, ...] = (
    mask_has_pixels,
    mask_inside_field,
    mask_is_not_another_rois,
    mask_is_of_a_cell,
    box_is_around_mask,
    image_has_the_field,
    image_is_not_empty,
    projections_differ,
    projections_show_one_field,
    segmentation_is_the_union_of_masks,
)
