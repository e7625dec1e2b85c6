"""A self-contained HTML page of findings by rule, with filters."""

import shlex
import sys
from datetime import UTC, datetime
from html import escape
from importlib.resources import files
from pathlib import PurePath

import nwbgate
from nwbgate.findings.html_fragment import groups, lists, summary_line
from nwbgate.findings.report import Report


def html(report: Report) -> str:
    """Render `report` as one page with embedded style and script."""
    data = files("nwbgate.report")
    style, script = ((data / name).read_text(encoding="utf-8") for name in ("page.css", "page.js"))
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
        "script-src 'unsafe-inline'\">\n"
        f"<title>nwbgate report</title>\n<style>\n{style}</style>\n</head>\n<body>\n<main>\n<h1>nwbgate report</h1>\n"
        f"{summary_line(report)}{_run()}{_filters(report)}{groups(report)}{lists(report)}"
        f"<script>\n{script}</script>\n</main>\n</body>\n</html>\n"
    )


def _run() -> str:
    """Return the version, the date and the command of this run."""
    written = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    command = shlex.join([PurePath(sys.argv[0]).name, *sys.argv[1:]])
    return f'<p class="run">nwbgate {escape(nwbgate.__version__)}, {written}<br><code>{escape(command)}</code></p>\n'


def _filters(report: Report) -> str:
    """Return the fields that choose rules and files; none for a report without findings."""
    if not report.records:
        return ""
    return (
        '<form id="filters">\n<label>Rule <input type="search" id="code" placeholder="ophys_cells."></label>\n'
        '<label>Severity <select id="severity"><option value="">any</option><option>error</option>'
        "<option>warning</option></select></label>\n"
        '<label>File <input type="search" id="file" placeholder="part of a name"></label>\n'
        '<output id="shown"></output>\n</form>\n'
    )
