"""JUnit: valid by its published schema; failures are what closes the gate."""

from dataclasses import replace
from xml.etree.ElementTree import fromstring

import pytest

from nwbgate.report.junit import junit
from nwbgate.rules.rule import Severity
from support.places import TESTS

SCHEMA = TESTS / "support" / "report_schemas" / "junit-10.xsd"


@pytest.mark.parametrize("name", ["report", "broken_report", "clean_report"])
def test_it_is_valid_by_the_published_schema(name, request):
    schema = pytest.importorskip("xmlschema").XMLSchema(SCHEMA)
    schema.validate(fromstring(junit(request.getfixturevalue(name))))


def suites(report):
    return {suite.get("name"): suite for suite in fromstring(junit(report))}


def test_an_error_is_a_failure_and_a_warning_is_not(report):
    ours, theirs = suites(report)["nwbgate.mice"], suites(report)["nwbgate.schema"]
    assert (ours.get("tests"), ours.get("failures"), ours.get("skipped")) == ("5", "1", "3")
    assert theirs.get("failures") == "0"
    assert "no float" in theirs.find("testcase/system-out").text


def test_a_warning_is_a_failure_when_it_closes_the_gate(report):
    assert suites(replace(report, fail_on=Severity.WARNING))["nwbgate.schema"].get("failures") == "1"


def test_what_was_not_run_is_skipped_with_its_reason(report):
    skipped = suites(report)["nwbgate.mice"].findall("testcase/skipped")
    assert [case.get("message") for case in skipped] == ["waived: old colony", *["table cages not given"] * 2]


def test_a_broken_rule_is_an_error(broken_report):
    (suite,) = suites(broken_report).values()
    assert (suite.get("errors"), suite.get("failures")) == ("1", "0")


def test_characters_that_xml_cannot_hold_are_replaced(report):
    failure = suites(report)["nwbgate.mice"].find("testcase/failure")
    assert "�" in failure.get("message")
    assert "<script>" in failure.get("message")
