"""Rules about eye tracking: areas fit axes, gaps fit blinks."""

from typing import TYPE_CHECKING, Any

import numpy as np

from nwbgate.rules.rule import Rule, check
from nwbgate.rules.sessions.rows import as_column, numbers, offending

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows

#: Share of the frames in which the pupil may lie outside the eye: fits fail now and then.
_OUTSIDE = 0.1
#: Frames in a row, a second of the camera, in which a center that is fitted to noisy images never stands still.
_STILL = 30
#: Pixels that the largest axis and the largest coordinate of a session exceed, in images of 640 by 480 pixels.
_PIXELS = 2.0
#: Share of frames that makes a pattern of single mistakes.
_MOST = 0.9


@check(severity="warning", scope="session", column="largest_axis", needs=["eye_ellipses.area_is_of_the_axes"])
def ellipse_is_in_pixels(eye_ellipses: "pd.DataFrame") -> "Rows":
    """Axes and centers of ellipses are in pixels.

    Why: the geometry of the rig turns pixels into sizes and angles; what is in mm, or in parts of the image, becomes a
    pupil of micrometers in the corner of the image.

    Example: no pupil is wider than 0.75; its axes are in mm.

    Fix: take the ellipses from the eye tracking file, or divide them by the factor that was applied.
    """
    axis, center = numbers(eye_ellipses["largest_axis"]), numbers(eye_ellipses["largest_center"])
    with np.errstate(invalid="ignore"):
        wrong = (axis <= _PIXELS) | (center <= _PIXELS)
    got = "{ellipse} with axes up to {largest_axis:.3g} and centers up to {largest_center:.3g}"
    return offending(eye_ellipses, wrong, got, "pixels of the eye camera")


@check(scope="session", column="area")
def area_is_of_the_axes(eye_ellipses: "pd.DataFrame") -> "Rows":
    """The area of every ellipse is that of its axes.

    Why: area is pi times both semi-axes; that of the pupil is the circle on its longer axis, because a pupil seen from
    the side looks narrow.

    Example: an eye of 168 by 139 pixels has the area 36,682 instead of 73,363 square pixels.

    Fix: compute the areas again from width and height.
    """
    wrong = numbers(eye_ellipses["n_area_unlike_axes"]) > 0
    got = "{area:.6g} at {area_at:.3f} s ({n_area_unlike_axes} of {n} frames)"
    expected = "{:.6g} square pixels".format
    return offending(eye_ellipses, wrong, got, lambda: eye_ellipses["area_of_axes"].map(expected))


@check(
    scope="session",
    column="n_area_unlike_raw",
    needs=["eye_ellipses.area_is_of_the_axes", "eye_ellipses.area_is_missing_on_blinks"],
)
def area_is_the_raw_one(eye_ellipses: "pd.DataFrame") -> "Rows":
    """The area of every ellipse is its raw area, except on blinks.

    Why: the area is the raw one without blinks.

    Example: 120 frames with a raw pupil area of another frame.

    Fix: take both areas from one fit.
    """
    wrong = numbers(eye_ellipses["n_area_unlike_raw"]) > 0
    got = "{n_area_unlike_raw} of {n} frames that differ, the first at {raw_at:.3f} s"
    return offending(eye_ellipses, wrong, got, "the raw area where there is no blink")


@check(scope="session", column="n_blinks")
def area_is_missing_on_blinks(eye_ellipses: "pd.DataFrame") -> "Rows":
    """Areas are missing on blinks, and those of eye and pupil only there.

    Why: a frame without eye or pupil is called a likely blink, and what was fitted on a blink is left out. A corneal
    reflection may also be missing with the eye open.

    Example: likely_blink is never true, 347 areas are missing.

    Fix: find the blinks again from the raw areas, and leave the areas out there.
    """
    on_blink = numbers(eye_ellipses["n_blinks_with_area"])
    both_ways = (eye_ellipses["ellipse"] != "cr").to_numpy()
    wrong = (on_blink > 0) | (both_ways & (numbers(eye_ellipses["n_open_without_area"]) > 0))
    words = as_column(eye_ellipses, [_blinks(row) for row in eye_ellipses.to_dict("records")])
    return offending(eye_ellipses, wrong, words, "areas that are missing exactly on blinks")


def _blinks(row: dict[Any, Any]) -> str:
    """Return how blinks and areas disagree, as the pattern shows it."""
    disagreeing = row["n_open_without_area"] + row["n_blinks_with_area"]
    if disagreeing > _MOST * row["n"]:
        return f"likely_blink with the opposite sense in {disagreeing} of {row['n']} frames"
    if not row["n_blinks"]:
        return f"no blink, and {row['n_without_area']} frames without an area of the {row['ellipse']}"
    parts = [f"{row['n_open_without_area']} frames without an area outside blinks"] * bool(row["n_open_without_area"])
    parts += [f"{row['n_blinks_with_area']} blinks with an area"] * bool(row["n_blinks_with_area"])
    return f"{' and '.join(parts)} of the {row['ellipse']}, the first at {row['blink_at']:.3f} s"


