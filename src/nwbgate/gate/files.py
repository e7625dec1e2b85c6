"""Files, each judged in one go: validators, the rules about its inside, and the facts that the manifest is held to."""

import gc
import multiprocessing
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.context import BaseContext
from pathlib import Path

import pandas as pd

from nwbgate.errors import SourceError, UsageError
from nwbgate.findings.outcome import Outcome
from nwbgate.findings.validator_codes import file_finding, unread
from nwbgate.gate.judge import judge
from nwbgate.gate.prefetching import read_ahead
from nwbgate.processes.garbage import not_collecting
from nwbgate.rules.rule import Finding, Rule


@dataclass(frozen=True)
class FileChecks:
    """What is to be done with each file.

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
    layout: bool = True


@dataclass
class FileResult:
    """What came of one file: findings and outcome of its rules, and its rows of the tables of facts."""

    path: Path
    findings: list[Finding] = field(default_factory=list)
    outcome: Outcome = field(default_factory=Outcome)
    facts: dict[str, pd.DataFrame] = field(default_factory=dict)


@dataclass
class Inside:
    """What came of the inside of one file: the outcome of its rules, its facts, or why it cannot be read."""

    outcome: Outcome = field(default_factory=Outcome)
    facts: dict[str, pd.DataFrame] = field(default_factory=dict)
    unreadable: Finding | None = None


def check_file(path: Path, checks: FileChecks) -> FileResult:
    """Judge one file; whatever its content, this returns findings and does not raise."""
    return _whole(path, _validated(path, checks), _inside(path, checks.rules))


def _validated(path: Path, checks: FileChecks) -> list[Finding]:
    """Return the findings of the validators, and those of reading every chunk."""
    findings: list[Finding] = []
    if checks.validators:
        from nwbgate.validators.file_findings import file_findings

        findings += file_findings(path, inspector=checks.inspector, layout=checks.layout)
    if checks.integrity and not any(finding.code == "file.unreadable" for finding in findings):
        from nwbgate.validators.integrity import integrity_findings

        findings += integrity_findings(path)
    return findings


def _inside(path: Path, rules: Sequence[Rule]) -> Inside:
    """Return facts and the outcome of the session rules; nothing but a finding where the file cannot be read."""
    from nwbgate.reading.facts.files import file_facts
    from nwbgate.reading.facts.frames import key_columns, session_frames
    from nwbgate.storage.hdf5 import readable

    try:
        with readable(str(path)):
            frames = session_frames(path)
            facts = dict(file_facts(path, frames).frames())
    except (SourceError, UsageError) as error:  # the second for a link to nothing, or a file that went meanwhile
        return Inside(unreadable=unread(error, path))
    return Inside(judge(rules, frames, {name: key_columns(name) for name in frames}, path=str(path)), facts)


def _whole(path: Path, findings: list[Finding], inside: Inside) -> FileResult:
    """Return the result of a file; that it cannot be read is said once.

    A value that the schema validator names as well is said twice here: whoever leaves the codes of the validator out
    must still hear of it.
    """
    if inside.unreadable and not any(finding.code.startswith("file.") for finding in findings):
        findings = [*findings, inside.unreadable]
    return FileResult(path, findings, inside.outcome, inside.facts)


def check_files(paths: Sequence[Path], checks: FileChecks, jobs: int) -> Iterator[FileResult]:
    """Yield the result of each file in the order of `paths`, judged in `jobs` processes.

    Libraries and schemas that every file needs are read once, before the processes are forked; the other cores look
    into the first files meanwhile. No file is read in this process: one that makes a library crash must not take the
    run along.
    """
    if jobs == 1 or len(paths) < 2:
        yield from (check_file(path, checks) for path in paths)
        return
    known = _warm(paths, checks, jobs)
    gc.freeze()
    context = multiprocessing.get_context("fork" if "fork" in multiprocessing.get_all_start_methods() else None)
    work = partial(_rest, checks=checks)
    done = 0
    try:
        with ProcessPoolExecutor(min(jobs, len(paths)), mp_context=context) as pool:
            for result in pool.map(work, paths, [path in known for path in paths]):
                yield _with(result, known)
                done += 1
    except BrokenProcessPool:
        yield from (_with(_alone(path, path in known, work, context), known) for path in paths[done:])
    finally:
        gc.unfreeze()


def _warm(paths: Sequence[Path], checks: FileChecks, jobs: int) -> dict[Path, Inside]:
    """Import and read what every worker needs; return what the other processes found in some files meanwhile."""
    with not_collecting():
        from nwbgate.reading.facts import files
        from nwbgate.reading.format.layouts import session_tables

        assert files
        session_tables()
        if not checks.validators:
            return {}
        return read_ahead(paths, partial(_inside, rules=checks.rules), jobs - 1, _warm_validators)


def _warm_validators() -> None:
    from nwbgate.validators.file_findings import warm

    warm()


def _rest(path: Path, known: bool, checks: FileChecks) -> FileResult:
    """Judge a file whose inside may be known already; do what is not done."""
    return FileResult(path, _validated(path, checks)) if known else check_file(path, checks)


def _with(result: FileResult, known: Mapping[Path, Inside]) -> FileResult:
    """Add what was known of the inside of a file to the rest of its result."""
    return _whole(result.path, result.findings, known[result.path]) if result.path in known else result


def _alone(path: Path, known: bool, work: Callable[[Path, bool], FileResult], context: BaseContext) -> FileResult:
    """Judge one file in a process of its own, after a file of the batch made a process die."""
    try:
        with ProcessPoolExecutor(1, mp_context=context) as pool:
            return pool.submit(work, path, known).result()
    except BrokenProcessPool:
        message = "a library crashed on this file, and took its process with it"
        return FileResult(path, [file_finding("file.unreadable", path, message)])
