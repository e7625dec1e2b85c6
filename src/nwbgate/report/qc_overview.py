"""The quality page over all sessions and containers."""

from collections.abc import Sequence
from html import escape

from nwbgate.report.qc_page import STATUSES, Page, document, mark, verdict

#: Link to the page of `nwbgate.report.qc_across`, which is written beside this one.
_LINK = '<p><a href="across.html">Across sessions</a>: values unlike the others, and distributions</p>\n'


def overview_page(pages: Sequence[Page], summary: str, version: str) -> str:
    """Return the overview as static HTML without external resources.

    Parameters
    ----------
    pages : sequence of Page
        Sessions and containers, each linked.
    summary : str
        The numbers of the report in one line.
    version : str
        Version of nwbgate.
    """
    scopes = {scope: [page for page in pages if page.scope == scope] for scope in ("session", "container")}
    parts = [f"<h2>{scope.capitalize()}s</h2>\n{_list(own)}{_matrix(own)}" for scope, own in scopes.items() if own]
    body = f"<h1>Quality control</h1>\n<p>{escape(summary)}</p>\n{''.join(parts)}{_LINK}"
    return document(f"{len(pages)} sessions", body, version)


def _list(pages: Sequence[Page]) -> str:
    rows = "\n".join(_row(page) for page in sorted(pages, key=lambda page: list(STATUSES).index(page.status)))
    head = "".join(f'<th scope="col">{text}</th>' for text in ("status", "which", "criteria", "failed criteria"))
    return f'<table class="criteria overview"><thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody></table>\n'


def _row(page: Page) -> str:
    counts = ", ".join(mark(status, f"{number} {status}") for status, number in page.counts.items() if number)
    wrong = {name: status for name, status in page.by_criterion.items() if status in ("Fail", "Warning")}
    said = [*map(escape, page.problems), *(mark(status, page.titles.get(name, name)) for name, status in wrong.items())]
    sources = '<br><span class="note">' + escape(", ".join(page.sources)) + "</span>"
    cells = (verdict(page), f"{_link(page)}{sources}", counts, "<br>".join(said))
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _link(page: Page) -> str:
    return f'<a href="{escape(page.file)}">{escape(page.name)}</a>'


def _matrix(pages: Sequence[Page]) -> str:
    """Return a table of sessions by criteria, each cell a status."""
    titles = {name: page.titles.get(name, name) for page in pages for name in page.by_criterion}
    if not titles:
        return ""
    head = "".join(
        f'<th scope="col" title="{escape(title)}"><span>{escape(name)}</span></th>' for name, title in titles.items()
    )
    rows = "\n".join(f'<tr><th scope="row">{_link(page)}</th>{_cells(page, titles)}</tr>' for page in pages)
    return (
        "<details open><summary>Every criterion</summary>\n"
        f'<div class="wide"><table class="matrix"><thead><tr><td></td>{head}</tr></thead>\n<tbody>\n{rows}\n'
        "</tbody></table></div></details>\n"
    )


def _cells(page: Page, names: dict[str, str]) -> str:
    found = page.by_criterion
    return "".join(_cell(found.get(name), title) for name, title in names.items())


def _cell(status: str | None, title: str) -> str:
    if status is None:
        return "<td></td>"
    kind, sign = STATUSES[status]
    words = escape(f"{status}: {title}")
    return f'<td class="{kind}" title="{words}" aria-label="{words}">{sign}</td>'
