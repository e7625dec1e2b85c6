"""Masks that overlap or are cut by the edge are counted."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nwbgate.qc.metrics.imaging.rois import at_edge, flat_masks, largest_area, measure_rois, overlapping, shared_pixels
from nwbgate.qc.unmeasurable import UnmeasurableError


def squares(*corners: tuple[int, int], size: int = 6, pixels: int = 40) -> np.ndarray:
    masks = np.zeros((len(corners), pixels, pixels), dtype=bool)
    for mask, (row, column) in zip(masks, corners, strict=True):
        mask[row : row + size, column : column + size] = True
    return masks


def test_planted_overlap_is_its_share_of_the_smaller_mask() -> None:
    masks = squares((10, 10), (10, 12), (30, 30))
    shared = shared_pixels(flat_masks(masks), flat_masks(masks))
    assert shared[0, 1] == pytest.approx(4 / 6)
    assert shared[0, 2] == 0
    assert overlapping(masks) == pytest.approx(2 / 3)
    assert overlapping(masks, share=0.7) == 0


def test_small_mask_inside_a_large_one_overlaps_wholly() -> None:
    masks = np.concatenate([squares((5, 5), size=20), squares((10, 10), size=3)])
    assert shared_pixels(flat_masks(masks), flat_masks(masks))[0, 1] == 1


@pytest.mark.parametrize("corner", [(0, 10), (34, 10), (10, 0), (10, 34)])
def test_each_edge_counts(corner: tuple[int, int]) -> None:
    assert at_edge(squares(corner, (10, 10), (20, 20), (25, 5))) == 0.25


def test_merged_mask_is_large() -> None:
    assert largest_area(np.concatenate([squares((5, 5), (15, 5), (25, 5)), squares((5, 20), size=12)])) == 4


@given(st.permutations(range(4)))
def test_order_of_cells_does_not_matter(order: list[int]) -> None:
    masks = squares((10, 10), (10, 12), (0, 30), (25, 25))
    for metric in (overlapping, at_edge, largest_area):
        assert metric(masks[order]) == metric(masks)


def test_one_cell_is_measured_as_far_as_it_goes() -> None:
    rows = {row.metric: row for row in measure_rois(squares((10, 10)), "plane")}
    assert rows["rois.count"].value == 1
    assert rows["rois.at_edge"].value == 0
    assert rows["rois.overlapping"].reason == "one mask has no other to overlap with"
    assert rows["rois.largest_area"].reason == "1 masks with pixels, at least 3 are needed"


def test_no_mask_is_not_measured() -> None:
    rows = {row.metric: row for row in measure_rois(np.empty((0, 0, 0), dtype=bool), "plane")}
    assert rows["rois.count"].value == 0
    assert {row.reason for name, row in rows.items() if name != "rois.count"} == {"there are no masks"}


def test_images_of_two_sizes_share_nothing_that_can_be_counted() -> None:
    with pytest.raises(UnmeasurableError, match="images of 1600 and of 900 pixels"):
        shared_pixels(flat_masks(squares((1, 1))), flat_masks(squares((1, 1), pixels=30)))
