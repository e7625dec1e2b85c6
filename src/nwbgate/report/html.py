"""One self-contained HTML page: filter by code, severity and file; nothing is fetched, every text is escaped."""

from html import escape
from importlib.resources import files

from nwbgate.findings.html_fragment import lists, summary_line, table
from nwbgate.findings.report import Report


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
        f"{summary_line(report)}{_filters(report)}{table(report)}{lists(report)}"
        f"<script>\n{script}</script>\n</body>\n</html>\n"
    )


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
