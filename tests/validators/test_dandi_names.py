"""Names and folders are judged as dandi judges them."""

from pathlib import Path

import h5py
import pytest

from nwbgate.validators.dandi_names import FILENAME, FOLDER, layout_findings, version_findings


def codes(path: str) -> list[str]:
    return [finding.code for finding in layout_findings(Path(path))]


@pytest.mark.parametrize(
    "path",
    [
        "/d/sub-m1/sub-m1.nwb",
        "/d/sub-m1/sub-m1_ses-20200101.nwb",
        "/d/sub-m-1/sub-m-1_ses-a_ecephys+ophys.nwb",
        "/d/sub-m1/sub-m1_ses-a_tis-b_cell-c_obj-d_behavior.nwb",
    ],
)
def test_a_name_that_dandi_accepts_gives_no_finding(path):
    assert codes(path) == []


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/d/sub-m1/m1.nwb", ["dandi.filename"]),
        ("/d/sub-m1/sub-m1_ses-a_b_c.nwb", ["dandi.filename"]),
        ("/d/sub-m1/sub-m1_ses-a.b.nwb", ["dandi.filename"]),
        ("/d/sub-m1/sub-m1.h5", ["dandi.filename"]),
        ("/d/m1/sub-m1.nwb", ["dandi.folder"]),
        ("/d/sub-m_1/sub-m1.nwb", ["dandi.folder"]),
        ("/d/m1/m1.nwb", ["dandi.filename", "dandi.folder"]),
        ("/d/sub-m2/sub-m1.nwb", ["dandi.subject_folder"]),
        ("/d/sub-m1/sub-m12.nwb", ["dandi.subject_folder"]),
    ],
)
def test_a_name_that_dandi_refuses_is_named(path, expected):
    assert codes(path) == expected


def test_a_relative_path_is_judged_by_the_folder_it_lies_in(tmp_path, monkeypatch):
    folder = tmp_path / "sub-m1"
    folder.mkdir()
    monkeypatch.chdir(folder)
    assert codes("sub-m1.nwb") == []
    assert codes("sub-m2.nwb") == ["dandi.subject_folder"]


def test_the_patterns_are_those_of_dandi():
    organize = pytest.importorskip("dandi.organize")
    assert organize.ORGANIZED_FILENAME_REGEX == FILENAME
    assert organize.ORGANIZED_FOLDER_REGEX == FOLDER


@pytest.mark.parametrize(
    "version", ["2.6.0", "2.11.0-alpha", "NWB-2.6.0", "2.6", "2.06.0", "NWB-2.0.1", "2.0b", "NWB-2.0b", "two", ""]
)
def test_versions_are_judged_as_dandi_judges_them(tmp_path, version):
    sanitize = pytest.importorskip("dandi.pynwb_utils")._sanitize_nwb_version
    with h5py.File(tmp_path / "x.nwb", "w") as file:
        file.attrs["nwb_version"] = version
        findings = version_findings(file, tmp_path / "x.nwb")
    said: list[str] = []
    sanitize(version, log=said.append)
    assert [finding.message for finding in findings] == said
