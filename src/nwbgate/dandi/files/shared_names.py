"""Findings about files in conflict: copies, and names taken in the archive."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from nwbgate.archives.assets import RemoteAsset, another_recording
from nwbgate.dandi.files.examination import Examination
from nwbgate.findings.validator_codes import file_finding
from nwbgate.rules.rule import Finding


def duplicate_findings(root: Path, examined: Iterable[Examination]) -> list[Finding]:
    """Return a finding for each file that shares content or identifier with another."""
    found: dict[str, Finding] = {}
    for kind, mark in (("content", _content), ("NWB identifier", _identifier)):
        groups: dict[str, list[str]] = {}
        for one in examined:
            groups.setdefault(mark(one), []).append(one.path)
        for mark_of_all, paths in groups.items():
            for path in paths if mark_of_all and len(paths) > 1 else ():
                others = ", ".join(each for each in paths if each != path)
                message = f"the file has the same {kind} as {others}"
                found.setdefault(path, file_finding("publish.duplicate", root / path, message))
    return [*found.values()]


def _content(one: Examination) -> str:
    return one.digests.sha256 if one.digests else ""


def _identifier(one: Examination) -> str:
    return one.identifier


def name_findings(root: Path, examined: Iterable[Examination], there: Mapping[str, RemoteAsset]) -> list[Finding]:
    """Return a finding for each name that another recording has in the archive."""
    found = []
    for one in examined:
        remote = there.get(one.path)
        differs = remote is not None and another_recording(one.metadata, remote.metadata)
        if differs:
            message = f"the archive has another recording of this name: {differs}"
            found.append(file_finding("publish.name_taken", root / one.path, message))
    return found
