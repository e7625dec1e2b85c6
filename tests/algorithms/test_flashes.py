"""Flashes from the frames in which a stimulus was drawn."""

import numpy as np

from nwbgate.algorithms.flashes import drawn_flashes, flashes_since_change, is_change, omitted_flashes


def flashes(drawn, settings, frames=None):
    start, end = drawn_flashes(np.array(drawn, dtype=bool), np.array(settings, dtype=np.int64), frames or len(drawn))
    return list(zip(start.tolist(), end.tolist(), strict=True))


def test_a_flash_is_a_run_of_drawn_frames():
    assert flashes([0, 1, 1, 0, 0, 1, 0], [0]) == [(1, 3), (5, 6)]


def test_a_flash_is_split_where_another_image_was_set():
    assert flashes([1, 1, 1, 1], [0, 2]) == [(0, 2), (2, 4)]
    assert flashes([1, 1, 1, 1], [0, 0, 2]) == [(0, 2), (2, 4)]


def test_frames_before_the_first_setting_and_after_the_last_time_are_none():
    assert flashes([1, 1, 1, 0, 1], [2], frames=4) == [(2, 3)]
    assert flashes([1, 1], [0], frames=3) == [(0, 2)]
    assert flashes([1, 1], []) == []


def test_omissions_count_once_and_not_near_a_drawn_flash():
    starts = np.array([10, 100])
    assert omitted_flashes(np.array([50, 50, 13, 14, 97, 96, 2, 150]), starts).tolist() == [2, 14, 50, 96, 150]
    assert omitted_flashes(np.array([5]), np.empty(0, np.int64)).tolist() == [5]


def test_a_change_is_seen_across_an_omission():
    omitted = np.array([False, False, True, False, False])
    changes = is_change(["a", "a", "omitted", "b", "b"], omitted)
    assert changes.tolist() == [False, False, False, True, False]
    assert flashes_since_change(changes, omitted).tolist() == [0, 1, 1, 0, 1]
    assert is_change([], np.empty(0, bool)).size == flashes_since_change(np.empty(0, bool), np.empty(0, bool)).size == 0
