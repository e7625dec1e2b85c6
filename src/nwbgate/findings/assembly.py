"""The report of a run, assembled from its outcome: selected codes, waivers, errors first."""

from collections.abc import Sequence
from dataclasses import replace

from nwbgate.errors import MalformedError
from nwbgate.findings.codes import Codes
from nwbgate.findings.outcome import Outcome
from nwbgate.findings.report import Report
from nwbgate.findings.waivers import Waiver, apply_waivers
from nwbgate.rules.rule import Finding


def assemble_report(report: Report, outcome: Outcome, codes: Codes, waivers: Sequence[Waiver]) -> Report:
    """Return a report filled with the outcome of its run.

    Parameters
    ----------
    report : Report
        Says what was checked, and how.
    outcome : Outcome
        Of all rules.
    codes : Codes
        Codes that are reported.
    waivers : sequence of Waiver
        Accepted findings.
    """
    not_run = tuple(rule for rule in outcome.not_run if codes.reports(rule.code))
    causes = {rule.cause for rule in not_run}
    findings = [finding for finding in outcome.findings if codes.tells(finding.code, causes)]
    kept, waived, unused = apply_waivers(_without_repeats(findings), waivers)
    return replace(
        report,
        rules={code: rule for code, rule in report.rules.items() if codes.reports(code)},
        records=tuple(sorted(kept, key=lambda finding: -finding.severity.rank)),
        passed=tuple(filter(codes.reports, outcome.passed)),
        not_run=not_run,
        broken=tuple(outcome.broken),
        waived=tuple(waived),
        unused_waivers=tuple(str(waiver) for waiver in unused),
    )


def _without_repeats(findings: Sequence[Finding]) -> list[Finding]:
    """Return findings without values that the schema validator has named."""
    invalid = {finding.path for finding in findings if finding.code.startswith("schema.")}
    return [finding for finding in findings if finding.code != MalformedError.code or finding.path not in invalid]
