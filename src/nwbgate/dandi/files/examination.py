"""Examination of one file for publication, in any process."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nwbgate.dandi.files.asset_metadata import asset_metadata, metadata_errors
from nwbgate.dandi.files.digests import Digests, State, file_digests
from nwbgate.dandi.files.placeholders import placeholder_findings
from nwbgate.dandi.files.subject_facts import subject_facts
from nwbgate.errors import MetadataError, SourceError
from nwbgate.findings.validator_codes import file_finding, unread
from nwbgate.processes.cores import cores
from nwbgate.processes.pool import results
from nwbgate.processes.worker import WorkerDiedError
from nwbgate.rules.rule import Finding

#: Imported once for all processes.
PRELOAD = ("nwbgate.dandi.files.preloaded",)
#: Files whose examination takes as long as the start of a process (2 s and 0.15 s, measured with files of 200 kB).
_WORTH_A_PROCESS = 12
#: Characters that `dandi organize` replaces in a value of a name (dandi.organize, dandi-cli 0.81).
_WITH_A_MEANING = re.compile(r"""[_*\\/<>:|"'?%@;,.\s]""")


@dataclass
class Examination:
    """Result of the examination of one file.

    Attributes
    ----------
    path : str
        Path in the folder.
    state, digests : State, Digests or None
        Of the file; None for one that cannot be read.
    findings : list of Finding
        Reasons against publication.
    metadata : dict
        Metadata for the archive; empty where they were not extracted.
    identifier : str
        The NWB identifier.
    """

    path: str
    state: State | None = None
    digests: Digests | None = None
    findings: list[Finding] = field(default_factory=list)
    metadata: dict[str, Any] = field(default_factory=dict)
    identifier: str = ""


@dataclass(frozen=True)
class ExaminationWork:
    """A file to be examined.

    Attributes
    ----------
    file : Path
        The file.
    path : str
        Its path in the folder.
    state, digests : State, Digests
        Of the file.
    """

    file: Path
    path: str
    state: State
    digests: Digests

    @classmethod
    def of(cls, file: Path, root: Path) -> "ExaminationWork":
        """Return the work on a file of a folder, whose digests are computed."""
        return cls(file, file.relative_to(root).as_posix(), State.of(file), file_digests(file))

    def run(self) -> Examination:
        """Examine the file; whatever its content, this returns findings and does not raise."""
        found = Examination(self.path, self.state, self.digests)
        try:
            _examine(self, found)
        except (SourceError, MetadataError) as error:
            found.findings.append(_of_error(error, self.file))
        except OSError as error:
            found.findings.append(file_finding("file.unreadable", self.file, error.strerror or str(error)))
        return found

    def lost(self, error: Exception) -> Examination:
        """Return the finding about a file that crashed a library; raise our own faults."""
        if not isinstance(error, WorkerDiedError):
            raise error
        message = "a library crashed on this file and killed its process"
        findings = [file_finding("file.unreadable", self.file, message)]
        return Examination(self.path, self.state, self.digests, findings)


def _examine(work: ExaminationWork, found: Examination) -> None:
    facts = subject_facts(work.file)
    found.identifier = facts.identifier
    found.findings += placeholder_findings(work.file, facts)
    found.findings += _subject_findings(work, facts.subject_id)
    found.metadata = asset_metadata(work.file, work.path, work.digests)
    for place, message in metadata_errors(found.metadata, work.digests):
        found.findings.append(file_finding("publish.metadata", work.file, message, location=place))
    found.findings += changed_findings(work.file, work.state)


def examinations(works: Sequence[ExaminationWork], jobs: int | None = None) -> dict[str, Examination]:
    """Return the examination of each file by its path.

    Parameters
    ----------
    works : sequence of ExaminationWork
        The files.
    jobs : int, optional
        Processes; one per core by default, and none besides this one for a few files, which take less time than its
        start.
    """
    several = min(jobs or cores(), 1 + len(works) // _WORTH_A_PROCESS)
    return {one.path: one for one in results(works, several, preload=PRELOAD)}


def changed_findings(file: Path, state: State) -> list[Finding]:
    """Return the finding about a file whose size or times changed."""
    now = State.of(file)
    if now == state:
        return []
    message = f"the file was changed during the check: {state.bytes:,} bytes before, {now.bytes:,} bytes now"
    return [file_finding("publish.changed", file, message)]


def _subject_findings(work: ExaminationWork, subject_id: str) -> list[Finding]:
    """Return the finding about a file named after another subject."""
    named = re.match(r"sub-([^_]+?)(?:_|\.nwb$)", work.file.name)
    expected = name_of_subject(subject_id)
    if named is None or not expected or _loosely(named[1]) == _loosely(expected):
        return []
    message = f"the name says subject {named[1]!r}, the file {subject_id!r}: expected sub-{expected}"
    return [file_finding("publish.subject", work.file, message, location="/general/subject/subject_id")]


def name_of_subject(subject_id: str) -> str:
    """Return a subject's id as dandi-cli writes it in file names."""
    return _WITH_A_MEANING.sub("-", subject_id)


def _loosely(name: str) -> str:
    """Return a name without doubled and final hyphens, which other programs leave out."""
    return re.sub(r"-+", "-", name).strip("-")


def _of_error(error: SourceError | MetadataError, file: Path) -> Finding:
    if isinstance(error, SourceError):
        return unread(error, file)
    return file_finding("publish.metadata", file, f"{error.what}: {error.got}")
