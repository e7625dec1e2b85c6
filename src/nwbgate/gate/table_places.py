"""Lines and characters of findings about tables."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

from nwbgate.errors import TableError
from nwbgate.manifest.csv.csv_file import CsvFile
from nwbgate.rules.rule import Finding


def with_lines(findings: Iterable[Finding], files: Mapping[str, str]) -> Iterator[Finding]:
    """Yield findings, those about a table with their line.

    Parameters
    ----------
    findings : iterable of Finding
        With the path of their file.
    files : mapping of str to str
        Name of a table to its file.
    """
    table = cache(_table)
    for finding in findings:
        path = files.get(finding.table)
        file = table(path) if path is not None and path == finding.path else None
        yield finding if file is None else _with_line(finding, file)


def _table(path: str) -> CsvFile | None:
    try:
        return CsvFile(Path(path))
    except TableError:  # a table that is not there, or went meanwhile
        return None


def _with_line(finding: Finding, file: CsvFile) -> Finding:
    """Return a finding with the line of its first row, or of the header."""
    if not finding.rows:
        return replace(finding, line=file.header_line) if not finding.keys else finding
    row = finding.rows[0]
    if not 0 <= row < len(file.lines):
        return finding
    character = file.character(row, finding.column) if finding.column else None
    return replace(finding, line=file.lines[row], character=character)
