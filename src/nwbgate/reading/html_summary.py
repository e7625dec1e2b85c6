"""Summaries of opened files for notebooks, as HTML."""

from collections.abc import Mapping
from html import escape


def html_summary(kind: str, facts: Mapping[str, object], place: object = "") -> str:
    """Return facts about an object as a table of HTML, escaped.

    Parameters
    ----------
    kind : str
        Name of its class.
    facts : mapping
        Name to value.
    place : object
        Its path or name.
    """
    cell = "style='text-align:left'"
    rows = "".join(
        f"<tr><th {cell}>{escape(name)}</th><td {cell}>{escape(str(fact))}</td></tr>" for name, fact in facts.items()
    )
    where = f" <code>{escape(str(place))}</code>" if str(place) else ""
    return f"<b>{escape(kind)}</b>{where}<table>{rows}</table>"
