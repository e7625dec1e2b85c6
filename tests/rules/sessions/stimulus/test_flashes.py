"""Presentations that cannot have been shown so."""

import pandas as pd
import pytest

from support.judged_sessions import Case, Frames, end_at, fired, good
from support.standard_session import ACTIVE, FLASHED, GRATINGS

FLASH = 11  # a repeat of the image before it


def starts_too_early(frames: Frames) -> None:
    shown = frames["stimulus_presentations"]
    shown.loc[FLASH, "start_time"] = shown.loc[FLASH - 2, "start_time"]


def stops_before_it_starts(frames: Frames) -> None:
    shown = frames["stimulus_presentations"]
    shown.loc[FLASH, "stop_time"] = shown.loc[FLASH, "start_time"] - 0.1


def begins_within_the_one_before(frames: Frames) -> None:
    end_at(frames, FLASH - 1, frames["stimulus_presentations"].loc[FLASH, "start_frame"] + 6)


def lasts_longer_than_its_times(frames: Frames) -> None:
    frames["stimulus_presentations"].loc[FLASH, "duration"] += 0.01


def lasts_seven_frames_too_long(frames: Frames) -> None:
    end_at(frames, FLASH, frames["stimulus_presentations"].loc[FLASH, "end_frame"] + 7)


def omission_called_shown(frames: Frames) -> None:
    shown = frames["stimulus_presentations"]
    shown.loc[shown["omitted"].eq(True).idxmax(), "omitted"] = False


def image_called_omitted(frames: Frames) -> None:
    frames["stimulus_presentations"].loc[FLASH, "omitted"] = True


def change_on_an_omission(frames: Frames) -> None:
    shown = frames["stimulus_presentations"]
    shown.loc[shown["omitted"].eq(True).idxmax(), "is_change"] = True


def sham_change_on_an_omission(frames: Frames) -> None:
    shown = frames["stimulus_presentations"]
    shown.loc[shown["omitted"].eq(True).idxmax(), "is_sham_change"] = True


def repeat_called_change(frames: Frames) -> None:
    frames["stimulus_presentations"].loc[FLASH, "is_change"] = True


def change_called_repeat(frames: Frames) -> None:
    shown = frames["stimulus_presentations"]
    shown.loc[shown["is_change"].eq(True).idxmax(), "is_change"] = False


def unknown_image(frames: Frames) -> None:
    frames["stimulus_presentations"].loc[FLASH, "image_name"] = "im999"


CASES: list[Case] = [
    ("stimulus_presentations.in_order", starts_too_early),
    ("stimulus_presentations.in_order", stops_before_it_starts),
    ("stimulus_presentations.overlap_only_at_last_omission", begins_within_the_one_before),
    ("stimulus_presentations.duration_is_stop_minus_start", lasts_longer_than_its_times),
    ("stimulus_presentations.flash_as_long_as_the_task_says", lasts_seven_frames_too_long),
    ("stimulus_presentations.omission_is_named_omitted", omission_called_shown),
    ("stimulus_presentations.omission_is_named_omitted", image_called_omitted),
    ("stimulus_presentations.no_change_on_omission", change_on_an_omission),
    ("stimulus_presentations.no_change_on_omission", sham_change_on_an_omission),
    ("stimulus_presentations.is_change_follows_images", repeat_called_change),
    ("stimulus_presentations.is_change_follows_images", change_called_repeat),
    ("stimulus_presentations.image_has_template", unknown_image),
]


@pytest.mark.parametrize(("code", "edit"), CASES, ids=lambda value: getattr(value, "__name__", value))
def test_a_fault_fires_its_rule_and_no_other(code, edit):
    frames = good(ACTIVE)
    edit(frames)
    assert fired(frames) == [code]


def test_a_gray_screen_may_begin_before_a_last_omitted_flash():
    frames = good(ACTIVE)
    shown = frames["stimulus_presentations"]
    last = shown.index[shown["stimulus_block_name"] == "change_detection_behavior"][-1]
    series = frames["shown_images"]
    frames["shown_images"] = series[series["start_time"] != shown.loc[last, "start_time"]]
    shown.loc[last, ["omitted", "image_name", "image_index", "is_change"]] = [True, "omitted", 8, False]
    shown.loc[last, "flashes_since_change"] -= 1
    frames["task_parameters"]["n_stimulus_frames"] -= 15
    shown.loc[last + 1, "start_time"] = shown.loc[last, "start_time"] - 0.2
    shown.loc[last + 1, "duration"] = shown.loc[last + 1, "stop_time"] - shown.loc[last + 1, "start_time"]
    frames["stimulus_presentations"] = shown.sort_values("start_time", ignore_index=True)
    assert fired(frames) == []


def test_three_frames_more_are_within_the_tolerance():
    frames = good(ACTIVE)
    end_at(frames, FLASH, frames["stimulus_presentations"].loc[FLASH, "end_frame"] + 3)
    assert fired(frames) == []


def test_static_gratings_last_as_long_as_they_like():
    frames = good(GRATINGS)
    assert frames["stimulus_presentations"]["duration"].max() > 5
    assert fired(frames) == []


def test_flashed_gratings_are_held_to_their_duration():
    frames = good(FLASHED)
    end_at(frames, 5, frames["stimulus_presentations"].loc[5, "end_frame"] + 15)
    assert fired(frames) == ["stimulus_presentations.flash_as_long_as_the_task_says"]


def test_files_without_the_flags_are_not_judged_by_them():
    frames = good(ACTIVE)
    shown = frames["stimulus_presentations"]
    for column in ("is_change", "is_sham_change", "omitted"):
        shown[column] = pd.Series([pd.NA] * len(shown), dtype="boolean")
    assert fired(frames) == []
