"""Waivers: reviewed and accepted findings, each with its reason."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import compress
from pathlib import Path, PurePath
from typing import Any

from nwbgate.errors import UsageError
from nwbgate.findings.codes import is_within
from nwbgate.findings.report import Waived
from nwbgate.rules.rule import Finding
from nwbgate.yaml_file import parse_yaml, read_yaml_text

_FIELDS = {"code", "rows", "path", "reason"}
_EXPECTED = "a list of waivers, each with code and reason, and optionally rows (a list of row keys) and path"


@dataclass(frozen=True)
class Waiver:
    """One accepted fault.

    Parameters
    ----------
    code : str
        Code of the rule, or a prefix of codes (``ophys_cells``).
    reason : str
        Why it is accepted; printed in every report.
    rows : frozenset
        Row keys it accepts (a tuple each where a key has several columns); empty for every row.
    path : str
        File the finding must be in, as its whole path or the last parts of it, with ``*`` for any text in a part; empty
        for any.
    """

    code: str
    reason: str
    rows: frozenset[Any] = frozenset()
    path: str = ""

    def covers(self, finding: Finding) -> bool:
        """Return whether this waiver covers `finding`, at least some of its rows."""
        in_file = not self.path or _ends_in(PurePath(finding.path or ""), PurePath(self.path))
        some_row = not self.rows or any(_plain(key) in self.rows for key in finding.keys)
        return is_within(finding.code, self.code) and in_file and some_row

    def __str__(self) -> str:
        """Return code and reason."""
        return f"{self.code} ({self.reason})"


def _ends_in(path: PurePath, end: PurePath) -> bool:
    """Whether a path is or ends in another, literally or as a pattern."""
    return path.parts[-len(end.parts) :] == end.parts or path.match(str(end))


def read_waiver_files(files: str | Path | Sequence[str | Path] | None) -> tuple[Waiver, ...]:
    """Read the waivers of no, one or several files, in their order."""
    several = () if files is None else (files,) if isinstance(files, str | Path) else files
    return tuple(waiver for file in several for waiver in read_waivers(Path(file)))


def read_waivers(path: Path) -> tuple[Waiver, ...]:
    """Read a YAML list of waivers.

    Raises
    ------
    UsageError
        If the file is missing, is no YAML, or an entry lacks its code or its reason or has another field.
    """
    entries = parse_yaml(read_yaml_text(path), str(path))
    if entries is None:  # a file of comments
        return ()
    if not isinstance(entries, list):
        raise UsageError(
            "the waivers are not a list",
            where=str(path),
            got=type(entries).__name__,
            expected=_EXPECTED,
            fix="begin each waiver with a dash",
        )
    return tuple(_waiver(entry, f"{path}, waiver {number}") for number, entry in enumerate(entries, start=1))


def _waiver(entry: object, where: str) -> Waiver:
    if not isinstance(entry, dict) or not entry.keys() <= _FIELDS or not {"code", "reason"} <= entry.keys():
        raise UsageError(
            "invalid waiver",
            where=where,
            got=str(entry),
            expected=_EXPECTED,
            fix="give code and reason, and rows for a waiver of some rows only",
        )
    rows = entry.get("rows", [])
    if not isinstance(rows, list):
        raise UsageError(
            "the rows of this waiver are not a list",
            where=where,
            got=str(rows),
            expected="[key, key]",
            fix="put the keys into brackets",
        )
    if not str(entry["reason"] or "").strip():
        raise UsageError("the waiver has no reason", where=where, fix="state who accepted the fault and why")
    keys = frozenset(_plain(tuple(row) if isinstance(row, list) else row) for row in rows)
    return Waiver(str(entry["code"]), str(entry["reason"]), keys, str(entry.get("path", "")))


def _plain(key: object) -> object:
    """Return a row key as text, so that 12, 12.0 and "12" are equal."""
    if isinstance(key, tuple):
        return tuple(_plain(part) for part in key)
    return str(int(key)) if isinstance(key, float) and key.is_integer() else str(key)


def apply_waivers(
    findings: Sequence[Finding], waivers: Sequence[Waiver]
) -> tuple[list[Finding], list[Waived], list[Waiver]]:
    """Split findings by waiver: not covered, covered, and the unused waivers.

    A finding of which some rows are waived stays, with the other rows.
    """
    kept: list[Finding] = []
    waived: list[Waived] = []
    used: set[int] = set()
    for finding in findings:
        left = finding
        for number, waiver in enumerate(waivers):
            if not waiver.covers(finding):
                continue
            used.add(number)
            accepted = {key for key in left.keys if not waiver.rows or _plain(key) in waiver.rows}
            waived.append(Waived(_with_keys(left, accepted), waiver.reason))
            left = _with_keys(left, {*left.keys} - accepted)
            if not left.keys:
                break
        if left is finding or left.keys:
            kept.append(left)
    return kept, waived, [waiver for number, waiver in enumerate(waivers) if number not in used]


def _with_keys(finding: Finding, kept: set[Any]) -> Finding:
    """Return a finding with some of its rows."""
    chosen = [key in kept for key in finding.keys]
    rows = tuple(compress(finding.rows, chosen)) if len(finding.rows) == len(finding.keys) else finding.rows
    return replace(finding, keys=tuple(compress(finding.keys, chosen)), rows=rows)
