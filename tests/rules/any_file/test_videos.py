"""Videos in other files and light for stimulation: unusual ones that are valid, and mistakes."""

import pandas as pd
import pytest

from nwbgate.rules.any_file.videos import light_is_in_nanometers, parts_follow_each_other, video_is_listed_once

NONE = float("nan")


def video(n_files: int, n_starts: float, n_backward: int = 0, n_repeated: int = 0):
    row = {"path": "/acquisition/v", "n_files": n_files, "n_repeated": n_repeated, "n_starts": n_starts}
    return pd.DataFrame([{**row, "n_backward": n_backward}])


@pytest.mark.parametrize(
    ("videos", "wrong"),
    [
        (video(1, 1), False),
        (video(3, 3), False),
        (video(2, NONE), False),  # by timestamps alone
        (video(2, 2, n_backward=1), True),
        (video(90, 1), False),  # one start for a series of images
    ],
)
def test_starting_frames(videos, wrong):
    assert (parts_follow_each_other.function(videos) is not None) == wrong


def test_a_file_is_listed_once():
    assert video_is_listed_once.function(video(3, 3)) is None
    assert video_is_listed_once.function(video(3, 3, n_repeated=1)) is not None


@pytest.mark.parametrize(
    ("wavelength", "wrong"),
    [(473.0, False), (1064.0, False), (200.0, False), (0.0, False), (473e-9, True), (0.473, True), (4730.0, True)],
)
def test_light(wavelength, wrong):
    found = light_is_in_nanometers.function(pd.DataFrame({"path": ["/s"], "wavelength": [wavelength]}))
    assert (found is not None) == wrong
