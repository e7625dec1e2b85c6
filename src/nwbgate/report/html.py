"""One self-contained HTML page: filter by code, severity and file; nothing is fetched, every text is escaped."""

from html import escape
from importlib.resources import files
from pathlib import PurePath

from nwbgate.report.report import Report
from nwbgate.report.text import shortened, summary
from nwbgate.rules.rule import Finding, Rule

_HEAD = ("severity", "code", "what is wrong", "rows", "file")
#: Row keys listed of one finding; a release has columns of a hundred thousand rows.
_KEYS_SHOWN = 100


def html(report: Report) -> str:
    """Render `report` as one page with its style and script inside, in the light or dark of the reader's system."""
    data = files("nwbgate.report")
    style, script = ((data / name).read_text(encoding="utf-8") for name in ("page.css", "page.js"))
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
        "script-src 'unsafe-inline'\">\n"
        f"<title>nwbgate report</title>\n<style>\n{style}</style>\n</head>\n<body>\n<h1>nwbgate report</h1>\n"
        f"{_summary(report)}{_filters(report)}{_table(report)}{_lists(report)}"
        f"<script>\n{script}</script>\n</body>\n</html>\n"
    )


def fragment(report: Report) -> str:
    """Render `report` for a notebook: the numbers and the table of findings."""
    return f"<div>{_summary(report)}{_table(report)}{_lists(report)}</div>"


def _summary(report: Report) -> str:
    state = {0: "passed", 1: "failed"}.get(report.exit_code, "broken")
    return f'<p class="summary {state}">{escape(summary(report))}</p>\n'


def _filters(report: Report) -> str:
    paths = sorted({finding.path for finding in report.records if finding.path})
    options = "".join(f'<option value="{escape(path)}">{escape(path)}</option>' for path in paths)
    return (
        '<form id="filters">\n<label>Code <input type="search" id="code" placeholder="ophys_cells."></label>\n'
        '<label>Severity <select id="severity"><option value="">any</option><option>error</option>'
        "<option>warning</option></select></label>\n"
        f'<label>File <select id="file"><option value="">any</option>{options}</select></label>\n'
        '<output id="shown"></output>\n</form>\n'
    )


def _table(report: Report) -> str:
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


def _lists(report: Report) -> str:
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
