"""Masks that are not where they should be."""

import pandas as pd
import pytest

from support.judged_sessions import Case, Frames, fired, good
from support.standard_session import ACTIVE


def empty_mask(frames: Frames) -> None:
    frames["masks"].loc[0, "n_pixels"] = 0
    frames["masks"].loc[0, ["left", "right", "top", "bottom"]] = pd.NA


def mask_outside(frames: Frames) -> None:
    frames["masks"].loc[0, "right"] = 96


def mask_of_another_field(frames: Frames) -> None:
    frames["masks"]["image_width"] = 84


def box_elsewhere(frames: Frames) -> None:
    frames["cells"].loc[0, "x"] += 1


CASES: list[Case] = [
    ("masks.mask_has_pixels", empty_mask),
    ("masks.mask_inside_field", mask_outside),
    ("masks.mask_inside_field", mask_of_another_field),
    ("cells.box_is_around_mask", box_elsewhere),
]


@pytest.mark.parametrize(("code", "edit"), CASES, ids=lambda value: getattr(value, "__name__", value))
def test_a_fault_fires_its_rule_and_no_other(code, edit):
    frames = good(ACTIVE)
    edit(frames)
    assert fired(frames) == [code]


def test_a_mask_that_the_source_does_not_have_may_be_empty():
    frames = good(ACTIVE)
    empty_mask(frames)
    frames["masks"].loc[0, "mask_status"] = "absent: source holds no mask"
    assert fired(frames) == []
