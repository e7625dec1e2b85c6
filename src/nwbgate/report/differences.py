"""Differences as text, JSON Lines or an HTML page."""

import json
from collections.abc import Callable
from html import escape
from importlib.resources import files

from nwbgate.comparison.difference import Comparison, Difference, Pair
from nwbgate.findings.summary import count_of, one_line, shorten

_COLUMNS = ("change", "path", "part", "first", "second", "count", "largest", "where")
_SIGNS = {"added": "+", "removed": "-", "changed": "~"}


def as_text(comparison: Comparison) -> str:
    """Render a comparison for a terminal: differing files, then totals."""
    blocks = [pair_text(pair) for pair in comparison.pairs if not pair.equal]
    return "".join(blocks) + f"{summary(comparison)}\n"


def pair_text(pair: Pair) -> str:
    """Render one pair of files that differ."""
    if not (pair.first and pair.second):
        where = "second" if pair.first else "first"
        return f"{pair.first or pair.second}\n  has no counterpart in the {where}\n"
    if pair.problem:
        problem = pair.problem.replace("\n", "\n  ")
        return f"{pair.first}\n{pair.second}\n  not compared: {problem}\n"
    lines = [f"  {_line(difference)}" for difference in pair.differences]
    return "\n".join([pair.first, pair.second, *lines]) + "\n"


def _line(difference: Difference) -> str:
    """Return one difference as a line, with place, kind and values."""
    texts = [one_line(shorten(text, 200)) for text in (difference.first, difference.second)]
    numbers = count_of(difference.count, "row" if difference.part == "rows" else "value") if difference.count else ""
    largest = f"by at most {difference.largest:g}" if difference.largest is not None else ""
    at = f"at {difference.where}" if difference.count and difference.where else ""
    details = " ".join(filter(None, [numbers, largest, at]))
    shown = " -> ".join(texts) if all(texts) else "".join(texts)
    words = ": ".join(filter(None, [details, shown]))
    sign = _SIGNS[difference.change.value]
    return f"{sign} {one_line(difference.path)} {difference.part}" + (f": {words}" if words else "")


def summary(comparison: Comparison) -> str:
    """Return the numbers of a comparison as one line."""
    pairs = comparison.pairs
    alone = sum(not (pair.first and pair.second) for pair in pairs)
    unread = sum(bool(pair.problem) for pair in pairs)
    equal = sum(pair.equal for pair in pairs)
    different = len(pairs) - alone - unread - equal
    parts = [count_of(len(pairs), "file"), f"{equal} equal", f"{different} different"]
    parts += [f"{alone} without counterpart"] if alone else []
    parts += [f"{unread} not compared"] if unread else []
    return f"{'EQUAL' if comparison.equal else 'DIFFERENT'}: {', '.join(parts)}"


def as_jsonl(comparison: Comparison) -> str:
    """Render a comparison as JSON Lines: one object per pair, one per difference."""
    lines = []
    for pair in comparison.pairs:
        files_of_it = {"first_file": pair.first, "second_file": pair.second}
        state = {"equal": pair.equal, "objects": pair.objects, "problem": pair.problem}
        lines.append({"record": "pair", **files_of_it, **state})
        lines += [{"record": "difference", **files_of_it, **vars(each)} for each in pair.differences]
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def as_html(comparison: Comparison) -> str:
    """Render a comparison as one page; every text is escaped."""
    style = (files("nwbgate.report") / "page.css").read_text(encoding="utf-8")
    body = "".join(_section(pair) for pair in comparison.pairs if not pair.equal)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>nwbgate diff</title>\n<style>\n{style}</style>\n</head>\n<body>\n<main>\n<h1>Differences</h1>\n"
        f"<p>{escape(summary(comparison))}</p>\n{body}</main>\n</body>\n</html>\n"
    )


def _section(pair: Pair) -> str:
    title = f"<h2>{escape(pair.first or 'nothing')}<br>{escape(pair.second or 'nothing')}</h2>\n"
    if pair.problem:
        return f"{title}<pre>{escape(pair.problem)}</pre>\n"
    head = "".join(f'<th scope="col">{name}</th>' for name in _COLUMNS)
    rows = "\n".join(_row(difference) for difference in pair.differences)
    return f"{title}<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>\n"


def _row(difference: Difference) -> str:
    values = [getattr(difference, name) for name in _COLUMNS]
    texts = ["" if value in (None, 0, "") else shorten(str(value), 500) for value in values]
    return f"<tr>{''.join(f'<td>{escape(text)}</td>' for text in texts)}</tr>"


#: Renderer of each format of ``nwbgate diff``.
FORMATS: dict[str, Callable[[Comparison], str]] = {"text": as_text, "jsonl": as_jsonl, "html": as_html}
