"""What eye tracking may do without a finding, and what a finding says of the pattern."""

import pandas as pd
import pytest

from nwbgate.rules.sessions.behavior import eye
from support.judged_sessions import Case, Frames, fired, good
from support.standard_session import ACTIVE

NONE = float("nan")
SOUND = {
    "ellipse": "pupil", "n": 1000, "n_blinks": 30, "n_without_area": 30, "n_open_without_area": 0,
    "n_blinks_with_area": 0, "blink_at": NONE, "n_area_unlike_axes": 0, "area_at": NONE, "area": NONE,
    "area_of_axes": NONE, "n_area_unlike_raw": 0, "raw_at": NONE, "n_angles_beyond": 0, "largest_angle": 6.28,
    "longest_still": 29, "longest_turned": 29, "n_repeated": 0,
    "n_center_of_another": 100, "n_placed": 970, "n_outside_eye": 97,
    "outside_at": 1.0, "largest_axis": 74.9, "largest_center": 340.0,
}  # fmt: skip


def changed(**numbers: float):
    """An edit of the numbers about the pupil."""

    def edit(frames: Frames) -> None:
        frames["eye_ellipses"].loc[frames["eye_ellipses"]["ellipse"] == "pupil", list(numbers)] = list(numbers.values())

    return edit


CASES: list[Case] = [
    ("eye_ellipses.ellipse_is_in_pixels", changed(largest_axis=0.75)),
    ("eye_ellipses.ellipse_is_in_pixels", changed(largest_center=0.52)),
    ("eye_ellipses.area_is_of_the_axes", changed(n_area_unlike_axes=1, area_at=2.0, area=5.0, area_of_axes=6.0)),
    ("eye_ellipses.area_is_the_raw_one", changed(n_area_unlike_raw=1, raw_at=2.0)),
    ("eye_ellipses.area_is_missing_on_blinks", changed(n_blinks_with_area=1, blink_at=2.0)),
    ("eye_ellipses.angle_within_a_turn", changed(n_angles_beyond=1, largest_angle=31.4)),
    ("eye_ellipses.ellipse_is_never_still", changed(longest_still=30)),
    ("eye_ellipses.ellipse_is_never_still", changed(longest_turned=30)),
    ("eye_ellipses.ellipse_repeats_nothing", changed(n_repeated=64)),
    ("eye_ellipses.ellipse_has_its_own_center", changed(n_center_of_another=9000)),
    ("eye_ellipses.eye_is_open", changed(n_blinks=13914, n_without_area=13914)),
    ("eye_ellipses.pupil_is_in_the_eye", changed(n_outside_eye=9000, outside_at=2.0)),
]


@pytest.mark.parametrize(("code", "edit"), CASES, ids=[code for code, _ in CASES])
def test_a_fault_of_the_eye_fires_its_rule_and_no_other(code, edit):
    frames = good(ACTIVE)
    edit(frames)
    assert fired(frames) == [code]


def words(rule, **change: object) -> str | None:
    """What a rule says that it got in one row; None where it is silent."""
    found = rule.function(pd.DataFrame([SOUND | change]))
    return None if found is None else found["got"].iloc[0]


@pytest.mark.parametrize("rule", eye.RULES, ids=lambda rule: rule.code)
def test_sound_eye_tracking_is_passed(rule):
    assert words(rule) is None


def test_a_corneal_reflection_may_be_missing_with_the_eye_open():
    assert words(eye.area_is_missing_on_blinks, ellipse="cr", n_open_without_area=5) is None
    assert words(eye.area_is_missing_on_blinks, ellipse="cr", n_blinks_with_area=5) is not None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"n_open_without_area": 970, "n_blinks_with_area": 30}, "opposite sense"),
        ({"n_blinks": 0, "n_open_without_area": 30}, "no blink, and 30 frames without an area of the pupil"),
        ({"n_blinks_with_area": 3, "blink_at": 2.5}, "3 blinks with an area of the pupil, the first at 2.500 s"),
    ],
)
def test_blinks_and_areas_that_disagree_are_told_by_their_pattern(change, said):
    assert said in words(eye.area_is_missing_on_blinks, **change)


def test_a_pupil_outside_the_eye_in_more_than_a_tenth_of_the_frames_is_found():
    assert words(eye.pupil_is_in_the_eye, n_outside_eye=98) == "outside in 98 of 970 frames, the first at 1.000 s"


def test_an_ellipse_is_in_pixels_from_two_on_or_without_any_place():
    assert words(eye.ellipse_is_in_pixels, largest_axis=2.0) is not None
    for change in ({"largest_axis": 2.1}, {"largest_axis": NONE, "largest_center": NONE}):
        assert words(eye.ellipse_is_in_pixels, **change) is None
