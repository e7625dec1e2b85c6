"""Templates, and the series of images that were shown."""

import pytest

from nwbgate.rules.sessions.stimulus import images
from support.judged_sessions import Case, Frames, fired, good
from support.standard_session import ACTIVE, FLASHED, GRATINGS, PASSIVE

ROW = 20


def all_black(frames: Frames) -> None:
    frames["template_images"].loc[2, ["lowest", "highest"]] = 0.0


def never_filled(frames: Frames) -> None:
    frames["template_images"].loc[2, ["lowest", "highest"]] = float("nan")


def one_image_for_two_names(frames: Frames) -> None:
    frames["template_images"].loc[2, "digest"] = frames["template_images"].loc[3, "digest"]


def unwarped_of_another(frames: Frames) -> None:
    templates = frames["template_images"]
    row = templates.index[templates["version"] == "unwarped"][2]
    templates.loc[row, ["own", "best", "best_image_name"]] = [0.1, 0.99, "im061"]


def unwarped_up_to_one(frames: Frames) -> None:
    templates = frames["template_images"]
    templates.loc[templates["version"] == "unwarped", ["lowest", "highest"]] /= 255


def negative(frames: Frames) -> None:
    templates = frames["template_images"]
    templates.loc[templates["version"] == "unwarped", "own"] *= -1


def other_image(frames: Frames) -> None:
    name = frames["shown_images"].loc[ROW, "image_name"]
    frames["shown_images"].loc[ROW, "image_name"] = "im061" if name != "im061" else "im062"


def a_flash_late(frames: Frames) -> None:
    frames["shown_images"]["start_time"] += 0.75


def series_lost_a_row(frames: Frames) -> None:
    frames["shown_images"] = frames["shown_images"].drop(index=ROW).reset_index(drop=True)


CASES: list[Case] = [
    ("template_images.template_is_not_empty", all_black),
    ("template_images.template_is_not_empty", never_filled),
    ("template_images.templates_differ", one_image_for_two_names),
    ("template_images.versions_show_one_image", unwarped_of_another),
    ("template_images.versions_show_one_image", negative),
    ("template_images.versions_have_one_scale", unwarped_up_to_one),
    ("shown_images.shown_is_presented", other_image),
    ("shown_images.shown_is_presented", a_flash_late),
    ("stimulus_presentations.presented_is_shown", series_lost_a_row),
]


@pytest.mark.parametrize(("code", "edit"), CASES, ids=lambda value: getattr(value, "__name__", value))
def test_a_fault_of_images_fires_its_rule_and_no_other(code, edit):
    frames = good(ACTIVE)
    edit(frames)
    assert fired(frames) == [code]


@pytest.mark.parametrize("path", [ACTIVE, PASSIVE, GRATINGS, FLASHED], ids=lambda path: path.stem)
def test_every_rule_has_images_to_judge(path):
    frames = good(path)
    assert len(frames["template_images"]) >= 4
    assert len(frames["shown_images"]) >= 12


def test_versions_that_resemble_nothing_are_not_judged():
    frames = good(ACTIVE)
    frames["template_images"][["own", "best"]] = [0.25, 0.54]
    assert fired(frames) == []


def test_templates_of_one_scale_may_be_dark():
    frames = good(ACTIVE)
    frames["template_images"][["lowest", "highest"]] = [0.0, 1.0]
    assert fired(frames) == []


def test_the_finding_names_all_images_that_are_one():
    frames = good(ACTIVE)
    one_image_for_two_names(frames)
    found = images.templates_differ.function(frames["template_images"])
    assert (
        found["got"].tolist() == ["one warped image for im063, im065"] * 2 or "warped image for" in found["got"].iloc[0]
    )


def test_a_session_without_presentations_of_images_says_nothing():
    frames = good(ACTIVE)
    none = frames["stimulus_presentations"].iloc[:0]
    assert images.shown_is_presented.function(frames["shown_images"], none) is None
    assert images.presented_is_shown.function(none, frames["shown_images"]) is None
