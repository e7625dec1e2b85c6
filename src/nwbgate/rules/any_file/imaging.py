"""Rules about masks beside the movie of their plane."""

from typing import TYPE_CHECKING

import numpy as np

from nwbgate.rules.rule import Rule, check
from nwbgate.rules.sessions.rows import as_column, numbers, offending

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows


@check(scope="session", severity="warning", column="image_width", needs=["masks.mask_has_pixels"])
def mask_has_the_size_of_the_movie(masks: "pd.DataFrame", movies: "pd.DataFrame") -> "Rows":
    """A mask image has the size of the frames of a movie of its plane, and pixels of a mask lie within them.

    Why: the mask is laid over the movie; of another size, it was drawn on another movie, or on one that was cropped.
    Rows and columns may be exchanged.

    Example: masks of 512 x 512 pixels in a plane whose movie has 796 x 512.

    Fix: link the plane that was segmented; say in its description how the movie was cropped.
    """
    sizes = {
        plane: {*zip(rows["one_side"], rows["other_side"], strict=True)} for plane, rows in movies.groupby("plane")
    }
    wrong = np.zeros(len(masks), dtype=bool)
    sides = [(numbers(masks[f"image_{side}"]), numbers(masks[end])) for side, end in _SIDES]
    for row, plane in enumerate(masks["plane"]):
        image, reach = ([side[number][row] for side in sides] for number in (0, 1))
        if plane in sizes and not np.isnan(image).any():
            wrong[row] = (min(image), max(image)) not in sizes[plane]
        elif plane in sizes and not np.isnan(reach).any():
            wrong[row] = not any(min(reach) < one and max(reach) < other for one, other in sizes[plane])
    expected = [
        " or ".join(f"{other} x {one}" for one, other in sorted(sizes.get(plane, ()))) for plane in masks["plane"]
    ]
    return offending(
        masks, wrong, "a mask of {image_width} x {image_height} pixels", lambda: as_column(masks, expected)
    )


#: Sides of a mask image, and how far its pixels reach along each.
_SIDES = (("width", "right"), ("height", "bottom"))

RULES: tuple[Rule, ...] = (mask_has_the_size_of_the_movie,)
