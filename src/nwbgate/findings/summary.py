"""The counts of a report as one line, and texts shortened for people."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nwbgate.findings.report import Report

#: Characters shown of one text of a file or table; JSON Lines holds all of them.
LONGEST = 1_000


def summary(report: "Report") -> str:
    """Return the state and counts of `report` as one line."""
    weights: dict[str, int] = {}
    for finding in report.records:
        weights[finding.severity.value] = weights.get(finding.severity.value, 0) + 1
    state = {0: "PASSED", 1: "FAILED", 3: "A RULE BROKE"}[report.exit_code]
    head = f"{state} with {_found_words(weights, report)}" if weights else f"{state}: no findings"
    unjudged = f"{len(report.not_run):,} not run"
    missed = sum(rule.objected for rule in report.not_run) if report.complete else 0
    return (
        f"{head} in {_judged_words(report)}; {count_of(len(report.passed), 'rule')} passed, {unjudged}"
        + (f" ({missed:,} of them fail a complete release)" if missed else "")
        + (f", {len(report.broken):,} broken" if report.broken else "")
        + (f"; {count_of(len(report.waived), 'finding')} waived" if report.waived else "")
    )


def _found_words(weights: dict[str, int], report: "Report") -> str:
    """Return the findings by severity, and their kinds if fewer."""
    kinds = len({finding.code for finding in report.records})
    found = ", ".join(count_of(number, weight) for weight, number in sorted(weights.items()))
    return f"{found} of {count_of(kinds, 'kind')}" if kinds < len(report.records) else found


def _judged_words(report: "Report") -> str:
    """Return the numbers of files, tables and rows, without absent ones."""
    tables = f"{count_of(len(report.tables), 'table')} ({count_of(sum(report.tables.values()), 'row')})"
    parts = [_files(report)] * bool(report.files or report.not_judged) + [tables] * bool(report.tables)
    return " and ".join(parts) or "0 files"


def _files(report: "Report") -> str:
    """Return the number of judged files, and of how many files."""
    judged, others = len(report.files), len(report.not_judged)
    said = count_of(judged, "file") if not others else f"{judged:,} of {count_of(judged + others, 'file')}"
    apart = ((others, "not judged"), (len(report.unchanged), "unchanged and not judged again"))
    notes = ", ".join(f"{number:,} {words}" for number, words in apart if number)
    return f"{said} ({notes})" if notes else said


def count_of(number: int, noun: str) -> str:
    """Return ``1 file``, ``2 files``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def date_of(seconds: int) -> str:
    """Return the day of a time in seconds since 1970, in UTC."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d}"


def one_line(words: str) -> str:
    """Return `words` without line breaks and control characters."""
    return "".join(letter if letter.isprintable() else " " for letter in words)


def shorten(words: str, most: int = LONGEST) -> str:
    """Return `words`, cut after `most` characters with their number."""
    return words if len(words) <= most else f"{words[:most]}... ({len(words):,} characters)"
