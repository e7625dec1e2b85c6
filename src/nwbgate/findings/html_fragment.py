"""A report's findings as escaped HTML, grouped by rule."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import PurePath
from typing import TYPE_CHECKING

from nwbgate.findings.summary import count_of, date_of, shorten, summary
from nwbgate.findings.validator_codes import catalogue
from nwbgate.rules.rule import Finding, Rule

if TYPE_CHECKING:
    from nwbgate.findings.report import Report

_HEAD = ("file", "what is wrong", "rows")
#: Row keys listed of one finding; a release has columns of a hundred thousand rows.
_KEYS_SHOWN = 100
#: Findings of one rule, and files, that a page lists; of a rule that fires on a whole release the first tell enough.
_MOST = 1_000
#: Findings up to which every rule is shown unfolded.
_FEW = 20
#: Where the pages of rules are published.
_PAGES = "https://nwbgate.readthedocs.io/en/latest/rules/"


#: Notebooks align the cells of a table to the right; sentences are read from the left.
_STYLE = "<style>.nwbgate-report th, .nwbgate-report td {text-align: left !important; vertical-align: top}</style>"


def fragment(report: "Report") -> str:
    """Render `report` for a notebook: the numbers and the findings of each rule."""
    return f'<div class="nwbgate-report">{_STYLE}{summary_line(report)}{groups(report)}{lists(report)}</div>'


def summary_line(report: "Report") -> str:
    """Return the counts of `report` as a paragraph."""
    state = {0: "passed", 1: "failed"}.get(report.exit_code, "broken")
    return f'<p class="summary {state}">{escape(summary(report))}</p>\n'


def groups(report: "Report") -> str:
    """Return the findings by rule, heaviest and most frequent first."""
    if not report.records:
        return "<p>No finding.</p>\n"
    by_code: dict[str, list[Finding]] = {}
    for finding in report.records:
        by_code.setdefault(finding.code, []).append(finding)
    ordered = sorted(by_code.values(), key=lambda found: (-found[0].severity.rank, -len(found), found[0].code))
    parts = "\n".join(
        _group(found, report.rules.get(found[0].code), opened=len(report.records) <= _FEW) for found in ordered
    )
    return f'<section id="findings">\n{parts}\n</section>\n'


def _group(found: Sequence[Finding], rule: Rule | None, *, opened: bool) -> str:
    """Return one rule's part: count, reason, remedy, and its findings."""
    first = found[0]
    severity, code = first.severity.value, escape(first.code)
    files = {finding.path for finding in found if finding.path}
    count = count_of(len(found), "finding") + (f" in {count_of(len(files), 'file')}" if files else "")
    rows = "\n".join(_row(finding) for finding in found[:_MOST])
    more = (
        f"<p>and {count_of(len(found) - _MOST, 'more finding')}; --format jsonl lists all.</p>"
        if len(found) > _MOST
        else ""
    )
    head = "".join(f'<th scope="col">{name}</th>' for name in _HEAD)
    return (
        f'<details class="rule" data-code="{code}" data-severity="{severity}"{" open" if opened else ""}>'
        f'<summary><span class="{severity}">{severity}</span> <code>{code}</code> <span class="count">{count}</span>'
        f'<span class="title">{escape(_title(first, rule))}</span></summary>\n{_about(first, rule)}'
        f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>{more}</details>"
    )


def _title(finding: Finding, rule: Rule | None) -> str:
    known = catalogue().get(finding.code)
    return rule.title if rule else known.title if known else ""


def _about(finding: Finding, rule: Rule | None) -> str:
    """Return a rule's reason, remedy, validator and page."""
    known = catalogue().get(finding.code)
    parts = (
        ("Why", rule.explanation if rule else known.why if known else ""),
        ("What to do", finding.fix),
        ("Found by", finding.validator),
    )
    items = "".join(f"<dt>{name}</dt><dd>{escape(words)}</dd>" for name, words in parts if words)
    address = escape(page_of(finding.code))
    link = f'<dt>More</dt><dd><a href="{address}">{address}</a></dd>' if rule or known else ""
    return f"<dl>{items}{link}</dl>\n"


def page_of(code: str) -> str:
    """Return the address of the page that explains a code."""
    return f"{_PAGES}{code.partition('.')[0]}.html#{re.sub(r'[^a-z0-9]+', '-', code.lower())}"


def _row(finding: Finding) -> str:
    path, location = finding.path or "", shorten(finding.location)
    message = escape(shorten(finding.message))
    where = f'<div class="where">{escape(location)}</div>' if location else ""
    return (
        f'<tr data-file="{escape(path)}"><td title="{escape(path)}">{escape(PurePath(path).name or finding.table)}</td>'
        f"<td>{message}{where}{_keys(finding)}</td><td>{len(finding.keys) or ''}</td></tr>"
    )


def _keys(finding: Finding) -> str:
    """Return a finding's further rows, folded."""
    if len(finding.keys) < 2:
        return ""
    shown = ", ".join(shorten(str(key), 200) for key in finding.keys[:_KEYS_SHOWN])
    more = f" and {len(finding.keys) - _KEYS_SHOWN:,} more" if len(finding.keys) > _KEYS_SHOWN else ""
    return f"<details><summary>all rows</summary>{escape(shown + more)}</details>"


def lists(report: "Report") -> str:
    """Return files not judged, broken rules, rules not run, and waivers."""
    folded = (
        ("Files judged", _judged_files(report)),
        (
            "Files unchanged since their last check, not judged again",
            [escape(f"{path}: {date_of(since)}") for path, since in report.unchanged.items()],
        ),
        ("Files not judged", [escape(line) for line in report.not_judged]),
        ("Hidden files, left out", [escape(line) for line in report.hidden]),
        ("Tables judged", [escape(f"{name}: {count_of(rows, 'row')}") for name, rows in report.tables.items()]),
        ("Broken rules", [escape(f"{rule.code}: {shorten(rule.error)}") for rule in report.broken]),
        ("Rules not run", [escape(f"{rule.code}: {rule.reason}") for rule in report.not_run]),
        (
            "Waived",
            [escape(f"{item.finding.code} ({len(item.finding.keys)} rows): {item.reason}") for item in report.waived],
        ),
        ("Unused waivers", [escape(line) for line in report.unused_waivers]),
    )
    return "".join(_folded_list(title, lines) for title, lines in folded if lines)


def _judged_files(report: "Report") -> list[str]:
    """Return the judged files by number of findings, most first."""
    number = Counter(finding.path for finding in report.records if finding.path)
    files = sorted(report.files, key=lambda path: (-number[path], path))
    return [
        f'<span class="{"count" if number[path] else "good"}">{count_of(number[path], "finding")}</span> {escape(path)}'
        for path in files
    ]


def _folded_list(title: str, lines: Sequence[str]) -> str:
    """Return a folded list of lines, which are HTML already."""
    items: Iterable[str] = (f"<li>{line}</li>" for line in lines[:_MOST])
    more = f"<li>and {len(lines) - _MOST:,} more</li>" if len(lines) > _MOST else ""
    return f"<details><summary>{title} ({len(lines):,})</summary><ul>{''.join(items)}{more}</ul></details>\n"
