"""Images as the monitor shows them."""

import numpy as np

from nwbgate.algorithms.screen_warp import center_image, shown_mask, unwarp_image, warp_image
from nwbgate.interfaces.visual_behavior_rig.pickles.image_set import find_image_set, read_image_set
from support.development_data import shared

IMAGE = np.full((918, 1174), 200, dtype=np.uint8)


def test_an_image_is_centered_on_gray():
    screen = center_image(IMAGE)
    assert np.argwhere(screen == 200)[[0, -1]].tolist() == [[141, 373], [1058, 1546]]
    assert screen[0, 0] == 127


def test_the_center_stays_and_the_edges_shrink():
    screen = warp_image(IMAGE)
    assert screen[600, 960] == 200
    assert screen[600, 100] == 200  # that far from the center the monitor shows what lies nearer to it
    assert center_image(IMAGE)[600, 100] == 127


def test_what_the_monitor_does_not_show_is_unknown():
    mask, image = shown_mask(), unwarp_image(IMAGE)
    assert np.array_equal(np.isnan(image), ~mask)
    assert not mask[0, 0]
    assert image[600, 960] == 200


def test_images_are_those_of_allensdk():
    name = "Natural_Images_Lum_Matched_set_training_2017.07.14"
    expected = np.load(shared("rig_expected", "templates", f"{name}.npz"))
    images = read_image_set(find_image_set(shared("rig_sources", "image_sets"), name.upper())).images
    for image in ("im065", "im077"):
        assert np.array_equal(warp_image(images[image]), expected[f"{image}_warped"])
        shown = unwarp_image(images[image])
        assert np.array_equal(~np.isnan(shown), expected["mask"])
        assert np.array_equal(shown[expected["mask"]], expected[f"{image}_unwarped_visible"][expected["mask"]])
