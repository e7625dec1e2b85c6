"""Report formats: text, JSON Lines, JUnit, SARIF, GitHub annotations, HTML."""

from collections.abc import Callable

from nwbgate.findings.report import BrokenRule, NotRun, Report, Waived
from nwbgate.report.github import github
from nwbgate.report.html import html
from nwbgate.report.jsonl import jsonl
from nwbgate.report.junit import junit
from nwbgate.report.sarif import sarif
from nwbgate.report.text import text

#: Name on the command line -> function that renders a report.
FORMATS: dict[str, Callable[[Report], str]] = {
    "text": text,
    "jsonl": jsonl,
    "junit": junit,
    "sarif": sarif,
    "github": github,
    "html": html,
}

__all__ = ["FORMATS", "BrokenRule", "NotRun", "Report", "Waived"]
