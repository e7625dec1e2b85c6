"""A report holds what is selected and not waived, errors first."""

from nwbgate.findings.assembly import assemble_report
from nwbgate.findings.codes import Codes
from nwbgate.findings.outcome import Outcome
from nwbgate.findings.report import NotRun, Report
from nwbgate.findings.waivers import Waiver
from nwbgate.rules.rule import Finding, Severity


def finding(code: str, severity: Severity = Severity.ERROR) -> Finding:
    table = code.partition(".")[0]
    return Finding(code, severity, table, None, (1,), "wrong", path="a.nwb", location="row 1", fix="correct it")


OUTCOME = Outcome(
    findings=[finding("trials.one", Severity.WARNING), finding("trials.two"), finding("licks.three")],
    passed=["trials.four", "licks.five"],
    not_run=[NotRun("trials.six", "because licks.three fired", cause="licks.three")],
)
KNOWN = ["trials.one", "trials.two", "licks.three", "trials.four", "licks.five", "trials.six"]


def test_errors_come_first():
    report = assemble_report(Report(), OUTCOME, Codes(KNOWN), ())
    assert [record.code for record in report.records] == ["trials.two", "licks.three", "trials.one"]


def test_what_is_not_selected_is_left_out_unless_it_kept_something_from_being_judged():
    report = assemble_report(Report(), OUTCOME, Codes(KNOWN, ["trials"]), ())
    assert [record.code for record in report.records] == ["trials.two", "licks.three", "trials.one"]
    assert report.passed == ("trials.four",)
    report = assemble_report(Report(), OUTCOME, Codes(KNOWN, ["trials"], ["trials.six"]), ())
    assert [record.code for record in report.records] == ["trials.two", "trials.one"]


def test_waived_findings_are_apart_and_unused_waivers_named():
    waivers = (Waiver("trials.two", "known"), Waiver("trials.four", "never needed"))
    report = assemble_report(Report(), OUTCOME, Codes(KNOWN), waivers)
    assert [waived.finding.code for waived in report.waived] == ["trials.two"]
    assert [record.code for record in report.records] == ["licks.three", "trials.one"]
    assert len(report.unused_waivers) == 1


def test_a_malformed_value_that_the_validator_named_is_not_repeated():
    outcome = Outcome(findings=[finding("file.malformed"), finding("schema.type")])
    codes = Codes(["file.malformed", "schema.type"])
    assert [record.code for record in assemble_report(Report(), outcome, codes, ()).records] == ["schema.type"]
    ignoring = Codes(["file.malformed", "schema.type"], ignore=["schema"])
    assert [record.code for record in assemble_report(Report(), outcome, ignoring, ()).records] == ["file.malformed"]
