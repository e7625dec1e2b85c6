"""Masks as numbers about each, whichever way they are stored."""

from datetime import UTC, datetime

import h5py
import numpy as np
import pytest
from pynwb import NWBHDF5IO, NWBFile
from pynwb.ophys import ImageSegmentation, OpticalChannel

from nwbgate.reading.facts.file_frames import session_frames
from nwbgate.reading.facts.imaging.masks import _image_box
from support.standard_session import ACTIVE


@pytest.fixture
def write(tmp_path):
    """Write a file with one segmentation, whose ROIs `add` makes."""

    def written(add) -> pytest.FixtureRequest:
        nwb = NWBFile(session_description="one", identifier="one", session_start_time=datetime(2020, 1, 1, tzinfo=UTC))
        channel = OpticalChannel(name="green", description="Green.", emission_lambda=510.0)
        plane = nwb.create_imaging_plane(
            name="ImagingPlane", optical_channel=channel, description="A plane.", excitation_lambda=920.0,
            device=nwb.create_device(name="scope"), indicator="GCaMP6s", location="VISp2/3",
        )  # fmt: skip
        segmentation = ImageSegmentation()
        nwb.create_processing_module("ophys", "Imaging.").add(segmentation)
        add(segmentation.create_plane_segmentation(name="PlaneSegmentation", description="ROIs.", imaging_plane=plane))
        with NWBHDF5IO(tmp_path / "masks.nwb", "w") as io:
            io.write(nwb)
        return session_frames(tmp_path / "masks.nwb", ["masks"])["masks"]

    return written


def test_image_masks_have_their_box():
    masks = session_frames(ACTIVE, ["masks", "cells"])
    with h5py.File(ACTIVE) as file:
        images = file["processing/ophys/image_segmentation/cell_specimen_table/image_mask"][()]
    assert masks["masks"]["n_pixels"].tolist() == images.sum(axis=(1, 2)).tolist()
    assert masks["masks"]["left"].tolist() == masks["cells"]["x"].tolist()
    assert masks["masks"]["top"].tolist() == masks["cells"]["y"].tolist()


def test_pixel_masks_have_their_box_and_forget_pixels_of_no_weight(write):
    def add(table):
        table.add_roi(pixel_mask=[(3, 7, 1.0), (5, 6, 0.5), (90, 90, 0.0)])
        table.add_roi(pixel_mask=[(0, 0, 0.0)])

    masks = write(add)
    assert masks["kind"].tolist() == ["pixel_mask"] * 2
    assert masks["n_pixels"].tolist() == [2, 0]
    assert masks.loc[0, ["left", "right", "top", "bottom"]].tolist() == [3, 5, 6, 7]
    assert masks.loc[1].isna()[["left", "right", "image_width"]].all()


def test_voxel_masks_are_counted(write):
    masks = write(lambda table: table.add_roi(voxel_mask=[(1, 2, 3, 1.0)]))
    assert masks.loc[0, ["kind", "n_pixels", "left", "top"]].tolist() == ["voxel_mask", 1, 1, 2]


def test_an_empty_image_has_no_box(write):
    masks = write(lambda table: table.add_roi(image_mask=np.zeros((4, 6))))
    assert masks.loc[0, ["n_pixels", "image_width", "image_height"]].tolist() == [0, 6, 4]
    assert masks.isna().loc[0, "left"]


def test_where_a_mask_comes_from_is_told(write):
    def add(table):
        table.add_column(name="mask_status", description="Where the mask comes from.")
        table.add_roi(pixel_mask=[(0, 0, 0.0)], mask_status="absent: source holds no mask")

    assert write(add)["mask_status"].tolist() == ["absent: source holds no mask"]


def test_a_segmentation_without_masks_has_no_pixels_to_count(tmp_path):
    import shutil

    path = shutil.copy(ACTIVE, tmp_path / "copy.nwb")
    with h5py.File(path, "r+") as file:
        del file["processing/ophys/image_segmentation/cell_specimen_table/image_mask"]
    masks = session_frames(path, ["masks"])["masks"]
    assert len(masks) == 5
    assert masks[["kind", "n_pixels"]].isna().all(axis=None)


def test_a_cell_whose_mask_is_lost_is_a_cell_all_the_same(tmp_path):
    import shutil

    path = shutil.copy(ACTIVE, tmp_path / "copy.nwb")
    with h5py.File(path, "r+") as file:
        table = file["processing/ophys/image_segmentation/cell_specimen_table"]
        kept = table["image_mask"][:4]
        del table["image_mask"]
        table["image_mask"] = kept
    masks = session_frames(path, ["masks"])["masks"]
    assert masks["n_pixels"].tolist()[:4] == kept.sum(axis=(1, 2)).tolist()
    assert masks["n_pixels"].isna().tolist() == [False] * 4 + [True]


def test_the_box_of_a_volume_is_that_seen_from_above():
    volume = np.zeros((5, 6, 3))
    volume[1:3, 2:5, 2] = 1
    assert _image_box(volume) == _image_box(volume.any(axis=-1))
    assert _image_box(volume)["n_pixels"] == 6
