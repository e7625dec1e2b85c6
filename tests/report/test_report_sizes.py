"""However much a file or a table says, a report for people stays short; JSON Lines holds all of it."""

import json
from dataclasses import replace

import pytest

from nwbgate.report import FORMATS, BrokenRule, Report
from nwbgate.rules.rule import Severity

LONG = "x" * 1_000_000
SHORT = sorted(FORMATS.keys() - {"jsonl"})


@pytest.fixture
def long_report(report: Report) -> Report:
    """Texts of a million characters wherever data can put one, in findings of both weights and in a broken rule."""
    first = replace(report.records[0], message=LONG, location=LONG, keys=(LONG, LONG))
    second = replace(first, severity=Severity.WARNING, code="mice.b", path=None)
    return replace(report, records=(first, second, replace(first, location="")), broken=(BrokenRule("mice.z", LONG),))


@pytest.fixture
def many_rows(report: Report) -> Report:
    return replace(report, records=(replace(report.records[0], keys=tuple(range(200_000))),))


@pytest.mark.parametrize("name", SHORT)
def test_a_long_text_is_cut_and_counted(name, long_report):
    shown = FORMATS[name](long_report)
    assert len(shown) < 40_000
    assert f"{LONG[:1000]}... (1,000,000 characters)" in shown


@pytest.mark.parametrize("name", SHORT)
def test_a_text_of_ordinary_length_is_whole(name, report):
    message = "y" * 1000
    assert message in FORMATS[name](replace(report, records=(replace(report.records[0], message=message),)))


@pytest.mark.parametrize("name", SHORT)
def test_many_rows_are_counted(name, many_rows):
    shown = FORMATS[name](many_rows)
    assert len(shown) < 20_000
    assert name == "github" or "200000" in shown.replace(",", "")


def test_json_lines_hold_all(long_report, many_rows):
    line = json.loads(FORMATS["jsonl"](long_report).splitlines()[0])
    assert line["message"] == line["metadata"]["keys"][0] == LONG
    line = json.loads(FORMATS["jsonl"](many_rows).splitlines()[0])
    assert line["metadata"]["keys"] == list(range(200_000))
