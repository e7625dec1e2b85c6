"""One file examined for publication: digests, metadata, placeholders and subject, as work of any process."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nwbgate.dandi.asset_metadata import asset_metadata, metadata_errors
from nwbgate.dandi.digests import Digests, State, file_digests
from nwbgate.dandi.placeholders import placeholder_findings
from nwbgate.dandi.subject_facts import subject_facts
from nwbgate.errors import MetadataError, SourceError
from nwbgate.findings.validator_codes import file_finding, unread
from nwbgate.processes.worker import WorkerDiedError
from nwbgate.rules.rule import Finding

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
        What speaks against publication.
    metadata : dict
        Metadata for the archive; empty where they cannot be extracted.
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
    known : Digests or None
        Its digests, where they are known.
    """

    file: Path
    path: str
    known: Digests | None = None

    def run(self) -> Examination:
        """Examine the file; whatever its content, this returns findings and does not raise."""
        found = Examination(self.path)
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
        return Examination(self.path, findings=[file_finding("file.unreadable", self.file, message)])


def _examine(work: ExaminationWork, found: Examination) -> None:
    found.state = State.of(work.file)
    found.digests = work.known or file_digests(work.file)
    facts = subject_facts(work.file)
    found.identifier = facts.identifier
    found.findings += placeholder_findings(work.file, facts)
    found.findings += _subject_findings(work, facts.subject_id)
    found.metadata = asset_metadata(work.file, work.path, found.digests)
    for place, message in metadata_errors(found.metadata, found.digests):
        found.findings.append(file_finding("publish.metadata", work.file, message, location=place))
    found.findings += changed_findings(work.file, found.state)


def changed_findings(file: Path, state: State) -> list[Finding]:
    """Return the finding about a file whose size or times differ from an earlier state."""
    now = State.of(file)
    if now == state:
        return []
    message = f"the file was changed during the check: {state.bytes:,} bytes before, {now.bytes:,} bytes now"
    return [file_finding("publish.changed", file, message)]


def _subject_findings(work: ExaminationWork, subject_id: str) -> list[Finding]:
    """Return the finding about a file named after another subject; the layout is judged elsewhere."""
    named = re.match(r"sub-([^_]+?)(?:_|\.nwb$)", work.file.name)
    expected = name_of_subject(subject_id)
    if named is None or not expected or _loosely(named[1]) == _loosely(expected):
        return []
    message = f"the name says subject {named[1]!r}, the file {subject_id!r}: expected sub-{expected}"
    return [file_finding("publish.subject", work.file, message, location="/general/subject/subject_id")]


def name_of_subject(subject_id: str) -> str:
    """Return a subject's id as dandi-cli writes it in names: a hyphen for each character with a meaning there."""
    return _WITH_A_MEANING.sub("-", subject_id)


def _loosely(name: str) -> str:
    """Return a name without doubled and final hyphens, which other programs leave out."""
    return re.sub(r"-+", "-", name).strip("-")


def _of_error(error: SourceError | MetadataError, file: Path) -> Finding:
    if isinstance(error, SourceError):
        return unread(error, file)
    return file_finding("publish.metadata", file, f"{error.what}: {error.got}")
