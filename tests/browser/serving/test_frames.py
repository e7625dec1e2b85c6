"""Frames are packed as the page draws them."""

import numpy as np
import pytest

from nwbgate.browser.serving.frames import packed_frame, packed_times
from nwbgate.browser.serving.keys import UnknownKeyError
from nwbgate.browser.serving.packing import unpack
from nwbgate.browser.tracks.image_stacks import ImageStack


def packed(image):
    about, arrays = unpack(packed_frame(ImageStack("a", 1, lambda _: np.asarray(image)), 0))
    return about, arrays["pixels"]


def test_bytes_stay_bytes_and_other_values_keep_their_limits():
    about, pixels = packed(np.array([[3, 7]], np.uint8))
    assert (pixels.dtype, about["low"], about["high"]) == (np.uint8, 3, 7)
    about, pixels = packed([[-1.5, np.nan], [np.inf, 2e6]])
    assert (pixels.dtype, about["low"], about["high"]) == (np.float32, -1.5, 2e6)


def test_an_image_without_a_finite_value_has_limits():
    about, _ = packed([[np.nan]])
    assert (about["low"], about["high"]) == (0, 1)


@pytest.mark.parametrize(("colour", "red"), [([1.0, 0.5, 0.0], 255), ([200.0, 20.0, 2.0], 200), ([9, 8, 7], 9)])
def test_colours_are_bytes(colour, red):
    about, pixels = packed([[colour]])
    assert (about["colours"], pixels.dtype, pixels[0]) == (3, np.uint8, red)


def test_a_stack_without_times_has_none():
    with pytest.raises(UnknownKeyError):
        packed_times(ImageStack("a", 1, lambda _: np.zeros((1, 1))))
