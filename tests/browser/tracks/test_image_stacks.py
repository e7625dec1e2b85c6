"""Images of any file: frames at their times, pictures, and files that are only named."""

import json

import h5py
import numpy as np
import pytest

from nwbgate.browser.serving.keys import UnknownKeyError
from nwbgate.browser.serving.library import Library
from nwbgate.browser.serving.packing import unpack
from nwbgate.browser.tracks import image_stacks
from support.browsed_files import SESSION, write_images


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    opened = Library([write_images(tmp_path_factory.mktemp("images") / "a.nwb")])
    yield opened
    opened.close()


def doc(library):
    return json.loads(library.answer("doc/0").content)


def number_of(library, name):
    return next(number for number, stack in enumerate(doc(library)["stacks"]) if stack["name"] == name)


def packed(library, key):
    return unpack(library.answer(key).content)


def frame(library, name, number):
    about, arrays = packed(library, f"frame/0/{number_of(library, name)}/{number}")
    shape = (*about["size"], about["colours"]) if about["colours"] > 1 else about["size"]
    return about, arrays["pixels"].reshape(shape)


def test_frames_are_those_of_the_file(library):
    with h5py.File(library.files[0].source) as file:
        two_photon, camera = file["acquisition/TwoPhotonSeries/data"][()], file["acquisition/camera/data"][()]
    about, pixels = frame(library, "acquisition/TwoPhotonSeries", 3)
    np.testing.assert_array_equal(pixels, two_photon[3].T)  # stored as columns by rows
    assert (about["low"], about["high"]) == (two_photon[3].min(), two_photon[3].max())
    _, pixels = frame(library, "acquisition/camera", 1)
    np.testing.assert_array_equal(pixels, camera[1])


def test_a_volume_shows_its_largest_values(library):
    with h5py.File(library.files[0].source) as file:
        volume = file["acquisition/volume/data"][2]
    np.testing.assert_array_equal(frame(library, "acquisition/volume", 2)[1], volume.max(2).astype(np.float32))


def test_pictures_are_gray_or_in_colour(library):
    names = doc(library)["stacks"][number_of(library, "stimulus/templates/scenes")]["names"]
    assert names == ["colour", "gray"]
    about, pixels = frame(library, "stimulus/templates/scenes", 0)
    assert (about["colours"], pixels.shape) == (3, (6, 9, 3))
    assert (pixels.min(), pixels.max()) == (0, 255)  # stored from 0 to 1
    assert frame(library, "stimulus/templates/scenes", 1)[0]["size"] == [5, 4]


def test_times_are_stored_ones_or_those_of_the_rate(library):
    about, _ = packed(library, f"times/0/{number_of(library, 'acquisition/TwoPhotonSeries')}")
    assert (about["start"], about["period"]) == (0.5, pytest.approx(0.1))
    about, arrays = packed(library, f"times/0/{number_of(library, 'acquisition/camera')}")
    assert about["period"] is None
    np.testing.assert_array_equal(arrays["times"], [1.0, 2.5, 2.75])


def test_files_beside_are_named_and_not_opened(library):
    stack = doc(library)["stacks"][number_of(library, "acquisition/video")]
    assert (stack["external"], stack["frames"]) == (["../eye.mp4"], 0)


def test_image_series_stand_on_the_time_axis_and_templates_do_not(library):
    tracks = {track["name"]: track for track in doc(library)["tracks"]}
    assert tracks["TwoPhotonSeries"]["kind"] == "intervals"
    assert "templates" not in tracks
    assert not doc(library)["notes"]
    about, arrays = packed(library, f"rows/0/{list(tracks).index('TwoPhotonSeries')}")
    assert about["categories"] == ["20 frames"]
    assert (arrays["start"][0], arrays["stop"][0]) == (0.5, pytest.approx(2.4))


@pytest.mark.parametrize("key", ["frame/0/0/20", "frame/0/99/0", "times/0/99", "frame/0/{video}/0", "times/0/{scenes}"])
def test_what_is_not_there_is_refused(library, key):
    names = {"video": "acquisition/video", "scenes": "stimulus/templates/scenes"}
    key = key.format(**{word: number_of(library, name) for word, name in names.items()})
    with pytest.raises(UnknownKeyError):
        library.answer(key)


def test_large_images_are_thinned_and_huge_ones_left_out(tmp_path, monkeypatch):
    monkeypatch.setattr(image_stacks, "_MOST_SENT", 4)
    monkeypatch.setattr(image_stacks, "_MOST_PIXELS", 50)
    library = Library([write_images(tmp_path / "a.nwb")])
    assert frame(library, "acquisition/camera", 0)[0]["size"] == [3, 3]
    assert "acquisition/TwoPhotonSeries" not in [stack["name"] for stack in doc(library)["stacks"]]
    assert any("TwoPhotonSeries" in note and "too large" in note for note in doc(library)["notes"])
    library.close()


def test_a_session_has_its_templates():
    library = Library([SESSION])
    names = [stack["name"] for stack in doc(library)["stacks"]]
    assert any(name.startswith("stimulus/templates/") for name in names)
    library.close()
