"""Rules about images made of a movie, and masks laid over them."""

from typing import TYPE_CHECKING

import numpy as np

from nwbgate.rules.rule import Rule, check
from nwbgate.rules.sessions.rows import as_column, numbers, offending

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows


@check(scope="session", severity="warning", column="highest")
def image_shows_something(summary_images: "pd.DataFrame") -> "Rows":
    """No image in a processing module has one value, or none, in all pixels.

    Why: means, projections and correlations of a movie differ from pixel to pixel; an image of one value was announced
    and never filled. Pixels without a value at the border, as after motion correction, do no harm.

    Example: all pixels of the mean image are 0.

    Fix: compute the image again from the movie, or leave it out.
    """
    low, high = numbers(summary_images["lowest"]), numbers(summary_images["highest"])
    words = [f"{each:g} in all pixels" if np.isfinite(each) else "no value in any pixel" for each in low]
    wrong = ~np.isfinite(low) | (low == high)
    return offending(summary_images, wrong, lambda: as_column(summary_images, words), "an image")


@check(scope="session", severity="warning", column="digest", needs=["summary_images.image_shows_something"], fewest=2)
def image_is_not_another_one(summary_images: "pd.DataFrame") -> "Rows":
    """No two images of a processing module are equal, pixel by pixel.

    Why: a mean, a maximum and a correlation of one movie differ; one of the two holds what the other should.

    Example: the correlation image is the mean image.

    Fix: write each image from what it is named for.
    """
    again = summary_images.duplicated(["module", "digest"]).to_numpy()
    first = summary_images.drop_duplicates(["module", "digest"]).set_index(["module", "digest"])["path"].to_dict()
    keys = zip(summary_images["module"], summary_images["digest"], strict=True)
    words = [f"{path}, equal to {first[key]}" for path, key in zip(summary_images["path"], keys, strict=True)]
    return offending(summary_images, again, lambda: as_column(summary_images, words), "an image of its own")


@check(scope="session", severity="warning", column="image_width", needs=["masks.mask_has_pixels"])
def mask_has_the_size_of_an_image(
    masks: "pd.DataFrame", summary_images: "pd.DataFrame", movies: "pd.DataFrame | None" = None
) -> "Rows":
    """Masks lie within one of the images of their processing module.

    Why: masks are drawn on a mean or maximum image; where none of the images is as large, they are of another field of
    view. Planes with a movie are judged by it. Rows and columns may be exchanged.

    Example: masks of 512 x 512 pixels beside a mean image of 796 x 600.

    Fix: write the images of the movie that was segmented, or the masks in its full size.
    """
    filmed = set() if movies is None else {*movies["plane"]}
    sizes = {*zip(summary_images["one_side"], summary_images["other_side"], strict=True)}
    sides = [(numbers(masks[side]), numbers(masks[end])) for side, end in _SIDES]
    wrong = np.zeros(len(masks), dtype=bool)
    for row, plane in enumerate(masks["plane"]):
        image, reach = ([side[number][row] for side in sides] for number in (0, 1))
        if plane in filmed:
            continue
        if not np.isnan(image).any():
            wrong[row] = not any(min(image) <= one and max(image) <= other for one, other in sizes)
        elif not np.isnan(reach).any():
            wrong[row] = not any(min(reach) < one and max(reach) < other for one, other in sizes)
    expected = " or ".join(f"{other} x {one}" for one, other in sorted(sizes))
    got = "a mask from {left}, {top} to {right}, {bottom} in an image of {image_width} x {image_height}"
    return offending(masks, wrong, got, expected)


#: Sides of a mask image, and how far its pixels reach along each.
_SIDES = (("image_width", "right"), ("image_height", "bottom"))


@check(scope="session", severity="warning", column="n_repeated")
def pixel_is_listed_once(masks: "pd.DataFrame") -> "Rows":
    """No mask lists a pixel twice.

    Why: the trace of a mask is the weighted sum of its pixels, to which such a pixel adds twice.

    Example: pixel 17, 42 is listed two times for ROI 3.

    Fix: list each pixel once; see whether indices of rows and columns were cut to fewer bits.
    """
    return offending(masks, numbers(masks["n_repeated"]) > 0, "{n_repeated} of {n_pixels} pixels again", "none")


@check(scope="session", severity="warning", column="n_positive", needs=["masks.mask_has_pixels"])
def mask_has_a_positive_weight(masks: "pd.DataFrame") -> "Rows":
    """Every mask has a pixel of positive weight.

    Why: the trace of a mask without any is the negative of the cell's. Some negative weights beside positive ones come
    from methods that subtract neighbors.

    Example: all 16 pixels of ROI 3 have weights below 0.

    Fix: change the sign of the weights.
    """
    wrong = numbers(masks["n_positive"]) == 0
    return offending(masks, wrong & (numbers(masks["n_pixels"]) > 0), "none of {n_pixels} weights above 0", "some")


RULES: tuple[Rule, ...] = (
    image_shows_something,
    image_is_not_another_one,
    mask_has_the_size_of_an_image,
    pixel_is_listed_once,
    mask_has_a_positive_weight,
)
