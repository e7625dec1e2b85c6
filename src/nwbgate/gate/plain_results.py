"""Results of files as plain values that a cache keeps, and back."""

import json
from dataclasses import asdict, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

from nwbgate.findings.outcome import Outcome
from nwbgate.findings.report import NotRun
from nwbgate.gate.files import FileResult
from nwbgate.json_text import parse_json
from nwbgate.reading.facts.plain_facts import PlainFacts, columns_of
from nwbgate.rules.rule import Finding, Severity

#: Fields of a finding that another place or a table tells again.
_UNKEPT = {"path", "line", "character"}
_TEXTS = ("code", "table", "message", "location", "fix", "validator")


def plain_result(result: FileResult) -> dict[str, Any]:
    """Return a file's findings and outcome as plain values; its facts are kept apart.

    The outcome is a text: most files have the same, which is then read once.
    """
    outcome = {"passed": result.outcome.passed, "not_run": [asdict(gap) for gap in result.outcome.not_run]}
    return {
        "path": str(result.path),
        "findings": [_plain_finding(finding) for finding in result.findings],
        "fired": [_plain_finding(finding) for finding in result.outcome.findings],
        "outcome": json.dumps(outcome),
    }


def result_of(values: Any, path: Path, facts: PlainFacts) -> FileResult | None:
    """Return the result that plain values hold.

    Parameters
    ----------
    values : Any
        What `plain_result` returned, or anything else.
    path : Path
        The file, as it is named now.
    facts : PlainFacts
        Its facts.

    Returns
    -------
    FileResult or None
        None where the values do not have the form of a result, or name the file by another path.
    """
    try:
        findings, fired = ([_finding(each, path) for each in values[name]] for name in ("findings", "fired"))
        named = str(values["path"])
        texts = [f"{each.message}{each.location}{each.fix}" for each in (*findings, *fired)]
        if named != str(path) and any(named in text for text in texts):
            return None
        return FileResult(
            path, findings, outcome=_outcome(values["outcome"], fired), facts=columns_of(facts, str(path))
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _plain_finding(finding: Finding) -> dict[str, Any]:
    plain = {field.name: getattr(finding, field.name) for field in fields(finding) if field.name not in _UNKEPT}
    return plain | {"severity": finding.severity.value}


def _finding(values: Any, path: Path) -> Finding:
    """Return the finding that plain values hold, or raise."""
    _require_texts([values[name] for name in _TEXTS])
    if values["column"] is not None:
        _require_texts([values["column"]])
    keys = tuple(tuple(key) if isinstance(key, list) else key for key in values["keys"])
    rows = tuple(int(row) for row in values["rows"])
    whole = {**values, "severity": Severity(values["severity"]), "keys": keys, "rows": rows}
    return Finding(**whole, path=str(path))


def _outcome(text: Any, fired: list[Finding]) -> Outcome:
    passed, not_run = _states(text)
    return Outcome(findings=fired, passed=passed, not_run=not_run)


@lru_cache(256)
def _states(text: str) -> tuple[list[str], list[NotRun]]:
    values = parse_json(text)
    not_run = [NotRun(**{**gap, "absent": tuple(gap["absent"])}) for gap in values["not_run"]]
    _require_texts(values["passed"])
    _require_texts([text for gap in not_run for text in (gap.code, gap.reason, gap.cause, *gap.absent)])
    return values["passed"], not_run


def _require_texts(values: list[Any]) -> None:
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise TypeError("not a list of texts")
