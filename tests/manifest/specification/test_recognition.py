"""The specification of a manifest folder is told from its tables and columns."""

import shutil
from pathlib import Path

import pytest

from nwbgate.errors import TableError, UsageError
from nwbgate.manifest.specification import recognition
from nwbgate.manifest.specification.recognition import differences_to, recognise_spec
from nwbgate.manifest.specification.spec import load_spec
from support.development_data import shared
from support.places import VALID_MANIFEST

VALID = VALID_MANIFEST


@pytest.fixture
def manifest(tmp_path):
    return Path(shutil.copytree(VALID, tmp_path / "manifest"))


def rename(path, old, new):
    head, _, rows = path.read_text().partition("\n")
    assert old in head.split(",")
    path.write_text(",".join(new if name == old else name for name in head.split(",")) + "\n" + rows)


def test_made_up_tables_are_of_the_latest_release(manifest):
    assert recognise_spec(manifest).name == "visual_behavior@1.1.0"


def test_real_tables_are_recognised():
    assert recognise_spec(shared("release_tables")).name == "visual_behavior@release-candidate"
    assert recognise_spec(shared("visual_behavior_release")).name == "visual_behavior@1.1.0"


def test_a_table_of_recordings_may_have_any_of_its_columns(tmp_path):
    (tmp_path / "recordings.csv").write_text("recording_id,sex\n102086,F\n")
    assert recognise_spec(tmp_path).name == "dataset_ii"
    (tmp_path / "recordings.csv").write_text("sex\nF\n")
    with pytest.raises(UsageError, match=r"recordings\.csv lacks recording_id"):
        recognise_spec(tmp_path)


def test_differences_to_every_specification_are_listed(manifest):
    rename(manifest / "ophys_session_table.csv", "sex", "gender")
    with pytest.raises(UsageError) as refused:
        recognise_spec(manifest)
    assert "not dataset_ii: no file recordings.csv" in refused.value.got
    assert "ophys_session_table.csv lacks sex, ophys_session_table.csv also has gender" in refused.value.got
    assert "behavior_session_table.csv lacks file_path" in refused.value.got
    assert refused.value.fix.startswith("give --spec visual_behavior@1.1.0 to have every difference reported")


def test_a_space_around_a_name_is_seen(manifest):
    rename(manifest / "ophys_session_table.csv", "sex", " sex")
    found = differences_to(manifest, load_spec("visual_behavior@1.1.0"))
    assert found == ["ophys_session_table.csv lacks sex", "ophys_session_table.csv also has ' sex'"]


def test_tables_of_no_shipped_dataset_need_a_specification_of_their_own(tmp_path):
    (tmp_path / "sessions.csv").write_text("session\nday1\n")
    with pytest.raises(UsageError) as refused:
        recognise_spec(tmp_path)
    assert refused.value.fix.startswith("give --spec FOLDER")


def test_an_older_name_is_named_as_such(manifest):
    rename(manifest / "behavior_session_table.csv", "driver_line", "Driver_line")
    assert differences_to(manifest, load_spec("visual_behavior@1.1.0")) == [
        "behavior_session_table.csv has Driver_line, the older name of driver_line"
    ]


def test_what_a_later_release_added_is_named_as_such(manifest):
    (manifest / "ophys_cells_table.csv").unlink()
    rename(manifest / "ophys_experiment_table.csv", "passive", "x")
    assert differences_to(manifest, load_spec("visual_behavior@1.1.0")) == [
        "ophys_experiment_table.csv lacks passive (added in release 1.0.0)",
        "ophys_experiment_table.csv also has x",
        "ophys_cells_table.csv is missing (added in release 1.0.0)",
    ]


def test_long_lists_of_differences_are_cut(manifest):
    path = manifest / "ophys_cells_table.csv"
    path.write_text(",".join(f"c{number}" for number in range(10)) + "\n")
    assert "c0, c1, c2, c3, c4, c5 and 4 more" in " ".join(differences_to(manifest, load_spec("visual_behavior")))


def test_several_that_fit_are_an_error(manifest, monkeypatch):
    monkeypatch.setattr(recognition, "shipped_specs", lambda: ("visual_behavior", "visual_behavior@1.1.0"))
    with pytest.raises(UsageError, match="several specifications fit"):
        recognise_spec(manifest)


def test_a_folder_that_is_not_there_and_a_header_that_is_none_are_errors(manifest):
    with pytest.raises(TableError, match="no such folder"):
        recognise_spec(manifest / "none")
    (manifest / "ophys_cells_table.csv").write_text("a,a\n")
    with pytest.raises(TableError, match="a column occurs twice"):
        recognise_spec(manifest)
