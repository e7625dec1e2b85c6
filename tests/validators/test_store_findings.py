"""Stores are judged as HDF5 files are; what is of HDF5 alone is not run, and damage of a store is found."""

import json
import shutil

import pytest
import zarr

from nwbgate.validators.file_findings import file_findings
from nwbgate.validators.integrity import integrity_findings
from nwbgate.validators.store_findings import consolidation_findings, not_run_on
from support.zarr_stores import JSON, PICKLE, edit_json, write_both


@pytest.fixture(scope="module", params=[JSON, PICKLE], ids=["json", "pickle"])
def both(request, tmp_path_factory):
    return write_both(tmp_path_factory.mktemp("both"), request.param)


@pytest.fixture
def store(both, tmp_path):
    return shutil.copytree(both[1], tmp_path / both[1].name)


def codes(findings):
    return [(finding.code, finding.location, finding.message) for finding in findings]


def test_a_sound_store_has_the_findings_of_its_hdf5_file(both):
    assert codes(file_findings(both[0])) == codes(file_findings(both[1])) == []
    assert integrity_findings(both[1]) == consolidation_findings(both[1]) == []


@pytest.mark.parametrize(("number", "found"), [(7, []), (-1, ["schema.dtype"]), (0.5, ["schema.dtype"])])
def test_whole_numbers_of_json_fit_unsigned_types(store, number, found):
    """JSON has no types: only a sign or a fraction tells that a number is none without a sign."""
    attributes = store / "acquisition/response_1/.zattrs"
    edit_json(attributes, **{**json.loads(attributes.read_text()), "sweep_number": number})
    (store / ".zmetadata").unlink()
    assert [finding.code for finding in file_findings(store) if finding.code.startswith("schema")] == found


def test_what_schema_and_inspector_say_is_said_of_a_store(store):
    for path, changes in {
        "acquisition/raw": {"neurodata_type": "ElectricalSerie"}, "general/subject": {"object_id": None},
    }.items():  # fmt: skip
        edit_json(store / path / ".zattrs", **changes)
    (store / ".zmetadata").unlink()
    shutil.rmtree(store / "general/keywords")
    found = {finding.code for finding in file_findings(store)}
    assert {"schema.unknown_type", "inspector.check_keywords"} <= found


def test_what_is_not_judged_is_named(both):
    assert not_run_on(both[0]) == []
    gaps = {gap.code: gap.reason for gap in not_run_on(both[1])}
    assert "DANDI" in gaps["dandi.filename"]
    assert "HDF5" in gaps["inspector.check_file_extension"]


def test_damaged_and_missing_chunks_are_named(store):
    chunk = store / "acquisition/raw/data/0.0"
    chunk.write_bytes(chunk.read_bytes()[:200])
    (store / "processing/behavior/wheel/data/0").unlink()
    (damaged, missing) = integrity_findings(store)
    assert (damaged.code, damaged.location) == ("file.chunk", "/acquisition/raw/data")
    assert "chunk 0.0" in damaged.message
    assert (missing.code, missing.location) == ("file.unwritten", "/processing/behavior/wheel/data")
    assert missing.message.startswith("1 of 1 chunks")


def test_a_store_that_does_not_open_is_one_finding(store):
    (store / "acquisition/raw/data/.zarray").write_text("{")
    (found,) = integrity_findings(store)
    assert found.code == "file.malformed"
    assert "acquisition/raw/data/.zarray" in found.message + found.location


@pytest.mark.parametrize("kind", ["changed", "added", "gone", "broken"])
def test_stale_consolidated_metadata_are_found(store, kind):
    if kind == "changed":
        edit_json(store / "acquisition/raw/.zattrs", description="Another one.")
    elif kind == "added":
        zarr.open_group(str(store), "a").create_group("processing/late")
    elif kind == "gone":
        shutil.rmtree(store / "processing/behavior/wheel")
    else:
        (store / ".zmetadata").write_text("[]")
    (found,) = consolidation_findings(store)
    assert (found.code, found.severity) == ("file.stale_metadata", "warning")
    named = {"changed": "acquisition/raw/.zattrs", "added": "processing/late/.zgroup", "gone": "behavior/wheel"}
    assert named.get(kind, "cannot be read") in found.message


def test_stores_without_consolidated_metadata_are_sound(store):
    (store / ".zmetadata").unlink()
    assert consolidation_findings(store) == []
    assert json.loads((store / ".zgroup").read_text()) == {"zarr_format": 2}


def test_a_reference_to_an_absent_object_is_found_with_its_place(store):
    table = {"zarr_dtype": "object", "value": {"source": ".", "path": "/nowhere"}}
    edit_json(store / "acquisition/raw/electrodes/.zattrs", table=table)
    (store / ".zmetadata").unlink()
    (found,) = file_findings(store)
    assert (found.code, found.location) == ("file.broken_link", "/acquisition/raw/electrodes")
    assert found.message == "the attribute table refers to /nowhere, which is absent"


def test_a_store_that_lost_its_specifications_says_so(store):
    shutil.rmtree(store / "specifications")
    (store / ".zmetadata").unlink()
    (found,) = file_findings(store)
    assert found.message == "the attribute .specloc refers to /specifications, which is absent"
