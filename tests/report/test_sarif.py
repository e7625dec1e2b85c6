"""SARIF: valid by its published schema; every rule described, every result placed."""

import json
from dataclasses import replace

import jsonschema
import pytest

from nwbgate.report.sarif import sarif
from support.places import TESTS

SCHEMA = json.loads((TESTS / "support" / "report_schemas" / "sarif-2.1.0-rtm.5.json").read_text())


@pytest.mark.parametrize("name", ["report", "broken_report", "clean_report"])
def test_it_is_valid_by_the_published_schema(name, request):
    jsonschema.Draft4Validator(SCHEMA).validate(json.loads(sarif(request.getfixturevalue(name))))


def run(report):
    return json.loads(sarif(report))["runs"][0]


def test_a_result_points_at_its_rule(report):
    driver = run(report)["tool"]["driver"]
    for result in run(report)["results"]:
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    assert driver["rules"][0]["help"]["text"] == "count again"


def test_a_file_is_a_uri(report):
    place = run(report)["results"][1]["locations"][0]
    assert place["physicalLocation"]["artifactLocation"]["uri"] == "a%20b/x.nwb"
    assert place["logicalLocations"][0]["fullyQualifiedName"] == "/units"


def test_the_fingerprint_does_not_depend_on_the_wording(report):
    reworded = replace(report, records=(replace(report.records[0], message="said otherwise"), report.records[1]))
    assert run(reworded)["results"][0]["partialFingerprints"] == run(report)["results"][0]["partialFingerprints"]
    assert len({result["partialFingerprints"]["nwbgate/v1"] for result in run(report)["results"]}) == 2


def test_the_invocation_says_how_it_ended(report, broken_report):
    assert run(report)["invocations"][0]["exitCode"] == 1
    assert run(report)["invocations"][0]["executionSuccessful"]
    assert not run(broken_report)["invocations"][0]["executionSuccessful"]
    notes = run(report)["invocations"][0]["toolExecutionNotifications"]
    assert "mice.cage.reference was not run: table cages not given" in notes[0]["message"]["text"]
    assert notes[-1]["message"]["text"] == "a finding of rule mice.age.maximum is waived: old colony"
