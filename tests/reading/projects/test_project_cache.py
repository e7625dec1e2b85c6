"""A project of many files reads each once; its tables are the same from the cache."""

import shutil
import time

import pandas as pd
import pytest

from nwbgate.cache import file_stamp
from nwbgate.cache.folder_cache import NAME
from nwbgate.errors import SourceWarning
from nwbgate.reading.projects import files as project_files
from nwbgate.reading.projects.project import Project
from nwbgate.storage import hdf5
from support.any_nwb_file import make_nwb_file
from support.converted_sessions import converted_recordings, converted_release

TABLES = ("nwb_files", "behavior_sessions", "ophys_sessions", "ophys_experiments", "ophys_cells", "recordings", "mice")


@pytest.fixture(autouse=True)
def settled(monkeypatch):
    monkeypatch.setattr(file_stamp, "GRANULARITY", 0)
    monkeypatch.setattr(project_files, "FEWEST_KEPT", 3)


@pytest.fixture
def folder(tmp_path, tmp_path_factory):
    """Converted sessions and recordings, and a file of another lab, as copies."""
    made = [
        *(converted_release(tmp_path_factory.getbasetemp()) / "nwb").rglob("*.nwb"),
        *converted_recordings(tmp_path_factory.getbasetemp()).rglob("*.nwb"),
        make_nwb_file(tmp_path / "other" / "a.nwb"),
    ]
    for path in made[:-1]:
        shutil.copy(path, tmp_path)
    time.sleep(0.02)  # the clock of the file system goes in steps of some milliseconds
    return tmp_path


@pytest.fixture
def opened(monkeypatch):
    """Names of the files that HDF5 is asked to open."""
    names, original = [], hdf5.h5py.File

    class Noted(original):
        def __init__(self, name, *arguments, **options):
            names.append(str(name))
            super().__init__(name, *arguments, **options)

    monkeypatch.setattr(hdf5.h5py, "File", Noted)
    return names


def tables(project):
    return {name: getattr(project, name) for name in TABLES}


def test_tables_are_the_same_from_the_cache_and_without_one(folder, opened):
    without = tables(Project(folder, cache=False))
    assert not (folder / NAME).exists()
    first = tables(Project(folder))
    assert opened
    opened.clear()
    second = tables(Project(folder))
    assert opened == []
    for name in TABLES:
        pd.testing.assert_frame_equal(first[name], without[name])
        pd.testing.assert_frame_equal(second[name], without[name])
    assert all(len(second[name]) for name in TABLES)


def test_only_changed_and_new_files_are_read(folder, opened):
    tables(Project(folder))
    opened.clear()
    new = make_nwb_file(folder / "other" / "b.nwb", session_id="s9", subject_id="m9")
    project = Project(folder)
    assert "s9" in set(project.nwb_files["session_id"])
    assert set(opened) == {str(new)}


def test_a_session_is_found_without_opening_the_others(folder, opened):
    for number, path in enumerate(sorted(folder.glob("*.nwb"))):
        path.rename(path.with_name(f"x{number}.nwb"))  # no name tells the session
    time.sleep(0.02)
    (session, *_) = tables(Project(folder))["behavior_sessions"].index
    opened.clear()
    found = Project(folder).session(session)
    assert found.metadata["behavior_session_id"] == session
    assert set(opened) == {str(found.path)}


def test_an_unreadable_file_is_named_each_time(folder):
    (folder / "broken.nwb").write_bytes(b"no HDF5")
    for _ in range(2):
        project = Project(folder)
        with pytest.warns(SourceWarning, match="broken.nwb cannot be read"):
            assert len(project.nwb_files)
        assert list(project.files.unreadable) == [folder / "broken.nwb"]


def test_few_files_leave_no_cache(folder, monkeypatch):
    monkeypatch.setattr(project_files, "FEWEST_KEPT", 20)
    tables(Project(folder))
    assert not (folder / NAME).exists()
