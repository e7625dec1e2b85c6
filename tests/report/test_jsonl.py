"""JSON Lines findings have the shape of dandi's ValidationResult."""

import json

import pytest

from nwbgate.report.jsonl import jsonl

validate = pytest.importorskip("dandi.validate._types")


def records(report):
    return [json.loads(line) for line in jsonl(report).splitlines()]


def test_every_line_is_a_finding(report):
    assert [record["id"] for record in records(report)] == ["mice.age.maximum", "schema.dtype"]


def test_keys_and_values_are_those_of_dandi(report):
    """The list of validators that dandi knows is closed, so ours is exchanged for one of its own before loading."""
    for record in records(report):
        assert record.keys() <= set(validate.ValidationResult.model_fields)
        if record["origin"]["validator"] == "nwbgate":
            record["origin"]["validator"] = "dandi"
        loaded = validate.ValidationResult.model_validate(record)
        assert (loaded.id, loaded.severity.name, loaded.message) == (
            record["id"],
            record["severity"],
            record["message"],
        )


def test_the_validator_and_its_version_are_said(report):
    ours, theirs = (record["origin"] for record in records(report))
    assert (ours["validator"], ours["validator_version"]) == ("nwbgate", "0.1.0")
    assert (theirs["validator"], theirs["standard"]) == ("pynwb", "NWB")
    assert theirs["validator_version"]


def test_rows_and_place_are_kept(report):
    ours, theirs = records(report)
    assert ours["metadata"]["rows"] == 2
    assert ours["scope"] == "dataset"
    assert theirs["within_asset_paths"] == {"a b/x.nwb": "/units"}
    assert theirs["scope"] == "file"


def test_no_finding_is_no_line(clean_report):
    assert jsonl(clean_report) == ""


def test_a_validator_that_is_not_installed_has_no_version(report):
    from nwbgate.report.jsonl import validator_version

    assert validator_version("no-such-distribution") == ""
