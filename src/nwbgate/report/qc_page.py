"""Quality pages, one per session or container; every text is escaped."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import pandas as pd

#: Status -> its class in the style and its sign, for those who do not see colours; the gravest first.
STATUSES = {
    "Fail": ("fail", "✕"),
    "Warning": ("warning", "!"),
    "Not measured": ("unmeasured", "–"),
    "Pass": ("pass", "✓"),
    "Not applicable": ("unmeasured", "·"),
}
#: Objects listed of one criterion, and rows of one metric, before they are summed up.
_MOST_OBJECTS, _MOST_ROWS = 50, 12


class Drawn(Protocol):
    """A generated SVG picture, in which ``currentColor`` is the text colour."""

    @property
    def title(self) -> str:
        """Title of the picture."""

    @property
    def caption(self) -> str:
        """Instructions for reading it."""

    @property
    def svg(self) -> str:
        """An ``svg`` element."""


@dataclass(frozen=True)
class Page:
    """Page content for one session or container.

    Attributes
    ----------
    name, scope, file : str
        Its id, ``session`` or ``container``, and the name of its page.
    sources : tuple of str
        The files measured.
    results, measurements : DataFrame
        As `nwbgate.qc.judge` and `nwbgate.qc.measure` return them.
    titles : mapping of str to str
        What must hold, by the name of each criterion.
    about : mapping of str to str
        What the file says of itself.
    pictures : iterable of Drawn
        In the order shown.
    problems : tuple of str
        Why something could not be measured at all.
    """

    name: str
    scope: str
    file: str
    sources: tuple[str, ...]
    results: "pd.DataFrame"
    measurements: "pd.DataFrame"
    titles: Mapping[str, str] = field(default_factory=dict)
    about: Mapping[str, str] = field(default_factory=dict)
    pictures: Iterable[Drawn] = ()
    problems: tuple[str, ...] = ()

    @property
    def status(self) -> str:
        """Worst status of any criterion; Not measured if there is none."""
        if self.problems:
            return "Fail"
        counts = self.counts
        return next((status for status in STATUSES if counts[status]), "Not measured")

    @property
    def counts(self) -> dict[str, int]:
        """Number of criteria by their worst status."""
        worst = list(self.by_criterion.values())
        return {status: worst.count(status) for status in STATUSES}

    @property
    def by_criterion(self) -> dict[str, str]:
        """Worst status of each criterion over its objects."""
        order = list(STATUSES)
        found: dict[str, str] = {}
        for name, status in zip(self.results["criterion"], self.results["status"], strict=True):
            found[name] = min(found.get(name, status), status, key=order.index)
        return found


def session_page(page: Page, version: str) -> str:
    """Return the page of a session or container as static HTML."""
    return document(
        f"{page.scope} {page.name}",
        '<nav><a href="index.html">all sessions</a></nav>\n'
        f"<h1>{escape(page.scope)} {escape(page.name)}</h1>\n"
        f"{_verdict_line(page)}{_problems(page)}{_about(page)}"
        f"<h2>Criteria</h2>\n{_criteria(page)}{_pictures(page)}<h2>Numbers</h2>\n{_passed_criteria(page)}{_measurements(page)}",
        version,
    )


def document(title: str, body: str, version: str) -> str:
    """Return a whole page with embedded style, in light or dark mode."""
    folder = files("nwbgate.report")
    style = "".join((folder / name).read_text(encoding="utf-8") for name in ("page.css", "qc_page.css"))
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
        'img-src data:">\n'
        f"<title>{escape(title)} - quality control</title>\n<style>\n{style}</style>\n</head>\n<body>\n<main>\n{body}"
        f'<p class="note">Made by nwbgate {escape(version)}.</p>\n</main>\n</body>\n</html>\n'
    )


def mark(status: str, text: str | None = None) -> str:
    """Return a status with its sign and colour."""
    kind, sign = STATUSES[status]
    return f'<span class="status {kind}">{sign} {escape(status if text is None else text)}</span>'


def verdict(page: Page) -> str:
    """Return the mark of a page, Pass where a part was measured."""
    if page.status == "Not measured" and page.counts["Pass"]:
        return mark("Pass", f"Pass, {page.counts['Not measured']} not measured")
    return mark(page.status)


def _verdict_line(page: Page) -> str:
    counts = ", ".join(f"{mark(status, f'{number} {status}')}" for status, number in page.counts.items() if number)
    return f"<p>{verdict(page)}" + (f" &nbsp;({counts})" if counts else "") + "</p>\n"


def _problems(page: Page) -> str:
    items = "".join(f"<li>{escape(text)}</li>" for text in page.problems)
    return f'<ul class="fail">{items}</ul>\n' if items else ""


def _about(page: Page) -> str:
    facts = {**page.about, "files": ", ".join(page.sources)}
    items = "".join(
        f"<div><dt>{escape(key.replace('_', ' '))}</dt><dd>{escape(value)}</dd></div>" for key, value in facts.items()
    )
    return f'<dl class="facts">{items}</dl>\n'


def _criteria(page: Page) -> str:
    """Return the criteria that did not pass, worst first."""
    others = page.results[page.results["status"] != "Pass"]
    if len(others):
        return _table(others, page)
    return "<p>Every criterion passed.</p>\n" if len(page.results) else "<p>No criterion was judged.</p>\n"


def _passed_criteria(page: Page) -> str:
    """Return the passed criteria, folded."""
    rows = page.results[page.results["status"] == "Pass"]
    number = page.counts["Pass"]
    if not len(rows):
        return ""
    return f"<details><summary>Passed ({number} criteria)</summary>\n{_table(rows, page)}</details>\n"


def _table(results: "pd.DataFrame", page: Page) -> str:
    order = list(STATUSES)
    groups = sorted(results.groupby(["status", "criterion"], sort=False), key=lambda pair: order.index(str(pair[0][0])))
    rows = "\n".join(_criterion(str(status), str(name), rows, page) for (status, name), rows in groups)
    head = "".join(f'<th scope="col">{text}</th>' for text in ("status", "requirement", "measured", "limits"))
    return f'<table class="criteria"><thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody></table>\n'


def _criterion(status: str, name: str, rows: "pd.DataFrame", page: Page) -> str:
    first = rows.iloc[0]
    reasons = list(dict.fromkeys(reason for reason in rows["reason"] if reason))
    said = "".join(f'<br><span class="note">{escape(reason)}</span>' for reason in reasons[:3])
    by = f'<br><span class="note">{escape(first["decided_by"])}</span>' if first["decided_by"] else ""
    cells = (
        mark(status),
        f"{escape(page.titles.get(name, name))}<br><code>qc.{escape(name)}</code>{said}",
        _values(rows),
        f"{escape(first['threshold'])}{by}",
    )
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _values(rows: "pd.DataFrame") -> str:
    """Return the value of a single object, or a foldable list for several."""
    lines = [
        _value(value, unit, measured)
        for value, unit, measured in zip(rows["value"], rows["unit"], rows["object"], strict=True)
    ]
    if len(lines) == 1:
        return lines[0]
    more = f"<li>and {len(lines) - _MOST_OBJECTS:,} more</li>" if len(lines) > _MOST_OBJECTS else ""
    items = "".join(f"<li>{line}</li>" for line in lines[:_MOST_OBJECTS])
    low, high = rows["value"].min(), rows["value"].max()
    ends = list(dict.fromkeys(map(_number, (low, high))))
    span = "" if low != low else f", {' to '.join(ends)}{_unit(rows['unit'].iloc[0])}"  # noqa: PLR0124  NaN is not itself
    return f"<details><summary>{len(lines):,} objects{span}</summary><ul>{items}{more}</ul></details>"


def _value(value: float, unit: str, measured: str) -> str:
    number = "" if value != value else f"{_number(value)}{_unit(unit)}"  # noqa: PLR0124  NaN is not itself
    where = f'<span class="note">{escape(measured)}</span>'
    return f'<span class="number">{number}</span> {where}'


def _number(value: float) -> str:
    return f"{value:.4g}"


def _unit(unit: str) -> str:
    return "" if unit == "1" else f" {escape(unit)}"


def _pictures(page: Page) -> str:
    figures = "\n".join(
        f'<figure><h3>{escape(picture.title)}</h3><div class="drawing" tabindex="0">{picture.svg}</div>'
        f"<figcaption>{escape(picture.caption)}</figcaption></figure>"
        for picture in page.pictures
    )
    return f'<h2>Pictures</h2>\n<div class="pictures">\n{figures}\n</div>\n' if figures else ""


def _measurements(page: Page) -> str:
    """Return every metric, folded: its rows, or the range of many rows."""
    lines = [
        line for name, rows in page.measurements.groupby("metric", sort=False) for line in _metric(str(name), rows)
    ]
    if not lines:
        return ""
    names = ("metric", "value", "unit", "object", "window", "reason")
    head = "".join(f'<th scope="col">{text}</th>' for text in names)
    body = "\n".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in line)}</tr>" for line in lines)
    return (
        f"<details><summary>All {len(page.measurements):,} measurements</summary>\n"
        f'<div class="wide"><table class="measured"><thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n'
        "</tbody></table></div>"
        "</details>\n"
    )


def _metric(name: str, rows: "pd.DataFrame") -> list[tuple[str, ...]]:
    code = f"<code>{escape(name)}</code>"
    if len(rows) > _MOST_ROWS:
        values, unit = rows["value"].dropna(), escape(rows["unit"].iloc[0])
        missing = f"{len(rows) - len(values):,} not measured" if len(values) < len(rows) else ""
        span = f"{_number(values.median())} ({_number(values.min())} to {_number(values.max())})" if len(values) else ""
        return [(code, span, unit, f"median and range of {len(rows):,} objects", "", missing)]
    return [
        (
            code,
            "" if value != value else _number(value),  # noqa: PLR0124  NaN is not itself
            *map(escape, words),
        )
        for value, *words in rows[["value", "unit", "object", "window", "reason"]].itertuples(index=False)
    ]
