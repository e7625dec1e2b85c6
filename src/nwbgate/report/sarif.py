"""SARIF 2.1.0 (OASIS), shown as alerts by code hosting sites."""

import json
import os
from hashlib import sha256
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

import nwbgate
from nwbgate.findings.report import Report
from nwbgate.findings.summary import shorten
from nwbgate.rules.rule import Finding, Rule

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_DOCUMENTATION = "https://nwbgate.readthedocs.io"
#: Row keys listed of one finding; sites refuse reports of many megabytes, and JSON Lines holds all of them.
_KEYS_SHOWN = 100


def sarif(report: Report) -> str:
    """Render `report` as one SARIF run: a descriptor per rule, a result per finding."""
    codes = list(dict.fromkeys([*report.rules, *(finding.code for finding in report.records)]))
    index = {code: number for number, code in enumerate(codes)}
    log = {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "nwbgate",
                        "version": nwbgate.__version__,
                        "informationUri": _DOCUMENTATION,
                        "rules": [_rule_descriptor(code, report.rules.get(code)) for code in codes],
                    }
                },
                "invocations": [_invocation(report)],
                "results": [_result(finding, index[finding.code]) for finding in report.records],
            }
        ],
    }
    return json.dumps(log, indent=1, ensure_ascii=False, default=str) + "\n"


def _rule_descriptor(code: str, rule: Rule | None) -> dict[str, Any]:
    if rule is None:
        return {"id": code, "shortDescription": {"text": code}}
    return {
        "id": code,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.explanation or rule.title},
        "help": {"text": rule.fix or rule.title},
        "defaultConfiguration": {"level": rule.severity.value},
    }


def _invocation(report: Report) -> dict[str, Any]:
    notes = [
        {"level": "error", "message": {"text": f"rule {rule.code} broke: {shorten(rule.error)}"}}
        for rule in report.broken
    ] + [
        {"level": "note", "message": {"text": f"rule {rule.code} was not run: {rule.reason}"}}
        for rule in report.not_run
    ]
    notes += [
        {"level": "note", "message": {"text": f"a finding of rule {waived.finding.code} is waived: {waived.reason}"}}
        for waived in report.waived
    ]
    return {
        "executionSuccessful": not report.broken,
        "exitCode": report.exit_code,
        "toolExecutionNotifications": notes,
    }


def _result(finding: Finding, rule_index: int) -> dict[str, Any]:
    return {
        "ruleId": finding.code,
        "ruleIndex": rule_index,
        "level": finding.severity.value,
        "message": {"text": shorten(finding.message)},
        "locations": [_location(finding)],
        "partialFingerprints": {"nwbgate/v1": _fingerprint(finding)},
        "properties": {
            "validator": finding.validator,
            "rows": len(finding.keys),
            "keys": [shorten(key, 200) if isinstance(key, str) else key for key in finding.keys[:_KEYS_SHOWN]],
        },
    }


def _location(finding: Finding) -> dict[str, Any]:
    location: dict[str, Any] = {
        "logicalLocations": [{"fullyQualifiedName": shorten(finding.location or finding.table), "kind": "member"}]
    }
    if finding.path:
        location["physicalLocation"] = {
            "artifactLocation": {"uri": quote(os.fsencode(PurePath(finding.path).as_posix()))},
            **({"region": _region(finding)} if finding.line is not None else {}),
        }
    return location


def _region(finding: Finding) -> dict[str, int]:
    region = {"startLine": finding.line, "startColumn": finding.character}
    return {name: number for name, number in region.items() if number is not None}


def _fingerprint(finding: Finding) -> str:
    """Return a fingerprint of code, file and rows that is stable against rewording."""
    return sha256(repr((finding.code, finding.path, finding.keys)).encode()).hexdigest()
