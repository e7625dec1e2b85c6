"""Masks come back from their bits."""

import numpy as np

from nwbgate.browser.tracks.masks import gray_image, packed_masks


def test_masks_come_back_from_boxes_and_bits():
    random = np.random.default_rng(0)
    masks = np.zeros((4, 30, 40), bool)
    masks[0, 3:9, 5:14] = random.random((6, 9)) < 0.7
    masks[1, 29, 39] = True
    masks[3, 0:30, 0:40] = random.random((30, 40)) < 0.5
    packed = packed_masks(masks)
    found, place = np.zeros_like(masks), 0
    for cell, (left, top, width, height) in enumerate(packed["boxes"]):
        size = -(-width * height // 8)
        bits = np.unpackbits(packed["bits"][place : place + size])[: width * height]
        found[cell, top : top + height, left : left + width] = bits.reshape(height, width)
        place += size
    np.testing.assert_array_equal(found, masks)
    assert place == len(packed["bits"])
    assert not packed["boxes"][2].any()


def test_an_image_becomes_shades_of_gray():
    image = np.linspace(100, 3000, 10_000).reshape(100, 100)
    image[0, 0] = np.nan
    shades = gray_image(image)
    assert shades.dtype == np.uint8
    assert (np.diff(shades.ravel()[1:].astype(int)) >= 0).all()
    assert shades.min() == 0
    assert shades.max() == 255
    assert gray_image(np.full((2, 2), np.nan)).tolist() == [[0, 0], [0, 0]]
