"""Findings of NWB Inspector, in its own words."""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from nwbinspector import InspectorMessage, configure_checks, inspect_nwbfile_object, load_config
from pynwb import NWBFile

from nwbgate.findings.validator_codes import file_finding, reported_entry
from nwbgate.rules.rule import Finding, Severity
from nwbgate.storage.safe_files.folder_contents import is_store
from nwbgate.validators.steps import StepError, run_step
from nwbgate.validators.store_findings import HDF5_CHECKS

#: How NWB Inspector names a check of its own that crashed.
_CRASHED = re.compile(r"During evaluation of '(?P<check>\w+)'")

#: What Python and HDF5 say where a check asks for the first value of a column that has none.
_EMPTY = re.compile(r"for empty dimension|out of bounds for axis 0 with size 0|offset not within extent")


@cache
def inspector_checks() -> list[Callable[..., Any]]:
    """Return NWB Inspector's own checks in its ``dandi`` configuration."""
    checks: list[Callable[..., Any]] = configure_checks(config=load_config("dandi"))
    return [check for check in checks if not _is_ours(check)]


def store_checks() -> list[Callable[..., Any]]:
    """Return the checks without those of the storage of HDF5."""
    return [check for check in inspector_checks() if check.__name__ not in HDF5_CHECKS]


def _is_ours(check: Any) -> bool:
    return bool(check.__wrapped__.__module__.partition(".")[0] == "nwbgate")


def inspector_findings(nwbfile: NWBFile, path: Path) -> list[Finding]:
    """Return NWB Inspector's messages about a file, or why it stopped."""
    try:
        checks = inspector_checks() if not is_store(path) else store_checks()
        messages = run_step("inspector.crashed", path, lambda: list(inspect_nwbfile_object(nwbfile, checks=checks)))
    except StepError as failed:
        return [failed.finding]
    return [_finding(message, path) for message in messages if message is not None]


def _finding(message: InspectorMessage, path: Path) -> Finding:
    name, text = str(message.check_function_name), message.message
    if crashed := _CRASHED.match(name):
        name, text = crashed["check"], f"the check crashed: {text.strip().splitlines()[-1]}"
    entry = reported_entry(name, message.importance.name)
    if crashed and _EMPTY.search(text):
        entry = replace(entry, severity=Severity.WARNING)
        text += " (on a column without values, which NWB allows: a neuron without spikes, a plane without cells)"
    return file_finding(entry, path, text, location=_place(message), validator="nwbinspector")


def _place(message: InspectorMessage) -> str:
    """Return the path in the file, or the object's type and name."""
    if message.location:
        return str(message.location)
    return f"{message.object_type} {message.object_name!r}" if message.object_name else ""
