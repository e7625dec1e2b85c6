"""A folder that changes: seen when it is asked for, and two files of one session are named."""

import shutil
import warnings

import h5py
import pytest

from nwbgate.errors import SourceWarning, UsageError
from nwbgate.reading.projects.project import Project
from support.standard_session import GRATINGS as FILE

GRATINGS = 1900011401


@pytest.fixture
def folder(tmp_path):
    shutil.copy(FILE, tmp_path / f"first_{GRATINGS}.nwb")
    return tmp_path


def with_mouse(path, mouse):
    with h5py.File(path, "r+") as file:
        file["general/subject/subject_id"][()] = mouse


def test_a_file_that_is_added_is_seen_after_a_refresh(folder):
    project = Project(folder)
    (folder / f"first_{GRATINGS}.nwb").rename(folder / "away")
    project.refresh()
    with pytest.raises(UsageError, match=f"no session {GRATINGS}"):
        project.session(GRATINGS)
    (folder / "away").rename(folder / "back.nwb")
    assert len(project.files.paths) == 0
    project.refresh()
    assert project.session(GRATINGS).path == folder / "back.nwb"
    assert list(project.behavior_sessions.index) == [GRATINGS]


def test_a_file_that_is_replaced_is_read_anew_after_a_refresh(folder):
    project = Project(folder)
    session = project.session(GRATINGS)
    mouse = project.behavior_sessions.loc[GRATINGS, "mouse_id"]
    new = folder / "new"
    shutil.copy(FILE, new)
    with_mouse(new, "111111")
    new.replace(folder / f"first_{GRATINGS}.nwb")
    assert project.behavior_sessions.loc[GRATINGS, "mouse_id"] == mouse
    project.refresh()
    assert project.behavior_sessions.loc[GRATINGS, "mouse_id"] == "111111"
    assert project.session(GRATINGS) is not session
    assert project.session(GRATINGS).metadata["mouse_id"] == "111111"


def test_one_file_of_a_session_is_no_copy(folder):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert Project(folder).session(GRATINGS).path.name.startswith("first")


def test_two_files_of_a_session_are_both_named(folder):
    shutil.copy(FILE, folder / f"second_{GRATINGS}.nwb")
    with pytest.warns(
        SourceWarning, match=rf"second_{GRATINGS}.nwb contains the same session as \S*first_{GRATINGS}.nwb"
    ):
        assert Project(folder).session(GRATINGS).path.name.startswith("first")


def test_sessions_of_training_alone_make_a_table(folder):
    """No file says the indicator then, which comes from the genotype."""
    sessions = Project(folder).behavior_sessions
    assert sessions.loc[GRATINGS, "indicator"] == "GCaMP6f"
    assert sessions["ophys_session_id"].isna().all()
