"""Explanations of the whole-file validators' codes, from ``schemas/validators.yaml``."""

from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from nwbgate.errors import NwbgateError, SourceError, SpecError
from nwbgate.processes.limits import OverLimitError
from nwbgate.processes.worker import WorkerDiedError
from nwbgate.rules.rule import Finding, Severity
from nwbgate.storage.safe_files.folder_contents import Contents
from nwbgate.yaml_file import parse_yaml

#: Table that findings about a whole file belong to: the one with a row of facts per file, keyed by path.
TABLE = "nwb_files"

_INSPECTOR_WHY = "A practice of NWB, {importance} in the dandi configuration of NWB Inspector; DANDI shows violations."
_INSPECTOR_FIX = "Follow the message; the documentation of NWB Inspector explains the practice."
#: Pages of the best practices behind the checks of NWB Inspector.
_INSPECTOR_PAGES = "https://nwbinspector.readthedocs.io/en/dev/best_practices/"


@dataclass(frozen=True)
class CodeEntry:
    """One code of a validator: severity, title, reason and remedy.

    Parameters
    ----------
    code : str
        ``file.*``, ``schema.*``, ``dandi.*`` or ``inspector.<check_function_name>``.
    severity : Severity
        Severity of its findings.
    title, why, fix, example : str
        What must hold, as one sentence; why it matters; what to do; what a finding looks like.
    url : str
        Address of the page that explains it further.
    """

    code: str
    severity: Severity
    title: str
    why: str
    fix: str
    example: str = ""
    url: str = ""


@cache
def catalogue() -> dict[str, CodeEntry]:
    """Return every shipped code of the whole-file validators, in schema order."""
    data = _schema("validators.yaml")
    entries = [CodeEntry(code, Severity(entry.pop("severity")), **entry) for code, entry in data["findings"].items()]
    for importance, checks in data["inspector"].items():
        entries += [inspector_entry(check, importance, **words) for check, words in checks.items()]
    return {entry.code: entry for entry in entries}


def inspector_entry(
    check: str, importance: str, title: str = "", fix: str = _INSPECTOR_FIX, page: str = ""
) -> CodeEntry:
    """Return the entry of an NWB Inspector check.

    Parameters
    ----------
    check : str
        Name of the check function.
    importance : str
        Name of its importance ("CRITICAL"), which decides the severity.
    title, fix : str, optional
        What it asks for, and what to do.
    page : str, optional
        Its page and section in the best practices.
    """
    return CodeEntry(
        code=f"inspector.{check}",
        severity=severity_of(importance),
        title=title or f"NWB Inspector's {check} reports nothing.",
        why=_INSPECTOR_WHY.format(importance=importance),
        fix=fix,
        url=f"{_INSPECTOR_PAGES}{page}" if page else f"{_INSPECTOR_PAGES}best_practices_index.html",
    )


def reported_entry(check: str, importance: str) -> CodeEntry:
    """Return the catalogue's words on a check, with the importance of its message."""
    entry = inspector_entry(check, importance)
    known = catalogue().get(entry.code, entry)
    return replace(known, severity=entry.severity, why=entry.why)


def severity_of(importance: str) -> Severity:
    """Return our severity for an NWB Inspector importance (``schemas/inspector_severity.yaml``)."""
    return _severities()[importance]


def file_finding(
    entry: CodeEntry | str, path: Path, message: str, *, location: str = "", validator: str = "nwbgate"
) -> Finding:
    """Return a finding about one file.

    Parameters
    ----------
    entry : CodeEntry or str
        Entry of the catalogue, or its code.
    path : pathlib.Path
        The file.
    message : str
        What is wrong.
    location : str, optional
        HDF5 path, or what the validator calls the place.
    validator : str
        Who found it.
    """
    known = catalogue()[entry] if isinstance(entry, str) else entry
    name = str(path)
    return Finding(
        code=known.code,
        severity=known.severity,
        table=TABLE,
        column=None,
        keys=(name,),
        message=message,
        path=name,
        location=location,
        fix=known.fix,
        validator=validator,
    )


def not_judged(found: Contents) -> list[Finding]:
    """Return a finding for each data-like thing that is not judged."""
    return [file_finding("file.not_judged", other.path, other.reason) for other in found.not_judged]


def crash_finding(error: Exception, path: Path) -> Finding:
    """Return the finding on a dead worker's file, or raise the error."""
    if isinstance(error, OverLimitError):
        return over_limit(error, path)
    if not isinstance(error, WorkerDiedError):
        raise error
    return file_finding("file.unreadable", path, "a library crashed on this file and killed its process")


def over_limit(error: OverLimitError, path: Path) -> Finding:
    """Return the finding on a file over a limit of time or memory."""
    return file_finding("file.over_limit", path, _in_words(error))


def unread(error: NwbgateError, path: Path) -> Finding:
    """Return the finding about an unreadable file, by its error's code."""
    place = error.where.removeprefix(str(path)).strip()
    elsewhere = error.where if place == error.where else place.partition(" attribute ")[2] and place
    code = error.code if isinstance(error, SourceError) else "file.unreadable"
    location = place.partition(" attribute ")[0]
    return file_finding(code, path, _in_words(error, elsewhere), location=location if location.startswith("/") else "")


def _in_words(error: NwbgateError, where: str = "") -> str:
    """Return the parts of an error on one line."""
    parts = (("where", where), ("got", error.got), ("expected", error.expected), ("what to do", error.fix))
    return "; ".join([error.what, *(f"{name}: {' '.join(text.split())}" for name, text in parts if text)])


@cache
def _severities() -> dict[str, Severity]:
    return {importance: Severity(severity) for importance, severity in _schema("inspector_severity.yaml").items()}


def _schema(name: str) -> dict[str, Any]:
    text = files("nwbgate.schemas").joinpath(name).read_text(encoding="utf-8")
    data: dict[str, Any] = parse_yaml(text, name, error=SpecError)
    return data
