"""Path patterns find what NeuroConv's LocalPathExpander finds."""

import pytest
from neuroconv.tools import LocalPathExpander

from nwbgate.conversion.sources.source_patterns import SourceFolder, fields_of, filled_pattern, session_fields
from nwbgate.errors import RecipeError


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("data")
    for name in (
        "m1/day1/a.csv",
        "m1/day2/a.csv",
        "m2/day1/a.csv",
        "m2/day1/deep/b.csv",
        "m2/.hidden/a.csv",
        "rig.json",
    ):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("x")
    return root


@pytest.mark.parametrize(
    "pattern",
    [
        "{subject_id}/{session_id}/a.csv",
        "m1/{session_id}/a.csv",
        "{subject_id}/day{day:d}/a.csv",
        "{x}/{y}/{z}/{w}.csv",
    ],
)
def test_files_are_those_of_the_path_expander(folder, pattern):
    theirs = LocalPathExpander().expand_paths({"A": {"base_directory": folder, "file_path": pattern}})
    theirs = {entry["source_data"]["A"]["file_path"] for entry in theirs}
    ours = {str(match.path) for match in SourceFolder(folder).matches(pattern)}
    assert ours
    assert ours == {path for path in theirs if "hidden" not in path}


def test_folders_match_too(folder):
    found = SourceFolder(folder).matches("{subject_id}/{session_id}")
    assert [(match.path.name, match.fields["subject_id"]) for match in found if match.path.is_dir()] == [
        ("day1", "m1"), ("day2", "m1"), ("day1", "m2"),
    ]  # fmt: skip


def test_a_path_without_fields_is_one_path(folder):
    listed = SourceFolder(folder)
    assert [match.path.name for match in listed.matches("rig.json")] == ["rig.json"]
    assert listed.matches("absent.json") == []


def test_sessions_are_the_values_of_the_patterns_with_most_fields(folder):
    listed = SourceFolder(folder)
    every = [listed.matches("{subject_id}/{session_id}/a.csv"), listed.matches("{subject_id}/{_}/deep/b.csv")]
    assert session_fields(every[:1]) == [
        {"subject_id": "m1", "session_id": "day1"},
        {"subject_id": "m1", "session_id": "day2"},
        {"subject_id": "m2", "session_id": "day1"},
    ]


@pytest.mark.parametrize("pattern", ["{subject_id/a.csv", "{a}/{a:d}/x"])
def test_a_broken_pattern_is_named(folder, pattern):
    with pytest.raises(RecipeError, match=r"(?s)invalid path pattern.*conversion\.yaml: here"):
        SourceFolder(folder).matches(pattern, where="conversion.yaml: here")


def test_fields_are_filled_in_messages():
    assert fields_of("{a}/{b:d}/{a}") == ["a", "b"]
    assert filled_pattern("{a}/{b}/x", {"a": 1}) == "1/{b}/x"
