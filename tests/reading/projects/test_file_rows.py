"""Facts of any NWB files in a folder, filters on them, and opening one."""

import pytest

import nwbgate
from nwbgate.errors import SourceWarning, UsageError
from support.any_nwb_file import make_nwb_file


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("lab")
    make_nwb_file(root / "m1" / "a.nwb")
    make_nwb_file(root / "m2" / "b.nwb", session_id="s2", subject_id="m2")
    return root


@pytest.fixture(scope="module")
def project(folder):
    return nwbgate.Project(folder)


def test_each_file_is_a_row_of_facts(project):
    row = project.nwb_files.iloc[0]
    counts = {name: row[name] for name in project.nwb_files if name.startswith("n_")}
    assert counts == {"n_trials": 0, "n_units": 2, "n_electrodes": 4, "n_planes": 1, "n_rois": 3, "n_series": 3}
    assert (row["session_id"], row["subject_id"], row["age"]) == ("s1", "m1", "P90D")
    assert row["duration"] == pytest.approx(14.99)  # from the first frame at 0 s to the last voltage at 14.99 s


def test_files_are_selected_by_values_and_queries(project):
    assert project.select_files(subject_id="m2")["session_id"].tolist() == ["s2"]
    assert project.select_files(subject_id=["m1", "m2"], where="n_units > 1")["session_id"].tolist() == ["s1", "s2"]
    with pytest.raises(UsageError, match="did you mean 'subject_id'"):
        project.select_files(subject="m1")
    with pytest.raises(UsageError, match="invalid query"):
        project.select_files("n_units >")


def test_a_file_is_opened_by_session_or_path(project, folder):
    with project.open("s2") as opened:
        assert opened.metadata["subject_id"] == "m2"
    with project.open(folder / "m1" / "a.nwb") as opened:
        assert opened.metadata["subject_id"] == "m1"
    with pytest.raises(UsageError, match="no files are of session 'S3'"):
        project.open("S3")


def test_a_file_that_cannot_be_read_is_left_out_by_name(tmp_path):
    make_nwb_file(tmp_path / "a.nwb")
    (tmp_path / "b.nwb").write_bytes(b"no file")
    project = nwbgate.Project(tmp_path)
    with pytest.warns(SourceWarning, match=r"b\.nwb cannot be read"):
        assert len(project.nwb_files) == 1
