"""Columns of presentations that do not follow from the others."""

import numpy as np
import pandas as pd
import pytest

from support.judged_sessions import Case, Frames, fired, good, outcome
from support.standard_session import ACTIVE, FLASHED, GRATINGS

CHANGE, FLASH, OMITTED, MOVIE = 5, 11, 33, 500


def shown(frames: Frames) -> pd.DataFrame:
    return frames["stimulus_presentations"]


def lose(frames: Frames, row: int) -> None:
    frames["stimulus_presentations"] = shown(frames).drop(index=row).reset_index(drop=True)


def index_of_another(frames: Frames) -> None:
    shown(frames).loc[FLASH, "image_index"] = 5


def indices_from_one(frames: Frames) -> None:
    shown(frames)["image_index"] += 1


def image_of_another_set(frames: Frames) -> None:
    shown(frames).loc[FLASH, "image_set"] = "Natural_Images_Lum_Matched_set_ophys_6_2017.07.14"


def one_flash_novel(frames: Frames) -> None:
    novel = bool(shown(frames).loc[FLASH, "is_image_novel"])
    shown(frames).loc[FLASH, "is_image_novel"] = not novel


def count_off(frames: Frames) -> None:
    shown(frames).loc[FLASH, "flashes_since_change"] += 1


def count_from_one(frames: Frames) -> None:
    shown(frames)["flashes_since_change"] += 1


def trial_of_the_next(frames: Frames) -> None:
    shown(frames).loc[FLASH, "trials_id"] += 1


def flash_without_trial(frames: Frames) -> None:
    shown(frames).loc[FLASH, "trials_id"] = pd.NA


def movie_called_active(frames: Frames) -> None:
    shown(frames).loc[MOVIE, "active"] = True


def flash_called_inactive(frames: Frames) -> None:
    shown(frames).loc[FLASH, "active"] = False


def flash_of_the_next_block(frames: Frames) -> None:
    shown(frames).loc[FLASH, "stimulus_block"] = 2


def movie_in_two_blocks(frames: Frames) -> None:
    shown(frames).loc[MOVIE:, "stimulus_block"] += 1


def blocks_from_one(frames: Frames) -> None:
    shown(frames)["stimulus_block"] += 1


def block_of_another_name(frames: Frames) -> None:
    shown(frames).loc[FLASH, "stimulus_block_name"] = "natural_movie_one"


def movie_frame_twice(frames: Frames) -> None:
    shown(frames).loc[MOVIE, "movie_frame_index"] += 1


def movie_repeat_too_high(frames: Frames) -> None:
    shown(frames).loc[MOVIE, "movie_repeat"] += 1


def movie_repeats_from_one(frames: Frames) -> None:
    shown(frames)["movie_repeat"] += 1


def movie_frame_lost(frames: Frames) -> None:
    lose(frames, MOVIE)


def flash_lost(frames: Frames) -> None:
    lose(frames, FLASH)


def omission_lost(frames: Frames) -> None:
    lose(frames, OMITTED)


def blank_of_another_task(frames: Frames) -> None:
    frames["task_parameters"]["blank_duration_sec"] = [np.array([0.6, 0.6])]


def sham_change_of_no_trial(frames: Frames) -> None:
    shown(frames).loc[FLASH, "is_sham_change"] = True


def omissions_without_fraction(frames: Frames) -> None:
    frames["task_parameters"]["omitted_flash_fraction"] = np.nan


def drawn_frames_of_another(frames: Frames) -> None:
    frames["task_parameters"]["n_stimulus_frames"] += 30


def all_novel(frames: Frames) -> None:
    shown(frames)["is_image_novel"] = True


def omissions_of_half_the_flashes(frames: Frames) -> None:
    frames["task_parameters"]["omitted_flash_fraction"] = 0.5


CASES: list[Case] = [
    ("stimulus_presentations.trained_images_are_familiar", all_novel),
    ("stimulus_presentations.index_is_of_the_image", index_of_another),
    ("stimulus_presentations.index_is_of_the_image", indices_from_one),
    ("stimulus_presentations.images_are_of_one_set", image_of_another_set),
    ("stimulus_presentations.novelty_is_of_the_image", one_flash_novel),
    ("stimulus_presentations.flashes_since_change_count", count_off),
    ("stimulus_presentations.flashes_since_change_count", count_from_one),
    ("stimulus_presentations.trial_is_at_the_time", trial_of_the_next),
    ("stimulus_presentations.trial_is_at_the_time", flash_without_trial),
    ("stimulus_presentations.active_is_in_the_task", movie_called_active),
    ("stimulus_presentations.active_is_in_the_task", flash_called_inactive),
    ("stimulus_presentations.blocks_follow_each_other", flash_of_the_next_block),
    ("stimulus_presentations.blocks_follow_each_other", movie_in_two_blocks),
    ("stimulus_presentations.blocks_follow_each_other", blocks_from_one),
    ("stimulus_presentations.blocks_follow_each_other", block_of_another_name),
    ("stimulus_presentations.movie_frames_follow_each_other", movie_frame_twice),
    ("stimulus_presentations.movie_frames_follow_each_other", movie_repeat_too_high),
    ("stimulus_presentations.movie_frames_follow_each_other", movie_repeats_from_one),
    ("stimulus_presentations.movie_frames_follow_each_other", movie_frame_lost),
    ("stimulus_presentations.cadence_is_of_the_task", flash_lost),
    ("stimulus_presentations.cadence_is_of_the_task", omission_lost),
    ("stimulus_presentations.cadence_is_of_the_task", blank_of_another_task),
    ("stimulus_presentations.change_is_of_a_trial", sham_change_of_no_trial),
    ("task_parameters.omissions_fit_their_fraction", omissions_without_fraction),
    ("task_parameters.omissions_fit_their_fraction", omissions_of_half_the_flashes),
    ("task_parameters.drawn_frames_are_those_of_the_flashes", drawn_frames_of_another),
]


@pytest.mark.parametrize(("code", "edit"), CASES, ids=lambda value: getattr(value, "__name__", value))
def test_a_fault_fires_its_rule_and_no_other(code, edit):
    frames = good(ACTIVE)
    edit(frames)
    assert fired(frames) == [code]


def test_a_lost_flash_is_counted():
    frames = good(ACTIVE)
    flash_lost(frames)
    assert "90 frames after the one before: 1 flash is missing" in outcome(frames).findings[0].message
    frames = good(ACTIVE)
    for _ in range(2):
        lose(frames, FLASH)
    assert "2 flashes are missing" in outcome(frames).findings[0].message


@pytest.mark.parametrize("path", [GRATINGS, FLASHED], ids=lambda path: path.stem)
def test_gratings_have_no_omissions_no_movie_and_no_set_of_images(path):
    assert fired(good(path)) == []


@pytest.mark.parametrize(("more", "codes"), [(7, []), (8, ["task_parameters.drawn_frames_are_those_of_the_flashes"])])
def test_half_a_flash_of_drawn_frames_may_differ(more, codes):
    frames = good(ACTIVE)
    frames["task_parameters"]["n_stimulus_frames"] += more
    assert fired(frames) == codes


@pytest.mark.parametrize("first", [0, 1, 7])
def test_the_first_flash_of_the_task_may_have_any_count(first):
    frames = good(ACTIVE)
    table = shown(frames)
    task = table.index[table["stimulus_block_name"] == "change_detection_behavior"]
    until = table.index[table["is_change"].fillna(False).astype(bool)][0]
    table.loc[task[0] : until - 1, "flashes_since_change"] += first
    assert fired(frames) == []
