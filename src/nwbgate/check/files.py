"""Files, each judged in one go: validators, the rules about its inside, and the facts that the manifest is held to."""

import gc
import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pandas as pd

from nwbgate.check.catalogue import file_finding
from nwbgate.check.judge import Outcome, judge
from nwbgate.errors import SourceError, UsageError
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
    """

    rules: tuple[Rule, ...] = ()
    validators: bool = True
    inspector: bool = True
    integrity: bool = False


@dataclass
class FileResult:
    """What came of one file: findings and outcome of its rules, and its rows of the tables of facts."""

    path: Path
    findings: list[Finding] = field(default_factory=list)
    outcome: Outcome = field(default_factory=Outcome)
    facts: dict[str, pd.DataFrame] = field(default_factory=dict)


def check_file(path: Path, checks: FileChecks) -> FileResult:
    """Judge one file; whatever its content, this returns findings and does not raise."""
    result = FileResult(path)
    if checks.validators:
        from nwbgate.check.validators import file_findings

        result.findings += file_findings(path, inspector=checks.inspector)
    if checks.integrity and not any(finding.code == "file.unreadable" for finding in result.findings):
        from nwbgate.check.integrity import integrity_findings

        result.findings += integrity_findings(path)
    _read(path, checks, result)
    return result


def _read(path: Path, checks: FileChecks, result: FileResult) -> None:
    """Add facts and the outcome of the session rules to `result`; a file that cannot be read has one finding."""
    from nwbgate.reading.facts import file_facts
    from nwbgate.reading.session import key_columns, session_frames

    try:
        frames = session_frames(path)
        result.facts = dict(file_facts(path, frames).frames())
    except (SourceError, UsageError) as error:  # the second for a link to nothing, or a file that went meanwhile
        if not any(finding.code.startswith("file.") for finding in result.findings):
            result.findings.append(file_finding("file.unreadable", path, str(error).replace("\n", "; ")))
        return
    result.outcome = judge(checks.rules, frames, {name: key_columns(name) for name in frames}, path=str(path))


def check_files(paths: Sequence[Path], checks: FileChecks, jobs: int) -> Iterator[FileResult]:
    """Yield the result of each file in the order of `paths`, judged in `jobs` processes.

    Libraries and schemas that every file needs are read once, before the processes are forked. No file is: one that
    makes a library crash must not take the run along.
    """
    if jobs == 1 or len(paths) < 2:
        yield from (check_file(path, checks) for path in paths)
        return
    _warm(checks)
    gc.freeze()
    context = multiprocessing.get_context("fork" if "fork" in multiprocessing.get_all_start_methods() else None)
    work = partial(check_file, checks=checks)
    done = 0
    try:
        with ProcessPoolExecutor(min(jobs, len(paths)), mp_context=context) as pool:
            for result in pool.map(work, paths):
                yield result
                done += 1
    except BrokenProcessPool:
        yield from (_alone(path, work, context) for path in paths[done:])
    finally:
        gc.unfreeze()


def _warm(checks: FileChecks) -> None:
    """Import and read what every worker needs."""
    from nwbgate.reading import facts, layouts

    assert facts
    layouts.session_tables()
    if checks.validators:
        from nwbgate.check.validators import warm

        warm()


def _alone(path: Path, work: "partial[FileResult]", context: multiprocessing.context.BaseContext) -> FileResult:
    """Judge one file in a process of its own, after a file of the batch made a process die."""
    try:
        with ProcessPoolExecutor(1, mp_context=context) as pool:
            return pool.submit(work, path).result()
    except BrokenProcessPool:
        message = "a library crashed on this file, and took its process with it"
        return FileResult(path, [file_finding("file.unreadable", path, message)])
