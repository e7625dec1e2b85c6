"""The findings of a report as HTML, for notebooks and pages; every text is escaped."""

from html import escape
from pathlib import PurePath
from typing import TYPE_CHECKING

from nwbgate.findings.summary import shortened, summary
from nwbgate.rules.rule import Finding, Rule

if TYPE_CHECKING:
    from nwbgate.findings.report import Report

_HEAD = ("severity", "code", "what is wrong", "rows", "file")
#: Row keys listed of one finding; a release has columns of a hundred thousand rows.
_KEYS_SHOWN = 100


def fragment(report: "Report") -> str:
    """Render `report` for a notebook: the numbers and the table of findings."""
    return f"<div>{summary_line(report)}{table(report)}{lists(report)}</div>"


def summary_line(report: "Report") -> str:
    """Return the numbers of `report` as a paragraph."""
    state = {0: "passed", 1: "failed"}.get(report.exit_code, "broken")
    return f'<p class="summary {state}">{escape(summary(report))}</p>\n'


def table(report: "Report") -> str:
    """Return the findings of `report` as a table."""
    if not report.records:
        return "<p>No finding.</p>\n"
    head = "".join(f'<th scope="col">{name}</th>' for name in _HEAD)
    rows = "\n".join(_row(finding, report.rules.get(finding.code)) for finding in report.records)
    return f'<table id="findings">\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>\n'


def _row(finding: Finding, rule: Rule | None) -> str:
    severity, path = finding.severity.value, finding.path or ""
    cells = (
        f'<span class="{severity}">{severity}</span>',
        f"<code>{escape(finding.code)}</code>",
        _details(finding, rule),
        str(len(finding.keys) or ""),
        f'<span title="{escape(path)}">{escape(PurePath(path).name)}</span>',
    )
    data = f'data-code="{escape(finding.code)}" data-severity="{severity}" data-file="{escape(path)}"'
    return f"<tr {data}>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _details(finding: Finding, rule: Rule | None) -> str:
    shown = ", ".join(shortened(str(key), 200) for key in finding.keys[:_KEYS_SHOWN])
    more = f" and {len(finding.keys) - _KEYS_SHOWN:,} more" if len(finding.keys) > _KEYS_SHOWN else ""
    parts = (
        ("File", finding.path or ""),
        ("Where", shortened(finding.location)),
        ("Rows", shown + more),
        ("Why", rule.explanation if rule else ""),
        ("What to do", finding.fix),
        ("Found by", finding.validator),
    )
    items = "".join(f"<dt>{name}</dt><dd>{escape(words)}</dd>" for name, words in parts if words)
    return f"<details><summary>{escape(shortened(finding.message))}</summary><dl>{items}</dl></details>"


def lists(report: "Report") -> str:
    """Return what else a reader must know: broken rules, rules not run, waivers."""
    lists = (
        ("Broken rules", [f"{rule.code}: {shortened(rule.error)}" for rule in report.broken]),
        ("Not run", [f"{rule.code}: {rule.reason}" for rule in report.not_run]),
        ("Waived", [f"{item.finding.code} ({len(item.finding.keys)} rows): {item.reason}" for item in report.waived]),
        ("Unused waivers", list(report.unused_waivers)),
    )
    return "".join(
        f"<details><summary>{title} ({len(lines)})</summary><ul>"
        + "".join(f"<li>{escape(line)}</li>" for line in lines)
        + "</ul></details>\n"
        for title, lines in lists
        if lines
    )
