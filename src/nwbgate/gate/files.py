"""Judge single files: validators, rules about their inside, and facts for the manifest."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import lru_cache
from multiprocessing.reduction import ForkingPickler
from pathlib import Path
from typing import TYPE_CHECKING

from nwbgate.errors import NwbgateError, SourceError
from nwbgate.findings.outcome import Outcome
from nwbgate.findings.report import NotRun
from nwbgate.findings.validator_codes import crash_finding, unread
from nwbgate.gate import PRELOAD
from nwbgate.gate.judge import judge
from nwbgate.processes.limits import NO_LIMITS, WorkLimits
from nwbgate.processes.pool import results
from nwbgate.reading.facts.fact_frames import Columns
from nwbgate.rules.rule import Finding, Rule

if TYPE_CHECKING:
    import h5py  # a check of tables alone does without


@dataclass(frozen=True)
class FileChecks:
    """Steps of the check of each file.

    Parameters
    ----------
    rules : tuple of Rule
        Rules of scope ``session``.
    validators : bool
        Validate against the NWB schema and the DANDI layout.
    inspector : bool
        Run NWB Inspector's checks.
    integrity : bool
        Read every chunk of every dataset.
    layout : bool
        Judge the names of file and folder as DANDI does; off for a file with a temporary name.
    """

    rules: tuple[Rule, ...] = ()
    validators: bool = True
    inspector: bool = True
    integrity: bool = False
    follow_links: bool = False
    layout: bool = True


@dataclass
class FileResult:
    """Result of one file: findings, rule outcomes, columns of facts by table."""

    path: Path
    findings: list[Finding] = field(default_factory=list)
    not_run: list[NotRun] = field(default_factory=list)
    outcome: Outcome = field(default_factory=Outcome)
    facts: dict[str, Columns] = field(default_factory=dict)


@dataclass
class Inside:
    """Result of a file's inside: outcomes and facts, or a reason."""

    outcome: Outcome = field(default_factory=Outcome)
    facts: dict[str, Columns] = field(default_factory=dict)
    unreadable: Finding | None = None


def check_file(path: Path, checks: FileChecks) -> FileResult:
    """Judge one file; whatever its content, this returns findings and does not raise."""
    from nwbgate.storage.hdf5 import open_hdf5

    try:
        file = open_hdf5(path, follow_links=checks.follow_links)
    except NwbgateError as error:  # also a link to nothing, or a file that went meanwhile
        return _whole_result(path, _of_names(path, checks), Inside(unreadable=unread(error, path)), checks)
    with file:
        inside = _judge_inside(file, path, checks)
        findings = [*_of_names(path, checks), *_validator_findings(file, path, checks)]
    return _whole_result(path, findings, inside, checks)


def _of_names(path: Path, checks: FileChecks) -> list[Finding]:
    """Return the findings about the names of file and folder."""
    if not (checks.validators and checks.layout):
        return []
    from nwbgate.validators.dandi_names import layout_findings

    return layout_findings(path)


def _validator_findings(file: "h5py.File", path: Path, checks: FileChecks) -> list[Finding]:
    """Return the findings of the validators about an open file, which they may close."""
    if not checks.validators:
        return []
    from nwbgate.validators.file_findings import content_findings

    return content_findings(file, path, inspector=checks.inspector)


def _judge_inside(file: "h5py.File", path: Path, checks: FileChecks) -> Inside:
    """Return facts and rule outcomes, or the finding on an unreadable file."""
    from nwbgate.reading.facts.file_frames import key_columns, session_frames
    from nwbgate.reading.facts.files import fact_columns
    from nwbgate.storage.hdf5 import is_nwb_file, no_nwb, readable

    try:
        with readable(str(path)):
            if not is_nwb_file(file):
                raise no_nwb(str(path))
            frames = session_frames(file, whole=checks.integrity)
            facts = fact_columns(frames, str(path))
    except SourceError as error:
        return Inside(unreadable=unread(error, path))
    return Inside(judge(checks.rules, frames, {name: key_columns(name) for name in frames}, path=str(path)), facts)


def _whole_result(path: Path, findings: list[Finding], inside: Inside, checks: FileChecks) -> FileResult:
    """Return one file's result, with each unreadable part reported once.

    A value that the schema validator names as well is said twice here: whoever leaves the codes of the validator out
    must still hear of it.
    """
    if checks.integrity and not any(finding.code == "file.unreadable" for finding in findings):
        from nwbgate.validators.integrity import integrity_findings

        findings = [*findings, *integrity_findings(path)]
    if inside.unreadable and not any(finding.code.startswith("file.") for finding in findings):
        findings = [*findings, inside.unreadable]
    return FileResult(path, findings, _not_run(path, checks), inside.outcome, inside.facts)


def _not_run(path: Path, checks: FileChecks) -> list[NotRun]:
    """Return the codes of the validators that are not judged for this file."""
    if not checks.validators:
        return []
    from nwbgate.validators.store_findings import not_run_on

    return not_run_on(path)


@dataclass(frozen=True)
class FileWork:
    """A file to be judged, as work that any process can do."""

    path: Path
    checks: FileChecks

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle the checks as bytes, which a process reads once for all its files."""
        return _unpacked_work, (self.path, _pack_checks(self.checks))

    def run(self) -> FileResult:
        """Judge the file; whatever its content, this returns findings and does not raise."""
        return check_file(self.path, self.checks)

    def lost(self, error: Exception) -> FileResult:
        """Return the finding on a dead worker's file; raise our own faults."""
        return FileResult(self.path, [crash_finding(error, self.path)])


@lru_cache(1)
def _pack_checks(checks: FileChecks) -> bytes:
    return bytes(ForkingPickler.dumps(checks))


@lru_cache(1)
def _unpack_checks(packed: bytes) -> FileChecks:
    checks: FileChecks = ForkingPickler.loads(packed)
    return checks


def _unpacked_work(path: Path, packed: bytes) -> FileWork:
    return FileWork(path, _unpack_checks(packed))


def check_files(
    paths: Sequence[Path],
    checks: FileChecks,
    jobs: int,
    executor: Executor | None = None,
    *,
    limits: WorkLimits = NO_LIMITS,
) -> Iterator[FileResult]:
    """Yield results in the order of `paths`, from processes or an executor.

    No file is read in this process: one that makes a library crash must not take the run along.
    """
    works = [FileWork(path, checks) for path in paths]
    return results(works, jobs, preload=PRELOAD, ordered=True, executor=executor, limits=limits)
