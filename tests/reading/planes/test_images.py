"""Images of planes as arrays, and as pictures in a notebook."""

import io

import numpy as np
from matplotlib.image import imread

from nwbgate.reading.planes.images import PlaneImage


def test_an_image_is_a_picture_from_its_darkest_to_its_brightest_pixel():
    image = PlaneImage(np.array([[-1.0, 1.0, np.nan], [3.0, -1.0, 1.0]]), (0.001, 0.001))
    picture = imread(io.BytesIO(image._repr_png_()))
    assert np.allclose(picture * 255, [[0, 127, 0], [255, 0, 127]])


def test_a_constant_image_is_black():
    assert not imread(io.BytesIO(PlaneImage(np.full((4, 5), 7))._repr_png_())).any()


def test_a_row_of_an_image_is_no_picture():
    image = PlaneImage(np.ones((4, 5)))
    assert image[0]._repr_png_() is None
    assert image[:0]._repr_png_() is None
