"""Projections: grey PNG of the field of view, nothing else."""

import numpy as np
import pytest
from PIL import Image

from nwbgate.errors import SourceError, UsageError
from nwbgate.interfaces.visual_behavior_rig.imaging.grey_png import read_grey_png
from support.development_data import shared

PIXELS = np.arange(12, dtype=np.uint8).reshape(3, 4)


def test_pixels_come_as_they_are(tmp_path):
    Image.fromarray(PIXELS).save(tmp_path / "a.png")
    np.testing.assert_array_equal(read_grey_png(tmp_path / "a.png", 3, 4), PIXELS)


def test_another_size_is_refused_before_pixels_are_read(tmp_path):
    Image.fromarray(PIXELS).save(tmp_path / "a.png")
    with pytest.raises(SourceError, match=r"does not fit the field of view\n.*\n  got: 3 x 4 pixels, mode L"):
        read_grey_png(tmp_path / "a.png", 4, 3)


def test_colors_are_refused(tmp_path):
    Image.fromarray(np.zeros((3, 4, 3), dtype=np.uint8)).save(tmp_path / "a.png")
    with pytest.raises(SourceError, match="mode RGB"):
        read_grey_png(tmp_path / "a.png", 3, 4)


def test_a_png_cut_off_is_refused(tmp_path):
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (300, 400), dtype=np.uint8)).save(tmp_path / "a.png")
    content = (tmp_path / "a.png").read_bytes()
    (tmp_path / "a.png").write_bytes(content[: len(content) // 2])
    with pytest.raises(SourceError, match="cannot be read"):
        read_grey_png(tmp_path / "a.png", 300, 400)


def test_an_image_that_is_not_there(tmp_path):
    with pytest.raises(UsageError, match="no such file"):
        read_grey_png(tmp_path / "a.png", 3, 4)


def test_the_bad_projection_of_the_development_data():
    with pytest.raises(SourceError, match="cannot be read"):
        read_grey_png(shared("rig_sources", "bad", "projection_not_png.png"), 512, 447)
