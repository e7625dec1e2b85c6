"""Masks that are not where they should be."""

import pandas as pd
import pytest

from support.judged_sessions import Case, Frames, fired, good
from support.standard_session import ACTIVE


def empty_mask(frames: Frames) -> None:
    frames["masks"].loc[0, "n_pixels"] = 0
    frames["masks"].loc[0, ["left", "right", "top", "bottom"]] = pd.NA


def mask_outside(frames: Frames) -> None:
    frames["masks"].loc[0, "right"] = 96


def mask_of_another_field(frames: Frames) -> None:
    frames["masks"]["image_width"] = 84


def box_elsewhere(frames: Frames) -> None:
    frames["cells"].loc[0, "x"] += 1


def mask_of_another(frames: Frames) -> None:
    masks = frames["masks"]
    masks.loc[2, "digest"] = masks.loc[3, "digest"]


def mask_of_the_whole_field(frames: Frames) -> None:
    frames["masks"].loc[2, "n_pixels"] = 96 * 96


def mask_of_one_pixel(frames: Frames) -> None:
    frames["masks"].loc[2, "n_pixels"] = 1


def projection_of_another_plane(frames: Frames) -> None:
    images = frames["projection_images"]
    images.loc[images["image_name"] == "max_projection", "width"] = 84


def mirrored(frames: Frames) -> None:
    images = frames["projection_images"]
    images.loc[images["image_name"] == "max_projection", ["likeness", "likeness_turned"]] = [0.18, 0.98]


def projection_of_the_other_plane(frames: Frames) -> None:
    images = frames["projection_images"]
    columns = ["likeness", "likeness_other", "other_plane"]
    images.loc[images["image_name"] == "max_projection", columns] = [0.18, 0.98, "VISl_75"]


def empty_projection(frames: Frames) -> None:
    images = frames["projection_images"]
    images.loc[images["image_name"] == "average_image", ["lowest", "highest"]] = 0.0


def masks_of_another_session(frames: Frames) -> None:
    images = frames["projection_images"]
    images.loc[images["image_name"] == "segmentation_mask_image", ["n_missing", "n_surplus"]] = [229, 146]


def average_as_maximum(frames: Frames) -> None:
    frames["projection_images"].loc[[0, 1], "digest"] = "one image"


CASES: list[Case] = [
    ("masks.mask_has_pixels", empty_mask),
    ("masks.mask_inside_field", mask_outside),
    ("masks.mask_inside_field", mask_of_another_field),
    ("cells.box_is_around_mask", box_elsewhere),
    ("masks.mask_is_not_another_rois", mask_of_another),
    ("masks.mask_is_of_a_cell", mask_of_the_whole_field),
    ("masks.mask_is_of_a_cell", mask_of_one_pixel),
    ("projection_images.image_has_the_field", projection_of_another_plane),
    ("projection_images.image_is_not_empty", empty_projection),
    ("projection_images.projections_differ", average_as_maximum),
    ("projection_images.projections_show_one_field", mirrored),
    ("projection_images.projections_show_one_field", projection_of_the_other_plane),
    ("projection_images.segmentation_is_the_union_of_masks", masks_of_another_session),
]


@pytest.mark.parametrize(("code", "edit"), CASES, ids=lambda value: getattr(value, "__name__", value))
def test_a_fault_fires_its_rule_and_no_other(code, edit):
    frames = good(ACTIVE)
    edit(frames)
    assert fired(frames) == [code]


def test_a_mask_that_the_source_does_not_have_may_be_empty():
    frames = good(ACTIVE)
    empty_mask(frames)
    frames["masks"].loc[0, "mask_status"] = "absent: source holds no mask"
    assert fired(frames) == []


def test_a_plane_without_rois_has_an_empty_image_of_masks():
    frames = good(ACTIVE)
    images = frames["projection_images"]
    images.loc[images["image_name"] == "segmentation_mask_image", ["lowest", "highest"]] = 0.0
    assert fired(frames) == []
