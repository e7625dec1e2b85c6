"""Findings and results of quality control as marks on the axis."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

import pandas as pd

#: Columns of a table that say when a row is, the first that there is; and when it ends.
_STARTS, _STOPS = ("start_time", "timestamps", "timestamp", "change_time"), ("stop_time", "end_time")
#: Rows of one finding that are marked; a finding about every row of a table of thousands is a line of its own anyway.
_MOST = 1000


@dataclass(frozen=True)
class Mark:
    """A finding of a check, as the page shows it.

    Attributes
    ----------
    code, severity, message, fix : str
        As in the report.
    table : str
        Table whose rows it is about; empty for the file.
    keys, rows : tuple
        Keys of the rows, and their numbers from 0 where they are known.
    """

    code: str
    severity: str
    message: str
    fix: str = ""
    table: str = ""
    keys: tuple[Any, ...] = ()
    rows: tuple[int, ...] = ()


@dataclass(frozen=True)
class FileJudgement:
    """Outcome of check and quality control of one file.

    Attributes
    ----------
    checked, measured : bool
        Whether the rules ran, and whether the quality was measured; without, nothing is known, which is not a pass.
    marks : list of Mark
        Findings.
    quality : list of dict
        Results: ``object``, ``metric``, ``value``, ``unit``, ``status``, ``reason``.
    """

    checked: bool = False
    measured: bool = False
    marks: list[Mark] = field(default_factory=list)
    quality: list[dict[str, Any]] = field(default_factory=list)

    def words(self) -> dict[str, str]:
        """Return the state of both in words, for the list of files."""
        errors = sum(mark.severity == "error" for mark in self.marks)
        warnings = len(self.marks) - errors
        failed = sum(result["status"] == "Fail" for result in self.quality)
        found = f"{_number(errors, 'error')}, {_number(warnings, 'warning')}" if self.marks else "no findings"
        unmeasured = sum(result["status"] == "Not measured" for result in self.quality)
        judged = f"{failed} of {len(self.quality)} failed, {unmeasured} not measured"
        return {
            "findings": found if self.checked else "not run",
            "quality": judged if self.measured else "not measured",
        }


def _number(count: int, noun: str) -> str:
    """Return a number of things in words."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def place_marks(marks: Iterable[Mark], table_of: Callable[[str], Any]) -> list[dict[str, Any]]:
    """Return findings with the times of their rows.

    Parameters
    ----------
    marks : iterable of Mark
        The findings of one file.
    table_of : callable
        Returns a table by its name as a frame indexed by the keys, or None.

    Returns
    -------
    list of dict
        The fields of each mark, with ``times``: list of [start, stop] in seconds, empty where the rows have no time.
    """
    return [
        {
            "code": mark.code, "severity": mark.severity, "message": mark.message, "fix": mark.fix,
            "table": mark.table, "rows": max(len(mark.keys), len(mark.rows)), "times": _times(mark, table_of),
        }
        for mark in marks
    ]  # fmt: skip


def _times(mark: Mark, table_of: Callable[[str], Any]) -> list[list[float]]:
    table = table_of(mark.table) if mark.table and (mark.keys or mark.rows) else None
    if table is None:
        return []
    start = next((name for name in _STARTS if name in table), None)
    stop = next((name for name in _STOPS if name in table), start)
    if start is None:
        return []
    numbers = mark.rows or table.index.get_indexer(pd.Index([_key(key) for key in mark.keys]))
    spans = table.iloc[[row for row in numbers[:_MOST] if 0 <= row < len(table)]][[start, stop]].to_numpy(float)
    return [[begin, end if end >= begin else begin] for begin, end in spans.tolist() if isfinite(begin)]


def _key(key: Any) -> Any:
    """Return the row number at the end of a composite key."""
    return key[-1] if isinstance(key, tuple) else key
