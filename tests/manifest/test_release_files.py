"""The list of files that a release has beside its tables."""

import json

import pytest

from nwbgate.errors import TableError
from nwbgate.manifest.release_files import listed_files

NAME = "visual-behavior-ophys_project_manifest_v1.1.0.json"
FILE = {"url": "https://x/behavior_sessions/behavior_session_870987812.nwb", "file_hash": "0" * 128}
LIST = {"metadata_files": {}, "data_files": {"12": FILE}}


@pytest.mark.parametrize("folder", ["project_metadata", "manifests"])
def test_the_list_is_found_beside_the_tables_and_in_its_own_folder(tmp_path, folder):
    for name in ("project_metadata", "manifests"):
        (tmp_path / name).mkdir()
    (tmp_path / folder / NAME).write_text(json.dumps(LIST))
    listed = listed_files(tmp_path / "project_metadata")
    assert listed.to_dict("list") == {"file_id": [12], "name": ["behavior_session_870987812.nwb"]}


def test_of_several_lists_none_is_taken(tmp_path):
    for name in (NAME, NAME.replace("1.1", "1.0")):
        (tmp_path / name).write_text(json.dumps(LIST))
    assert listed_files(tmp_path) is None


@pytest.mark.parametrize(
    ("text", "got"),
    [
        ("{", "Invalid JSON"),
        ("[1]", "should be an object"),
        ("[" * 100_000, "recursion limit"),
        (json.dumps({**LIST, "data_files": [1]}), "data_files: Input should be"),
        (json.dumps({**LIST, "data_files": {"a": FILE}}), "data_files.a.[key]: Input should be a valid integer"),
        (json.dumps({**LIST, "data_files": {"12": 3}}), "data_files.12: Input should be an object"),
        (json.dumps({**LIST, "data_files": {"12": {**FILE, "file_hash": "0"}}}), "data_files.12.file_hash: String"),
        (json.dumps({"data_files": {"12": FILE}}), "metadata_files: Field required"),
    ],
)
def test_a_list_that_is_none_is_named(tmp_path, text, got):
    (tmp_path / NAME).write_text(text)
    with pytest.raises(TableError, match="cannot read the list") as error:
        listed_files(tmp_path)
    assert got in error.value.got
    assert error.value.where == str(tmp_path / NAME)
