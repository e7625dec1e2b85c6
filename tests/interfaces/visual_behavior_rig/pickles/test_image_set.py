"""Sets of images, found by name and read in their order."""

import gzip
import pickle

import numpy as np
import pytest

from nwbgate.errors import SourceError, UsageError
from nwbgate.interfaces.visual_behavior_rig.pickles.image_set import find_image_set, read_image_set

IMAGES = {"im2": {"im2": np.zeros((3, 4), np.uint8)}, "im1": {"im1": np.ones((3, 4), np.uint8)}}


def test_a_set_is_found_whatever_its_case_and_packing(tmp_path):
    (tmp_path / "Set_training_1.0.pkl.gz").write_bytes(gzip.compress(pickle.dumps(IMAGES, protocol=2)))
    images = read_image_set(find_image_set(tmp_path, "Set_TRAINING_1.0"))
    assert images.names == ("im2", "im1")
    assert images.images["im1"].tolist() == np.ones((3, 4)).tolist()


def test_a_folder_without_the_set_is_refused(tmp_path):
    with pytest.raises(UsageError, match="does not have the image set"):
        find_image_set(tmp_path, "set")
    with pytest.raises(UsageError, match="no such folder"):
        find_image_set(tmp_path / "none", "set")


@pytest.mark.parametrize(
    "content",
    [
        {},
        [1],
        {"a": [1]},
        {"a": {"b": "text"}},
        {"a": {"b": np.zeros((2, 2))}},
        {"a": {"c": np.zeros((2, 2), np.uint8)}, "b": {"c": np.zeros((2, 2), np.uint8)}},
        {"a": {"b": np.zeros((2, 2), np.uint8), "c": np.zeros((2, 3), np.uint8)}},
    ],
)
def test_other_pickles_are_no_image_sets(tmp_path, content):
    (tmp_path / "set.pkl").write_bytes(pickle.dumps(content))
    with pytest.raises(SourceError, match="not an image set"):
        read_image_set(tmp_path / "set.pkl")
