"""Faults that the validators of whole files notice: one edit is one finding, under the code of the one who noticed."""

from pathlib import Path

import h5py
import pytest

import nwbgate
from faults.valid_files import OF_COPIES
from nwbgate.corpus.file_edits import plant_in_copy
from nwbgate.corpus.inspector_edits import INSPECTOR, clean, plane, units
from nwbgate.corpus.valid_inputs import write
from nwbgate.corpus.validator_edits import NAMES, WHOLE_FILE, id_of_another

NAME = Path("sub-m1") / "sub-m1_ses-s0.nwb"


@pytest.fixture(scope="module")
def imaged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clean session with an imaging plane and units."""
    plane()(nwbfile := clean())
    units([1.0], [1.5])(nwbfile)
    return write(nwbfile, tmp_path_factory.mktemp("imaged") / NAME)


def test_a_clean_session_has_no_finding(imaged, tmp_path):
    report = nwbgate.check([imaged, write(clean(), tmp_path / NAME)], integrity=True, ignore=OF_COPIES)
    assert (report.records, report.broken) == ((), ())


@pytest.mark.parametrize(("code", "edit"), WHOLE_FILE, ids=[code for code, _ in WHOLE_FILE])
def test_a_fault_of_the_whole_file_is_one_finding(imaged, tmp_path, code, edit):
    path = plant_in_copy(imaged, tmp_path / NAME, edit)
    assert [finding.code for finding in nwbgate.check([path], inspector=False).records] == [code]


def test_an_object_id_that_is_there_twice_is_named_in_place_of_a_crash_of_the_inspector(imaged, tmp_path):
    path = plant_in_copy(imaged, tmp_path / NAME, id_of_another)
    (finding,) = nwbgate.check([path]).records
    assert (finding.code, finding.location) == ("file.object_id", "/general/optophysiology/plane/green")


def rate_in_words(file: h5py.File) -> None:
    file["acquisition/voltage/starting_time"].attrs["rate"] = "10 Hz"


def test_a_value_of_the_wrong_type_is_found_though_the_validator_is_left_out(imaged, tmp_path):
    path = plant_in_copy(imaged, tmp_path / NAME, rate_in_words)
    assert [finding.code for finding in nwbgate.check([path], inspector=False).records] == ["schema.dtype"]
    (finding,) = nwbgate.check([path], ignore=["schema", "inspector"]).records
    assert (finding.code, finding.location) == ("file.malformed", "/acquisition/voltage/starting_time")


@pytest.mark.parametrize(("code", "name"), NAMES)
def test_a_wrong_name_is_one_finding(imaged, tmp_path, code, name):
    path = plant_in_copy(imaged, tmp_path / name, lambda _: None)
    report = nwbgate.check([path], inspector=False, ignore=["nwb_files.file_is_with_its_subject"])
    assert [finding.code for finding in report.records] == [code]


@pytest.mark.parametrize(("check", "edit"), INSPECTOR, ids=[check for check, _ in INSPECTOR])
def test_what_nwb_inspector_notices_is_found_under_its_name(tmp_path, check, edit):
    """Our own rules say some of it too, on the level of our tables; here is what the inspector says."""
    edit(nwbfile := clean())
    report = nwbgate.check([write(nwbfile, tmp_path / NAME)], select=["inspector"])
    assert {finding.code for finding in report.records} == {f"inspector.{check}"}
