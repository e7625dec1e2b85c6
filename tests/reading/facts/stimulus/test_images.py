"""Templates and the series of images shown, as facts."""

import shutil

import h5py
import numpy as np
import pytest

from nwbgate.reading.facts.file_frames import session_frames
from support.standard_session import ACTIVE, GRATINGS

TEMPLATES = "stimulus/templates/Natural_Images_Lum_Matched_set_training_2017.07.14"
SERIES = "stimulus/presentation/Natural_Images_Lum_Matched_set_training_2017.07.14"


def edited(tmp_path, edit):
    """The frames of a copy of a session after an edit."""
    path = shutil.copy(ACTIVE, tmp_path / "copy.nwb")
    with h5py.File(path, "r+") as file:
        edit(file)
    return session_frames(path, ["template_images", "shown_images"])


def test_each_template_has_two_versions_that_show_one_image():
    templates = session_frames(ACTIVE, ["template_images"])["template_images"]
    assert templates["version"].value_counts().to_dict() == {"warped": 8, "unwarped": 8}
    unwarped = templates[templates["version"] == "unwarped"]
    assert (unwarped["own"] > 0.9).all()
    assert (unwarped["best"] < 0.5).all()
    assert templates["digest"].is_unique
    assert (templates["highest"] > templates["lowest"]).all()


def test_a_template_that_was_never_filled_has_no_extent(tmp_path):
    def fill(file: h5py.File) -> None:
        file[f"{TEMPLATES}/unwarped"][3] = np.nan

    templates = edited(tmp_path, fill)["template_images"]
    assert templates["lowest"].isna().sum() == 1


def test_exchanged_versions_are_like_each_other(tmp_path):
    def exchange(file: h5py.File) -> None:
        images = file[f"{TEMPLATES}/unwarped"]
        images[2], images[3] = images[3], images[2]

    templates = edited(tmp_path, exchange)["template_images"].set_index(["version", "image_name"])
    names = templates.loc["warped"].index
    assert templates.loc[("unwarped", names[2]), "best_image_name"] == names[3]
    assert templates.loc[("unwarped", names[2]), "best"] > 0.9


def test_the_series_has_a_row_per_image_shown():
    frames = session_frames(ACTIVE, ["shown_images", "stimulus_presentations"])
    shown, presented = frames["shown_images"], frames["stimulus_presentations"]
    flashes = presented[presented["image_name"].notna() & (presented["image_name"] != "omitted")]
    assert shown["image_name"].tolist() == flashes["image_name"].tolist()
    assert shown["start_time"].to_numpy() == pytest.approx(flashes["start_time"].to_numpy())


def test_an_index_of_no_image_has_no_name(tmp_path):
    def point_beyond(file: h5py.File) -> None:
        file[f"{SERIES}/data"][5] = 99

    shown = edited(tmp_path, point_beyond)["shown_images"]
    assert shown["image_name"].isna().tolist() == [row == 5 for row in range(len(shown))]


def test_a_series_without_its_images_is_left_out(tmp_path):
    def unlink(file: h5py.File) -> None:
        del file[f"{SERIES}/indexed_timeseries"]

    assert "shown_images" not in edited(tmp_path, unlink)


def test_gratings_are_templates_too():
    templates = session_frames(GRATINGS, ["template_images"])["template_images"]
    assert templates["image_name"].nunique() == 2
