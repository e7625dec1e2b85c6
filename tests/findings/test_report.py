"""The exit code means something, and findings are a table."""

from dataclasses import replace

from nwbgate.report import NotRun
from nwbgate.rules.rule import Severity


def test_clean_is_0(clean_report):
    assert clean_report.exit_code == 0


def test_an_error_is_1(report):
    assert report.exit_code == 1


def test_a_warning_fails_only_when_asked_to(report):
    warning = replace(report, records=report.records[1:])
    assert warning.exit_code == 0
    assert replace(warning, fail_on=Severity.WARNING).exit_code == 1


def test_not_run_fails_only_a_whole_release(clean_report):
    gap = replace(clean_report, not_run=(NotRun("a", "table b not given"),))
    assert gap.exit_code == 0
    assert replace(gap, complete=True).exit_code == 1


def test_nothing_to_judge_does_not_fail_a_whole_release(clean_report):
    assert replace(clean_report, complete=True, not_run=(NotRun("a", "no licks", objected=False),)).exit_code == 0


def test_a_broken_rule_is_3_whatever_else_was_found(broken_report, report):
    assert broken_report.exit_code == 3
    assert replace(report, broken=broken_report.broken).exit_code == 3


def test_findings_are_a_frame_with_a_row_each(report):
    frame = report.findings
    assert list(frame["code"]) == ["mice.age.maximum", "schema.dtype"]
    assert list(frame["rows"]) == [2, 0]
    assert list(frame["severity"]) == ["error", "warning"]


def test_no_finding_is_an_empty_frame_with_the_same_columns(report, clean_report):
    assert list(clean_report.findings.columns) == list(report.findings.columns)
    assert clean_report.findings.empty


def test_findings_are_counted_by_weight(report):
    assert report.count(Severity.ERROR) == 1


def test_a_notebook_shows_the_numbers_and_escapes_texts(report):
    shown = report._repr_html_()
    assert "text-align: left" in shown
    assert "1 error, 1 warning in 1 file" in shown
    assert "<script>" not in shown


def test_its_repr_is_one_line(clean_report):
    assert repr(clean_report) == "<Report: PASSED: no findings in 1 table (1 row); 1 rule passed, 0 not run>"
