"""Images of a plane against its masks."""

import shutil

import h5py
import numpy as np

from nwbgate.reading.facts.file_frames import session_frames
from support.standard_session import ACTIVE, GRATINGS

IMAGE = "processing/ophys/images/segmentation_mask_image"
MAXIMUM = "processing/ophys/images/max_projection"


def segmentation(path) -> dict:
    images = session_frames(path, ["projection_images"])["projection_images"].set_index("image_name")
    assert set(images.index) == {"max_projection", "average_image", "segmentation_mask_image"}
    return images.loc["segmentation_mask_image"].to_dict()


def test_the_image_of_all_masks_is_their_union():
    found = segmentation(ACTIVE)
    assert (found["height"], found["width"], found["lowest"], found["highest"]) == (96, 96, 0.0, 1.0)
    assert (found["n_missing"], found["n_surplus"]) == (0, 0)


def test_pixels_of_either_are_counted(tmp_path):
    path = shutil.copy(ACTIVE, tmp_path / "copy.nwb")
    with h5py.File(path, "r+") as file:
        image = file[IMAGE][()]
        rows, columns = np.nonzero(image)
        image[rows[:7], columns[:7]] = 0
        image[0, :5] = 1
        file[IMAGE][...] = image
    found = segmentation(path)
    assert (found["n_missing"], found["n_surplus"]) == (7, 5)


def test_a_session_without_imaging_has_no_images():
    assert "projection_images" not in session_frames(GRATINGS, ["projection_images"])


def test_a_maximum_is_compared_with_its_average_upright_and_mirrored(tmp_path):
    path = shutil.copy(ACTIVE, tmp_path / "copy.nwb")

    def likeness() -> list[float]:
        images = session_frames(path, ["projection_images"])["projection_images"].set_index("image_name")
        return images.loc["max_projection", ["likeness", "likeness_turned"]].tolist()

    upright, turned = likeness()
    assert upright > 0.9 > 0.6 > turned
    with h5py.File(path, "r+") as file:
        file[MAXIMUM][...] = file[MAXIMUM][()][:, ::-1]
    assert likeness()[1] > 0.9 > 0.6 > likeness()[0]
