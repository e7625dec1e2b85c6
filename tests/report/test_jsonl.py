"""JSON Lines: findings, and what was not judged, in the shape of dandi's ValidationResult."""

import json
from dataclasses import replace

import pytest

import nwbgate
from nwbgate.report.jsonl import jsonl

validate = pytest.importorskip("dandi.validate._types")


def records(report, status=None):
    lines = [json.loads(line) for line in jsonl(report).splitlines()]
    return [line for line in lines if status in (None, line["metadata"]["status"])]


def test_findings_come_first(report):
    assert [record["id"] for record in records(report)[:2]] == ["mice.age.maximum", "schema.dtype"]
    assert len(records(report, "found")) == 2


def test_what_was_not_run_is_told(report):
    first, second = records(report, "not run")
    assert (first["id"], first["message"]) == ("mice.cage.reference", "not run: table cages not given")
    assert (first["origin"]["type"], second["id"]) == ("INTERNAL", "mice.x")


def test_what_was_not_run_weighs_what_it_does_to_the_gate(report):
    assert {record["severity"] for record in records(report, "not run")} == {"INFO"}
    assert {record["severity"] for record in records(replace(report, complete=True), "not run")} == {"ERROR"}
    nothing = replace(report, complete=True, not_run=(replace(report.not_run[0], objected=False),))
    assert {record["severity"] for record in records(nothing, "not run")} == {"INFO"}


def test_what_is_waived_is_told_with_its_reason(report):
    (waived,) = records(report, "waived")
    assert (waived["id"], waived["severity"], waived["metadata"]["waiver"]) == (
        "mice.age.maximum",
        "INFO",
        "old colony",
    )


def test_a_broken_rule_is_told(broken_report):
    (broken,) = records(broken_report)
    assert (broken["id"], broken["severity"], broken["path"]) == ("mice.z", "CRITICAL", "x.nwb")
    assert broken["message"].startswith("the rule broke: KeyError: <script>")


def test_keys_and_values_are_those_of_dandi(report, broken_report):
    """The list of validators that dandi knows is closed, so ours is exchanged for one of its own before loading."""
    for record in [*records(report), *records(broken_report)]:
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
    ours, theirs = (record["origin"] for record in records(report, "found"))
    assert (ours["validator"], ours["validator_version"]) == ("nwbgate", nwbgate.__version__)
    assert (theirs["validator"], theirs["standard"]) == ("pynwb", "NWB")
    assert theirs["validator_version"]


def test_rows_and_place_are_kept(report):
    ours, theirs = records(report, "found")
    assert ours["metadata"]["rows"] == 2
    assert ours["scope"] == "dataset"
    assert theirs["within_asset_paths"] == {"a b/x.nwb": "/units"}
    assert theirs["scope"] == "file"


def test_nothing_to_tell_is_no_line(clean_report):
    assert jsonl(clean_report) == ""


def test_a_validator_that_is_not_installed_has_no_version(report):
    from nwbgate.report.jsonl import validator_version

    assert validator_version("no-such-distribution") == ""
