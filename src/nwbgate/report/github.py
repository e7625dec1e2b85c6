"""GitHub annotations: one workflow command per finding, shown in the pull request."""

from nwbgate.findings.report import Report
from nwbgate.findings.summary import shorten, summary
from nwbgate.rules.rule import Finding


def github(report: Report) -> str:
    """Render `report` as workflow commands, followed by a notice with the counts."""
    broken = [f"::error title=broken rule {_value(rule.code)}::{_data(shorten(rule.error))}" for rule in report.broken]
    waived = [f"::notice title=waived {_value(one.finding.code)}::{_data(one.reason)}" for one in report.waived]
    lines = [*map(_annotation, report.records), *broken, *waived, f"::notice title=nwbgate::{_data(summary(report))}"]
    return "\n".join(lines) + "\n"


def _annotation(finding: Finding) -> str:
    file = f"file={_value(finding.path)}," if finding.path else ""
    file += f"line={finding.line}," if finding.line is not None else ""
    file += f"col={finding.character}," if finding.character is not None else ""
    said = [
        shorten(finding.message),
        shorten(finding.location),
        f"what to do: {finding.fix}" if finding.fix else "",
    ]
    return f"::{finding.severity.value} {file}title={_value(finding.code)}::{_data(chr(10).join(filter(None, said)))}"


def _data(words: str) -> str:
    """Escape the text of a command, so that a cell cannot inject another."""
    return words.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _value(words: str) -> str:
    """Escape a property of a command."""
    return _data(words).replace(":", "%3A").replace(",", "%2C")
