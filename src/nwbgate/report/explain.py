"""Rule explanations as text or Markdown: title, reason, example and remedy."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from nwbgate.findings.explained import Explained


def as_text(entries: Iterable[Explained]) -> str:
    """Return entries as blocks for a terminal."""
    return "\n\n".join(_text(entry) for entry in entries) + "\n"


def _text(entry: Explained) -> str:
    parts = (
        ("column", entry.about),
        ("why", entry.why),
        ("example", entry.example),
        ("what to do", entry.fix),
        ("note", entry.notes),
        ("see", entry.url),
    )
    lines = [f"{entry.code} ({entry.severity.value})", f"  {entry.title}"]
    return "\n".join([*lines, *(f"  {name}: {text}" for name, text in parts if text)])


def as_list(entries: Iterable[Explained]) -> str:
    """Return entries as one line each: code, severity and title."""
    listed = list(entries)
    width = max((len(entry.code) for entry in listed), default=0)
    return "".join(f"{entry.code:{width}}  {entry.severity.value:7}  {entry.title}\n" for entry in listed)


def as_markdown(entries: Sequence[Explained], dictionaries: Mapping[str, str]) -> str:
    """Return the rules of families: data dictionary of the table, a section per code.

    Parameters
    ----------
    entries : sequence of Explained
        In the order in which they are to appear; those of one table together.
    dictionaries : mapping of str to str
        Data dictionary per table, as Markdown.
    """
    chapters = [
        f"# {table}\n\n{dictionaries.get(table, '')}" + "\n".join(_section(entry) for entry in group)
        for table, group in groupby(entries, key=lambda entry: entry.code.partition(".")[0])
    ]
    return "\n".join(chapters)


def _section(entry: Explained) -> str:
    parts = (
        ("Why", entry.why),
        ("Example", entry.example),
        ("What to do", entry.fix),
        ("Note", entry.notes),
        ("See", entry.url),
    )
    said = "".join(f"- *{name}:* {_escape_markdown(text)}\n" for name, text in parts if text)
    return f"## `{entry.code}`\n\n{_escape_markdown(entry.title)} ({entry.severity.value})\n\n{said}"


def _escape_markdown(text: str) -> str:
    """Escape Markdown markup in `text`."""
    return "".join(f"\\{letter}" if letter in "*_<>|[]" else letter for letter in text)
