"""JSON Lines in the shape of dandi's ``ValidationResult`` (record version 1), one line per finding."""

import json
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import nwbgate
from nwbgate.report.report import Report
from nwbgate.rules.rule import Finding

#: Prefix of a code -> the standard that dandi names for it.
_STANDARDS = {"schema": "NWB", "inspector": "NWB", "dandi": "DANDI-LAYOUT"}


def jsonl(report: Report) -> str:
    """Render the findings of `report`, one JSON object per line.

    Keys are those of dandi's record; what it has no key for (table, column, row keys, fix) is in ``metadata``.
    """
    return "".join(json.dumps(record(finding), ensure_ascii=False, default=str) + "\n" for finding in report.records)


def record(finding: Finding) -> dict[str, Any]:
    """Return `finding` as dandi would record it; ``origin.validator`` says ``nwbgate`` for our own rules."""
    located = {finding.path: finding.location} if finding.path and finding.location else None
    return {
        "record_version": "1",
        "id": finding.code,
        "origin": {
            "type": "VALIDATION",
            "validator": finding.validator,
            "validator_version": validator_version(finding.validator),
            "standard": _STANDARDS.get(finding.code.split(".")[0]),
            "standard_version": None,
            "standard_schema_version": None,
        },
        "scope": "file" if finding.path else "dataset",
        "severity": finding.severity.value.upper(),
        "asset_paths": None,
        "within_asset_paths": located,
        "dandiset_path": None,
        "dataset_path": None,
        "message": finding.message,
        "metadata": {
            "table": finding.table,
            "column": finding.column,
            "rows": len(finding.keys),
            "keys": list(finding.keys),
            "location": finding.location,
            "fix": finding.fix,
        },
        "path": finding.path,
        "path_regex": None,
    }


def validator_version(name: str) -> str:
    """Return the installed version of the validator `name`, empty when it is not a distribution here."""
    if name == "nwbgate":
        return nwbgate.__version__
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
