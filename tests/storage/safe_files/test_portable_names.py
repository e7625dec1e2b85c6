"""Names that a system refuses, and names that file systems take for one."""

from pathlib import Path

import pytest

from nwbgate.storage.safe_files.portable_names import LONGEST, find_look_alike, fold_name, refusal_of_name


@pytest.mark.parametrize(
    "name", ["CON", "nul.nwb", "Aux.tar.gz", "com1", "LPT9.nwb", "m1.", "m1 ", "C:", "a\\b", "a?b", "a\tb", "com¹.nwb"]
)
def test_names_that_windows_refuses(name):
    assert refusal_of_name(name).startswith("Windows ")


@pytest.mark.parametrize("name", ["sub-con_ses-1.nwb", "console.nwb", "com10.nwb", "m1.nwb", ".hidden", "a b", "nul-1"])
def test_names_that_it_takes(name):
    assert refusal_of_name(name) == ""


def test_names_that_differ_in_case_or_unicode_form_are_one():
    composed, decomposed = "sub-\u00e9.nwb", "sub-e\u0301.nwb"
    assert fold_name(Path("A", composed)) == fold_name(Path("a", decomposed))
    assert fold_name(Path("sub-a.nwb")) != fold_name(Path("sub-b.nwb"))


def test_a_name_may_have_as_many_bytes_as_linux_takes():
    assert refusal_of_name("a" * LONGEST) == ""
    assert refusal_of_name("a" * (LONGEST + 1)) == "it has 256 bytes, and Linux takes 255"
    assert refusal_of_name("\u00e9" * (LONGEST // 2)) == ""
    assert "256 bytes" in refusal_of_name("\u00e9" * 128)


@pytest.mark.parametrize(("there", "found"), [("sub-A/x.nwb", "sub-A"), ("sub-a/X.nwb", "sub-a/X.nwb")])
def test_a_file_or_folder_in_another_spelling_is_found(tmp_path, there, found):
    (tmp_path / there).parent.mkdir()
    (tmp_path / there).touch()
    assert find_look_alike(tmp_path / "sub-a" / "x.nwb", tmp_path) == tmp_path / found


def test_the_file_itself_and_other_names_are_no_look_alikes(tmp_path):
    assert find_look_alike(tmp_path / "new" / "sub-a" / "x.nwb", tmp_path) is None
    (tmp_path / "sub-a").mkdir()
    (tmp_path / "sub-a" / "x.nwb").touch()
    assert find_look_alike(tmp_path / "sub-a" / "x.nwb", tmp_path) is None
    assert find_look_alike(tmp_path / "sub-a" / "y.nwb", tmp_path) is None
