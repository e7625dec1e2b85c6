"""The numbers of a report as one line, and texts shortened for a person."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nwbgate.findings.report import Report

#: Characters shown of one text of a file or table; JSON Lines holds all of them.
LONGEST = 1_000


def summary(report: "Report") -> str:
    """Return the numbers of `report` and whether the gate is open, as one line."""
    kinds: dict[str, int] = {}
    for finding in report.records:
        kinds[finding.severity.value] = kinds.get(finding.severity.value, 0) + 1
    found = ", ".join(counted(number, kind) for kind, number in sorted(kinds.items())) or "no finding"
    rows = sum(report.tables.values())
    judged = f"{_files(report)}, {counted(len(report.tables), 'table')} ({counted(rows, 'row')})"
    state = {0: "passed", 1: "failed", 3: "a rule broke"}[report.exit_code]
    unjudged = f"{len(report.not_run):,} not run"
    missed = sum(rule.objected for rule in report.not_run) if report.complete else 0
    return (
        f"{state}: {found} in {judged}; {counted(len(report.passed), 'rule')} passed, {unjudged}"
        + (f" ({missed:,} of them fail a complete release)" if missed else "")
        + (f", {len(report.broken):,} broken" if report.broken else "")
        + (f"; {counted(len(report.waived), 'finding')} waived" if report.waived else "")
    )


def _files(report: "Report") -> str:
    """Return how many files were judged, of how many that were found."""
    judged, others = len(report.files), len(report.not_judged)
    if not others:
        return counted(judged, "file")
    return f"{judged:,} of {counted(judged + others, 'file')} ({others:,} not judged)"


def counted(number: int, noun: str) -> str:
    """Return ``1 file``, ``2 files``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def one_line(words: str) -> str:
    """Return `words` without line breaks and control characters, which a log must not be steered by."""
    return "".join(letter if letter.isprintable() else " " for letter in words)


def shortened(words: str, most: int = LONGEST) -> str:
    """Return `words`, or their beginning with their number of characters when there are more than `most`."""
    return words if len(words) <= most else f"{words[:most]}... ({len(words):,} characters)"
