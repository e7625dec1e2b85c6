"""The list of files that a release has beside its tables."""

import pytest

from nwbgate.errors import TableError
from nwbgate.manifest.release_files import listed_files

NAME = "visual-behavior-ophys_project_manifest_v1.1.0.json"
LIST = '{"data_files": {"12": {"url": "https://x/behavior_sessions/behavior_session_870987812.nwb"}, "a": 3}}'


@pytest.mark.parametrize("folder", ["project_metadata", "manifests"])
def test_the_list_is_found_beside_the_tables_and_in_its_own_folder(tmp_path, folder):
    for name in ("project_metadata", "manifests"):
        (tmp_path / name).mkdir()
    (tmp_path / folder / NAME).write_text(LIST)
    listed = listed_files(tmp_path / "project_metadata")
    assert listed.to_dict("list") == {"file_id": [12], "name": ["behavior_session_870987812.nwb"]}


def test_of_several_lists_none_is_taken(tmp_path):
    for name in (NAME, NAME.replace("1.1", "1.0")):
        (tmp_path / name).write_text(LIST)
    assert listed_files(tmp_path) is None


@pytest.mark.parametrize("text", ["{", "[1]", '{"data_files": [1]}', "[" * 100_000])
def test_a_list_that_is_none_is_named(tmp_path, text):
    (tmp_path / NAME).write_text(text)
    with pytest.raises(TableError, match="cannot be read"):
        listed_files(tmp_path)
