"""Shifts that are another plane's, that never change, or that are beyond their bounds."""

import pandas as pd
import pytest

from nwbgate.rules.sessions.imaging import motion
from support.judged_sessions import Case, Frames, fired, good
from support.standard_session import ACTIVE


def shifts_of_another_plane(frames: Frames) -> None:
    other = frames["motion"].assign(plane="VISl_75")
    frames["motion"] = pd.concat([frames["motion"], other], ignore_index=True)


def never_shifted(frames: Frames) -> None:
    frames["motion"][["low", "high", "moves"]] = [0.0, 0.0, False]


def motion_beyond_its_bounds(frames: Frames) -> None:
    frames["cells"][["max_correction_up", "max_correction_down"]] = 0.0


def negative_bound(frames: Frames) -> None:
    frames["cells"]["max_correction_left"] = -3.0


def bound_of_one_roi(frames: Frames) -> None:
    frames["cells"].loc[2, "max_correction_up"] = 30.0


def bound_beyond_what_is_counted(frames: Frames) -> None:
    frames["cells"]["max_correction_up"] = 30.5


CASES: list[Case] = [
    ("motion.motion_is_of_its_own_plane", shifts_of_another_plane),
    ("motion.plane_moves", never_shifted),
    ("cells.motion_is_within_its_bounds", motion_beyond_its_bounds),
    ("cells.motion_is_within_its_bounds", negative_bound),
    ("cells.motion_bounds_are_of_the_plane", bound_of_one_roi),
    ("cells.motion_bounds_are_counted", bound_beyond_what_is_counted),
]


@pytest.mark.parametrize(("code", "edit"), CASES, ids=lambda value: getattr(value, "__name__", value))
def test_a_fault_of_motion_fires_its_rule_and_no_other(code, edit):
    frames = good(ACTIVE)
    edit(frames)
    assert fired(frames) == [code]


@pytest.mark.parametrize(("shift", "codes"), [(13.0, []), (13.1, ["cells.motion_is_within_its_bounds"])])
def test_frames_may_be_shifted_by_a_pixel_more_than_the_bound(shift, codes):
    frames = good(ACTIVE)
    frames["motion"].loc[frames["motion"]["axis"] == "y", "high"] = shift
    assert fired(frames) == codes


def test_a_bound_of_thirty_pixels_is_the_largest():
    frames = good(ACTIVE)
    frames["cells"]["max_correction_up"] = 30.0
    assert fired(frames) == []


def test_planes_may_move_alike_along_one_axis():
    frames = good(ACTIVE)
    other = frames["motion"].assign(plane="VISl_75")
    other.loc[other["axis"] == "y", "digest"] = "other"
    frames["motion"] = pd.concat([frames["motion"], other], ignore_index=True)
    assert fired(frames) == []


def test_a_few_frames_may_stand_still():
    frames = good(ACTIVE)
    never_shifted(frames)
    frames["motion"]["n_frames"] = 999
    assert fired(frames) == []


def test_the_finding_names_the_other_plane():
    frames = good(ACTIVE)
    shifts_of_another_plane(frames)
    found = motion.motion_is_of_its_own_plane.function(frames["motion"])
    assert set(found["got"]) <= {
        f"the shifts of {plane} along {axis}" for plane in frames["motion"]["plane"] for axis in "xy"
    }