@check(scope="session", column="largest_angle")
def angle_within_a_turn(eye_ellipses: "pd.DataFrame") -> "Rows":
    """The angle of every ellipse is within one turn, in radians.

    Why: larger numbers are degrees, or of another column.

    Example: an angle of 31.4, which is 0.55 radians in degrees.

    Fix: write the angle in radians.
    """
    wrong = numbers(eye_ellipses["n_angles_beyond"]) > 0
    got = "angles up to {largest_angle:.4g} of the {ellipse} in {n_angles_beyond} of {n} frames"
    return offending(eye_ellipses, wrong, got, f"within {2 * np.pi:.4f} rad; these may be degrees")


@check(severity="warning", scope="session", column="n_outside_eye", needs=["eye_ellipses.ellipse_is_in_pixels"])
def pupil_is_in_the_eye(eye_ellipses: "pd.DataFrame") -> "Rows":
    """The pupil's center lies inside the eye in nine of ten frames.

    Why: a pupil beside the eye is of other coordinates, of another camera, or a failed fit. Single fits do fail.

    Example: the pupil is outside the eye in all of 13,914 frames.

    Fix: give eye and pupil the coordinates of one image.
    """
    outside, placed = numbers(eye_ellipses["n_outside_eye"]), numbers(eye_ellipses["n_placed"])
    with np.errstate(invalid="ignore"):
        wrong = outside > _OUTSIDE * placed
    got = "outside in {n_outside_eye:.0f} of {n_placed:.0f} frames, the first at {outside_at:.3f} s"
    return offending(eye_ellipses, wrong, got, f"in at most {_OUTSIDE:.0%} of them")


@check(scope="session", column="longest_still")
def ellipse_is_never_still(eye_ellipses: "pd.DataFrame") -> "Rows":
    """Center and angle of no ellipse are exactly the same in 30 frames in a row.

    Why: every fit has noise; a run of equal centers or angles is a camera that hung, or a gap that was filled.
    Frames without a fit are not counted.

    Example: the pupil's center is the same in 4,000 frames.

    Fix: mark these frames as blinks, without areas and centers, or track them again.
    """
    still, turned = (numbers(eye_ellipses[name]) for name in ("longest_still", "longest_turned"))
    rows = zip(eye_ellipses["ellipse"], still, turned, strict=True)
    words = [
        f"{max(one, other):.0f} frames with one {'center' if one >= _STILL else 'angle'} of the {ellipse}"
        for ellipse, one, other in rows
    ]
    wrong = (still >= _STILL) | (turned >= _STILL)
    return offending(eye_ellipses, wrong, lambda: as_column(eye_ellipses, words), f"fewer than {_STILL}")


@check(severity="warning", scope="session", column="n_repeated", needs=["eye_ellipses.ellipse_is_never_still"])
def ellipse_repeats_nothing(eye_ellipses: "pd.DataFrame") -> "Rows":
    """Center and angle of no ellipse repeat an earlier stretch, frame by frame.

    Why: every fit has noise, so that no 64 frames are ever equal to earlier ones; a part of the video was tracked or
    written twice.

    Example: 600 frames of the pupil are those of 33 s before.

    Fix: track the eye again, and look for a repeated part of the video.
    """
    wrong = numbers(eye_ellipses["n_repeated"]) > 0
    return offending(eye_ellipses, wrong, "{n_repeated} of {n} frames of the {ellipse} again", "frames that differ")


@check(scope="session", column="n_center_of_another")
def ellipse_has_its_own_center(eye_ellipses: "pd.DataFrame") -> "Rows":
    """Eye, pupil and corneal reflection have centers of their own.

    Why: each is fitted by itself; equal centers are those of one ellipse, written twice.

    Example: the center of the pupil is that of the eye in all 13,914 frames.

    Fix: write the center of each ellipse from its own fit.
    """
    wrong = numbers(eye_ellipses["n_center_of_another"]) > _OUTSIDE * numbers(eye_ellipses["n"])
    got = "the center of another ellipse for the {ellipse} in {n_center_of_another} of {n} frames"
    return offending(eye_ellipses, wrong, got, "a center of its own")


@check(severity="warning", scope="session", column="n_blinks", needs=["eye_ellipses.area_is_missing_on_blinks"])
def eye_is_open(eye_ellipses: "pd.DataFrame") -> "Rows":
    """The eye is open in some frames.

    Why: eye tracking with a blink in every frame has no area and no gaze; tracking failed, or was lost.

    Example: all 13,914 frames are likely blinks.

    Fix: track the eye again, or leave eye tracking out.
    """
    wrong = (numbers(eye_ellipses["n_blinks"]) == numbers(eye_ellipses["n"])) & (numbers(eye_ellipses["n"]) > 0)
    return offending(eye_ellipses, wrong, "{n_blinks} blinks in {n} frames", "frames with an open eye")


RULES: tuple[Rule, ...] = (
    ellipse_is_in_pixels,
    ellipse_is_never_still,
    ellipse_repeats_nothing,
    ellipse_has_its_own_center,
    eye_is_open,
    area_is_of_the_axes,
    area_is_the_raw_one,
    area_is_missing_on_blinks,
    angle_within_a_turn,
    pupil_is_in_the_eye,
)
