"""JSON Lines in the shape of dandi's ``ValidationResult`` (record version 1)."""

import json
from collections.abc import Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import nwbgate
from nwbgate.findings.report import Report
from nwbgate.findings.summary import date_of
from nwbgate.rules.rule import Finding

#: Prefix of a code -> the standard that dandi names for it.
_STANDARDS = {"schema": "NWB", "inspector": "NWB", "dandi": "DANDI-LAYOUT"}


def jsonl(report: Report) -> str:
    """Render `report`, one JSON object per line: findings, then rules not judged.

    Keys are those of dandi's record; what it has no key for (table, column, row keys, fix) is in ``metadata``, whose
    ``status`` says which line is what: ``found``, ``broken`` (a rule that raised), ``not run``, ``waived`` or
    ``unchanged`` (a file that was not judged again). The last three weigh ``INFO``, but that a rule was not run weighs
    ``ERROR`` where it closes the gate.
    """
    lines = [*map(record, report.records), *_broken(report), *_not_run(report), *_waived_records(report)]
    lines += _unchanged_records(report)
    return "".join(json.dumps(line, ensure_ascii=False, default=str) + "\n" for line in lines)


def record(finding: Finding) -> dict[str, Any]:
    """Return `finding` as a dandi record; ``origin.validator`` is ``nwbgate`` for our rules."""
    metadata = {
        "status": "found",
        "table": finding.table,
        "column": finding.column,
        "rows": len(finding.keys),
        "keys": list(finding.keys),
        "line": finding.line,
        "character": finding.character,
        "location": finding.location,
        "fix": finding.fix,
    }
    return _record(
        finding.code,
        finding.severity.value.upper(),
        finding.message,
        metadata,
        path=finding.path,
        location=finding.location,
        validator=finding.validator,
    )


def _broken(report: Report) -> Iterator[dict[str, Any]]:
    for rule in report.broken:
        metadata = {"status": "broken"}
        yield _record(rule.code, "CRITICAL", f"the rule broke: {rule.error}", metadata, path=rule.path, internal=True)


def _not_run(report: Report) -> Iterator[dict[str, Any]]:
    for rule in report.not_run:
        closes = report.complete and rule.objected
        metadata = {"status": "not run", "cause": rule.cause, "absent": list(rule.absent)}
        yield _record(rule.code, "ERROR" if closes else "INFO", f"not run: {rule.reason}", metadata, internal=True)


def _waived_records(report: Report) -> Iterator[dict[str, Any]]:
    for waived in report.waived:
        line = record(waived.finding)
        metadata = {**line["metadata"], "status": "waived", "waiver": waived.reason}
        yield {**line, "severity": "INFO", "metadata": metadata}


def _unchanged_records(report: Report) -> Iterator[dict[str, Any]]:
    for path, since in report.unchanged.items():
        metadata = {"status": "unchanged", "since": since}
        message = f"unchanged since it was judged on {date_of(since)}; not judged again"
        yield _record("file.unchanged", "INFO", message, metadata, path=path, internal=True)


def _record(
    code: str,
    severity: str,
    message: str,
    metadata: dict[str, Any],
    *,
    path: str | None = None,
    location: str = "",
    validator: str = "nwbgate",
    internal: bool = False,
) -> dict[str, Any]:
    """Return a record with dandi's keys; `internal` describes a rule, not the data."""
    return {
        "record_version": "1",
        "id": code,
        "origin": {
            "type": "INTERNAL" if internal else "VALIDATION",
            "validator": validator,
            "validator_version": validator_version(validator),
            "standard": _STANDARDS.get(code.partition(".")[0]),
            "standard_version": None,
            "standard_schema_version": None,
        },
        "scope": "file" if path else "dataset",
        "severity": severity,
        "asset_paths": None,
        "within_asset_paths": {path: location} if path and location else None,
        "dandiset_path": None,
        "dataset_path": None,
        "message": message,
        "metadata": metadata,
        "path": path,
        "path_regex": None,
    }


@cache
def validator_version(name: str) -> str:
    """Return the installed version of a validator; empty if it is not installed."""
    if name == "nwbgate":
        return nwbgate.__version__
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
