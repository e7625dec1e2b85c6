"""Masks of any file lie over its images, and belong to the rows of its heatmaps."""

import json

import h5py
import numpy as np
import pytest

from nwbgate.browser.serving.library import Library
from nwbgate.browser.serving.packing import unpack
from nwbgate.browser.tracks import any_file_planes
from support.browsed_files import write_any

CELLS, ROWS, COLUMNS = 40, 12, 16


def with_segmentation(path, *, pixels=False, rois=range(CELLS)):
    """Write a file whose series `many` has the cells of a segmentation, with two images, one of another size."""
    masks = np.zeros((CELLS, ROWS, COLUMNS), bool)
    for cell in range(CELLS):
        masks[cell, cell % ROWS, cell % COLUMNS] = masks[cell, cell % ROWS, (cell + 1) % COLUMNS] = True
    with h5py.File(write_any(path), "a") as file:
        table = file.create_group("processing/ophys/ImageSegmentation/PlaneSegmentation")
        table.attrs["neurodata_type"], table.attrs["colnames"] = "PlaneSegmentation", ["image_mask"]
        table["id"] = np.arange(CELLS) + 100
        if pixels:
            places = [np.argwhere(mask) for mask in masks]
            rows = [(x, y, 1.0) for place in places for y, x in place]
            table["pixel_mask"] = np.array(rows, [("x", "u4"), ("y", "u4"), ("weight", "f4")])
            table["pixel_mask_index"] = np.cumsum([len(place) for place in places])
        else:
            table["image_mask"] = masks
        images = file.create_group("processing/ophys/SummaryImages")
        images.attrs["neurodata_type"] = "Images"
        images["mean"] = np.random.default_rng(0).random((ROWS, COLUMNS))
        if not pixels:
            images["other"] = np.zeros((3, 3))
        region = file.create_dataset("processing/ophys/many/rois", data=np.array(rois))
        region.attrs["table"] = table.ref
    return path, masks


def opened(path):
    library = Library([path])
    return library, json.loads(library.answer("doc/0").content)


@pytest.mark.parametrize("pixels", [False, True], ids=["images", "lists of pixels"])
def test_masks_lie_over_images_of_their_size(tmp_path, pixels):
    path, masks = with_segmentation(tmp_path / "a.nwb", pixels=pixels)
    library, doc = opened(path)
    assert [plane["name"] for plane in doc["planes"]] == ["ophys/ImageSegmentation/PlaneSegmentation"]
    assert doc["planes"][0]["cells"][:2] == ["100", "101"]
    about, arrays = unpack(library.answer("plane/0/0").content)
    assert about["images"] == {"mean": [ROWS, COLUMNS]}
    assert about["size"] == [ROWS, COLUMNS]
    boxes = arrays["boxes"].reshape(-1, 4)
    assert [tuple(box[:2]) for box in boxes[:3]] == [(cell, cell) for cell in range(3)]
    assert len(boxes) == len(masks)
    library.close()


@pytest.mark.parametrize(
    ("rois", "plane"), [(range(CELLS), 0), (range(CELLS - 1, -1, -1), None)], ids=["in order", "another order"]
)
def test_a_heatmap_has_the_plane_of_its_cells_only_in_their_order(tmp_path, rois, plane):
    path, _ = with_segmentation(tmp_path / "a.nwb", rois=rois)
    library, doc = opened(path)
    assert next(track for track in doc["tracks"] if track["name"] == "many")["plane"] == plane
    library.close()


def test_what_is_too_large_is_said_and_left_out(tmp_path, monkeypatch):
    monkeypatch.setattr(any_file_planes, "_MOST_PIXELS", 5)
    monkeypatch.setattr(any_file_planes, "_MOST_MASKED", 5)
    library, doc = opened(with_segmentation(tmp_path / "a.nwb")[0])
    assert doc["planes"] == []
    assert any("too large" in note for note in doc["notes"])
    assert any("images are not shown" in note for note in doc["notes"])
    library.close()
