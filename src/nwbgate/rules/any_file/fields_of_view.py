"""Rules about the size of movies and the place of their plane."""

from typing import TYPE_CHECKING

import numpy as np

from nwbgate.rules.rule import Rule, check
from nwbgate.rules.sessions.rows import as_column, numbers, offending

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows

#: Share by which two tellings of a field of view differ by rounding, and meters within which a brain has its origin.
_SAME_FIELD, _FAR = 0.05, 0.1
#: Sides that a movie tells, and those of its frames.
_TOLD = (("told_one", "one_side"), ("told_other", "other_side"))


@check(scope="session", severity="warning", column="told_one", where={"movies.told_one": ()})
def dimension_is_that_of_the_frames(movies: "pd.DataFrame") -> "Rows":
    """The dimension of a movie is the size of its frames.

    Why: it is told twice; readers that take the dimension cut frames or read beyond them. Rows and columns may be
    exchanged.

    Example: dimension 1024 x 512 of frames of 512 x 256 pixels.

    Fix: write the size of the frames that are stored, or leave dimension out.
    """
    pairs = [(numbers(movies[told]), numbers(movies[own])) for told, own in _TOLD]
    wrong = np.any([~np.isnan(told) & (told != own) for told, own in pairs], axis=0)
    words = [f"{other:g} x {one:g}" for one, other in zip(pairs[0][0], pairs[1][0], strict=True)]
    expected = [f"{other:g} x {one:g}" for one, other in zip(pairs[0][1], pairs[1][1], strict=True)]
    return offending(movies, wrong, lambda: as_column(movies, words), lambda: as_column(movies, expected))


@check(
    scope="session",
    severity="warning",
    column="told_field",
    needs=["optics.pixel_has_a_possible_size", "optics.pixel_is_as_described"],
    where={"movies.told_field": (), "movies.pixel_field": ()},
)
def field_is_pixels_times_spacing(movies: "pd.DataFrame") -> "Rows":
    """The field of view is as long as its pixels together.

    Why: it is told twice, as field_of_view and as grid_spacing; sizes of cells and distances are computed from either.

    Example: 64 pixels of 8 um, and a field of view of 1 mm.

    Fix: write both in meters, for the pixels that are stored.
    """
    told, pixels = numbers(movies["told_field"]), numbers(movies["pixel_field"])
    with np.errstate(invalid="ignore"):
        wrong = (np.abs(told - pixels) > _SAME_FIELD * pixels) & (told > 0) & (pixels > 0)
    expected = [f"{each:.4g} m, pixels times spacing" for each in pixels]
    return offending(movies, wrong, "a field of view of {told_field:.4g} m", lambda: as_column(movies, expected))


@check(scope="session", severity="warning", column="origin", where={"optics.origin": ()})
def origin_is_near_the_brain(optics: "pd.DataFrame") -> "Rows":
    """The origin of an imaging plane is within 10 cm.

    Why: the schema counts origin_coords in meters, unless the file names another unit; a plane that is meters away lies
    in no brain.

    Example: 2,500 meters, which are micrometers.

    Fix: name the unit of the coordinates, or write them in meters.
    """
    first = ~optics.duplicated("plane").to_numpy()
    with np.errstate(invalid="ignore"):
        wrong = first & (numbers(optics["origin"]) > _FAR)
    return offending(optics, wrong, "{origin:.4g} m", f"at most {_FAR:g} m")


RULES: tuple[Rule, ...] = (dimension_is_that_of_the_frames, field_is_pixels_times_spacing, origin_is_near_the_brain)
