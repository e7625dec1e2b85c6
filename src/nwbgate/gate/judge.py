"""Judgement of frames by rules: fired, passed, not run or broken."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from nwbgate.findings.outcome import Outcome, where_it_broke
from nwbgate.findings.report import BrokenRule, NotRun
from nwbgate.gate.finding_words import location, unit_of, visible, word
from nwbgate.gate.rule_order import needs_and_order
from nwbgate.manifest.csv.look_alikes import difference
from nwbgate.rules import FACTS
from nwbgate.rules.rule import Finding, Rule

#: Why a rule about facts of files is not run without any.
NO_FILE = "no NWB file given"
#: Columns of a rule's result that word the message of its finding.
_WORDS = ("got", "expected")


def judge(
    rules: Sequence[Rule],
    frames: Mapping[str, pd.DataFrame],
    keys: Mapping[str, Sequence[str]],
    *,
    complete: bool = False,
    path: str | None = None,
) -> Outcome:
    """Judge `frames` by `rules`, in the order of their needs.

    Parameters
    ----------
    rules : sequence of Rule
        Rules of one scope.
    frames : mapping of str to DataFrame
        Tables by name; a rule whose table is absent is not run.
    keys : mapping of str to sequence of str
        Key columns per table; a table without names its rows by their index.
    complete : bool
        Whether the input is said to be a whole release.
    path : str, optional
        File the frames were read from.
    """
    outcome = Outcome()
    needs, ordered = needs_and_order(tuple(rules))
    stopped: dict[str, str] = {}
    seen = _SeenValues(frames)
    for rule in ordered:
        unjudged = _reason_not_to_run(rule, frames, needs, stopped, seen)
        if unjudged is not None:
            outcome.not_run.append(unjudged)
            continue
        try:
            rows = rule.function(*(frames.get(name) for name in rule.tables))
            finding = None if rows is None or rows.empty else finding_of(rule, rows, keys.get(rule.table, ()), path)
        except Exception as error:  # whatever a rule raises is a fault of the rule, not of the data
            outcome.broken.append(BrokenRule(rule.code, where_it_broke(error), path))
            stopped[rule.code] = f"{rule.code} broke"
            continue
        if rule.complete and not complete:
            outcome.not_run.append(NotRun(rule.code, _only_complete(finding)))
        elif finding is None:
            outcome.passed.append(rule.code)
        else:
            outcome.findings.append(finding)
            stopped[rule.code] = f"{rule.code} fired"
    return outcome


def _only_complete(finding: Finding | None) -> str:
    """Return why a rule about whole releases did not run."""
    number = f"; {len(finding.keys):,} rows would be found" if finding is not None and finding.keys else ""
    return f"needs a complete release (--complete){number}"


def _reason_not_to_run(
    rule: Rule,
    frames: Mapping[str, pd.DataFrame],
    needs: Mapping[str, Sequence[str]],
    stopped: dict[str, str],
    seen: "_SeenValues",
) -> NotRun | None:
    """Return why `rule` cannot be judged, or None; the cause passes to waiting rules."""
    if rule.unpromised:
        return NotRun(rule.code, rule.unpromised, objected=False)
    missing = [name for name in rule.tables if name not in frames and name not in rule.optional]
    if missing:
        reason = NO_FILE if FACTS & {*missing} else f"table {' and '.join(missing)} not given"
        return NotRun(rule.code, reason, objected=rule.scope == "manifest", absent=tuple(missing))
    cause = next((stopped[code] for code in needs[rule.code] if code in stopped), None)
    if cause is not None:
        stopped[rule.code] = cause
        return NotRun(rule.code, f"because {cause}", cause=cause.partition(" ")[0])
    columns = (*(need for need in rule.needs if need not in needs), *(place for place, _ in rule.where))
    absent = next((column for column in columns if _lacks(frames, column)), None)
    nothing = f"column {absent} not given" if absent else _nothing_to_judge(rule, frames, seen)
    return NotRun(rule.code, nothing, objected=False) if nothing else None


def _nothing_to_judge(rule: Rule, frames: Mapping[str, pd.DataFrame], seen: "_SeenValues") -> str:
    """Return why no row is one that `rule` judges, or the empty text."""
    if len(frames[rule.table]) < rule.fewest:
        few = f"fewer than {rule.fewest} rows" if rule.fewest > 1 else "no row"
        return f"{rule.table} has {few}"
    for place, values in rule.where:
        table, _, column = place.partition(".")
        if values and seen.among(place).isdisjoint(values):
            return f"no row of {table} has {column} {' or '.join(values)}"
        if not values and not seen.any(place):
            return f"{table} has no {column}"
    return ""


class _SeenValues:
    """Values in the columns of frames, looked up once for all rules."""

    def __init__(self, frames: Mapping[str, pd.DataFrame]) -> None:
        self._frames = frames
        self._among: dict[str, frozenset[Any]] = {}
        self._any: dict[str, bool] = {}

    def among(self, place: str) -> frozenset[Any]:
        """Return the different values of a column, given as ``<table>.<column>``."""
        if place not in self._among:
            self._among[place] = frozenset(self._cells(place).unique())
        return self._among[place]

    def any(self, place: str) -> bool:
        """Return whether a column has a value."""
        if place not in self._any:
            self._any[place] = bool(self._cells(place).notna().any())
        return self._any[place]

    def _cells(self, place: str) -> "pd.Series[Any]":
        table, _, column = place.partition(".")
        return self._frames[table][column]


def _lacks(frames: Mapping[str, pd.DataFrame], need: str) -> bool:
    """Return whether `need` names a column, ``<table>.<column>``, missing from its table."""
    table, _, column = need.partition(".")
    return table in frames and "." not in column and column not in frames[table].columns


def finding_of(rule: Rule, rows: pd.DataFrame, keys: Sequence[str], path: str | None = None) -> Finding:
    """Return one finding for all offending `rows` of `rule`."""
    of_table = rows.index.name == "table"
    values = () if of_table else _key_values(rows, keys)
    first = rows.iloc[0]
    return Finding(
        code=rule.code,
        severity=rule.severity,
        table=rule.table,
        column=rule.column,
        keys=values,
        message=_message(rule, first),
        path=path if path is not None else _path_of(rows),
        location=rule.table if of_table else location(rule, keys, values[0], first),
        fix=rule.fix,
        rows=() if of_table or rows.index.dtype.kind != "i" else tuple(rows.index.tolist()),
    )


def _message(rule: Rule, first: "pd.Series[Any]") -> str:
    """Return the first row's sentence, or the title with got and expected."""
    if "sentence" in first.index:
        return word(first["sentence"])
    unit = unit_of(rule.table, rule.column) if rule.scope == "session" else ""
    got, expected = (word(first[name], unit) if name in first.index else "" for name in _WORDS)
    alike = difference(got, expected)
    texts = (
        f"got {visible(got)}" if got else "",
        f"expected {visible(expected)}" if expected else "",
        f"which differs by {alike}" if alike else "",
    )
    return ": ".join(filter(None, [rule.title.rstrip("."), ", ".join(filter(None, texts))]))


def _key_values(rows: pd.DataFrame, keys: Sequence[str]) -> tuple[Any, ...]:
    present = [name for name in keys if name in rows.columns]
    if not present:
        return tuple(rows.index.tolist())
    if len(present) == 1:
        return tuple(rows[present[0]].tolist())
    return tuple(zip(*(rows[name].tolist() for name in present), strict=True))


def _path_of(rows: pd.DataFrame) -> str | None:
    """Return the file of the first row, in tables of files."""
    path = rows["path"].iloc[0] if "path" in rows.columns else None
    return path if isinstance(path, str) else None
