"""Paths of a command line: files, folders and patterns."""

from pathlib import Path

import pytest

from nwbgate.check.paths import nwb_files
from nwbgate.errors import UsageError


@pytest.fixture
def folder(tmp_path, monkeypatch):
    for name in ("b.nwb", "a.nwb", "sub/c.nwb", "sub/notes.txt", "none/notes.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["b.nwb", "a.nwb"], ["b.nwb", "a.nwb"]),
        (["sub/notes.txt"], ["sub/notes.txt"]),
        (["."], ["a.nwb", "b.nwb", "sub/c.nwb"]),
        (["*.nwb"], ["a.nwb", "b.nwb"]),
        (["**/*.nwb"], ["a.nwb", "b.nwb", "sub/c.nwb"]),
        (["su*"], ["sub/c.nwb"]),
        (["a.nwb", "."], ["a.nwb", "b.nwb", "sub/c.nwb"]),
        ([], []),
    ],
)
def test_they_stand_for_files_each_once(folder, paths, expected):
    assert nwb_files(paths) == [Path(name) for name in expected]


def test_one_path_need_not_be_in_a_list(folder):
    assert nwb_files("sub") == nwb_files(Path("sub")) == [Path("sub/c.nwb")]


def test_a_pattern_that_cannot_be_read_is_refused_with_an_example(folder):
    with pytest.raises(UsageError, match="pattern") as error:
        nwb_files(["**.nwb"])
    assert "'data/**/*.nwb'" in error.value.expected


def test_a_pattern_may_be_absolute(folder):
    assert nwb_files([f"{folder}/su?/*.nwb"]) == [folder / "sub/c.nwb"]


@pytest.mark.parametrize("path", ["none", "*.hdf5", "missing.nwb"])
def test_a_path_that_stands_for_nothing_is_refused(folder, path):
    with pytest.raises(UsageError, match=r"(holds no NWB file|no such file)") as error:
        nwb_files([path])
    assert error.value.where == path


def test_a_file_with_the_name_of_a_pattern_is_a_file(folder):
    (folder / "x[1].nwb").touch()
    assert nwb_files(["x[1].nwb"]) == [Path("x[1].nwb")]
