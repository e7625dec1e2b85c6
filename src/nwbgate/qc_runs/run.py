"""Quality control of files: measure, judge, report."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from nwbgate.errors import UsageError
from nwbgate.findings.assembly import assemble_report
from nwbgate.findings.codes import Codes
from nwbgate.findings.outcome import Outcome
from nwbgate.findings.report import Report
from nwbgate.findings.validator_codes import catalogue, not_judged
from nwbgate.findings.waivers import read_waiver_files
from nwbgate.processes.cores import cores
from nwbgate.processes.limits import NO_LIMITS, WorkLimits
from nwbgate.processes.pool import Work, results
from nwbgate.qc.criteria import Criteria
from nwbgate.qc.criteria_files import load_criteria, recognise_criteria, shipped_criteria
from nwbgate.qc.judge import RESULT_COLUMNS, judge
from nwbgate.qc.manual_decisions import Decision, read_manual, refuse_unknown
from nwbgate.qc_runs.codes import MEASURABLE, TABLE, criteria_of, quality_rules
from nwbgate.qc_runs.outcome import Judged, quality_outcome
from nwbgate.qc_runs.picture_spool import PictureSpool
from nwbgate.qc_runs.plane_files import add_crosstalk
from nwbgate.qc_runs.tables import measurement_table, read_measurements, result_table
from nwbgate.qc_runs.tasks import PRELOAD, FileTask, Quality, containers
from nwbgate.rules.rule import Rule, Severity
from nwbgate.storage.nwb_paths import contents
from nwbgate.storage.safe_files.folder_contents import Contents

if TYPE_CHECKING:
    from nwbgate.manifest.specification.declaration import Spec


@dataclass(frozen=True)
class QualityRun:
    """The outcome of quality control.

    Attributes
    ----------
    report : Report
        Findings and exit code, as of `nwbgate.check`.
    judged : tuple of Judged
        Each session, then each container.
    """

    report: Report
    judged: tuple[Judged, ...]

    @property
    def measurements(self) -> pd.DataFrame:
        """All measurements, with the columns scope, session and file before those of `nwbgate.qc.measure`."""
        return measurement_table([each.quality for each in self.judged])

    @property
    def results(self) -> pd.DataFrame:
        """All results, with the columns scope, session and file before those of `nwbgate.qc.judge`."""
        return result_table(self.judged)


def run_quality(
    paths: str | Path | Iterable[str | Path] = (),
    *,
    measured_in: str | Path | None = None,
    spec: str | Path | None = None,
    manual: str | Path | None = None,
    waivers: str | Path | Sequence[str | Path] | None = None,
    complete: bool = False,
    fail_on: str = "error",
    jobs: int | None = None,
    pictures: str | Path | None = None,
    notify: Callable[[Quality], object] | None = None,
    follow_links: bool = False,
    executor: Executor | None = None,
    limits: WorkLimits = NO_LIMITS,
) -> QualityRun:
    """Measure and judge files; one failing file does not stop the others.

    Parameters
    ----------
    paths : str or Path, or several
        NWB files, folders that are searched for them, or patterns.
    measured_in : str or Path, optional
        Folder with the measurements of an earlier run, judged again instead of files.
    spec : str or Path, optional
        Name of a dataset whose criteria are shipped, or a folder with a ``qc.yaml``. By default the shipped criteria
        that know what was measured.
    manual : str or Path, optional
        Table of what people decided.
    waivers : str or Path, or several, optional
        YAML lists of accepted findings with reasons.
    complete : bool
        A criterion that was not measured fails the gate.
    fail_on : {"error", "warning"}
        Severity from which a finding fails the check: a failed criterion is an error.
    jobs : int, optional
        Processes to use; one per core by default.
    pictures : str or Path, optional
        Draw the pictures of the pages, and keep them on the disk of this folder until they are asked for.
    notify : callable, optional
        Called with what was measured of each file, in the order of the files, as soon as it is there.
    follow_links : bool
        Read also what files link to in files beside them; else a file that leads to others is refused.
    executor : Executor, optional
        Where to measure the files instead, such as a cluster; what compares files is measured here.
    limits : WorkLimits
        Time and memory for each file, and for each comparison of files; one that takes more is a finding.

    Raises
    ------
    UsageError
        If a path does not exist, there is nothing to judge, or criteria, decisions or waivers are wrong.
    """
    given = _given_criteria(spec)
    decisions = read_manual(Path(manual)) if manual is not None else []
    accepted = read_waiver_files(waivers)
    there = Contents()
    if measured_in is not None:
        found = read_measurements(Path(measured_in))
    else:
        there = contents(paths)
        files = there.files
        if not files:
            raise UsageError("nothing to measure", where="the command line", fix="give NWB files or folders")
        spool = PictureSpool(Path(pictures)) if pictures is not None else None
        found = measure_files(
            files,
            jobs or cores(),
            spool=spool,
            notify=notify,
            follow_links=follow_links,
            executor=executor,
            limits=limits,
        )
    judged = judge_all(found, given, decisions, Path(manual) if manual is not None else None)
    rules = all_quality_rules(judged, given)
    codes = Codes([*rules, MEASURABLE.code, *catalogue()], waived=[waiver.code for waiver in accepted])
    rows = {TABLE: sum(len(each.results) for each in judged)}
    report = Report.of(there, rules, rows, fail_on=Severity(fail_on), complete=complete)
    read = tuple(dict.fromkeys(str(path) for quality in found for path in quality.files))
    outcome = quality_outcome(judged)
    outcome.findings += not_judged(there)
    report = assemble_report(replace(report, files=read), outcome, codes, accepted)
    return QualityRun(report, tuple(judged))


@dataclass(frozen=True)
class QualityPart:
    """The quality part of a check: criteria by code, and the table of results."""

    rules: dict[str, Rule]
    tables: dict[str, pd.DataFrame]


def add_quality(
    whole: Outcome,
    files: Sequence[Path],
    spec: "str | Path | Spec | None",
    manual: str | Path | None,
    jobs: int,
    *,
    follow_links: bool = False,
    limits: WorkLimits = NO_LIMITS,
) -> QualityPart:
    """Measure and judge files, and add the outcome to their check.

    Parameters
    ----------
    whole : Outcome
        Added to. A file that could not be read is said to be so once.
    files : sequence of Path
        NWB files.
    spec : str, Path or Spec, optional
        Where it has criteria of quality, they are taken; else the shipped ones that know what was measured.
    manual : str or Path, optional
        Table of what people decided.
    jobs : int
        Processes to use.
    follow_links : bool
        Read also what files link to in files beside them.
    limits : WorkLimits
        Time and memory for each file.
    """
    table = Path(manual) if manual is not None else None
    decisions = read_manual(table) if table is not None else []
    own = criteria_of(spec) if spec is not None else []
    found = measure_files(files, jobs, follow_links=follow_links, limits=limits)
    judged = judge_all(found, own[0] if own else None, decisions, table)
    outcome = quality_outcome(judged)
    unread = {finding.path for finding in whole.findings if finding.code.startswith("file.")}
    whole.findings += [
        finding for finding in outcome.findings if finding.path not in unread or not finding.code.startswith("file.")
    ]
    whole.passed += outcome.passed
    whole.not_run += outcome.not_run
    whole.broken += outcome.broken
    return QualityPart(all_quality_rules(judged), {TABLE: result_table(judged)})


def measure_files(
    files: Sequence[Path],
    jobs: int = 1,
    *,
    spool: PictureSpool | None = None,
    notify: Callable[[Quality], object] | None = None,
    follow_links: bool = False,
    executor: Executor | None = None,
    limits: WorkLimits = NO_LIMITS,
) -> list[Quality]:
    """Measure each file, then each container with more than one session.

    Files of single planes that were recorded together are compared, as planes of one file are.
    With a spool pictures are drawn too, and are nowhere else: those of all files would fill the memory.
    """

    def receive(quality: Quality) -> None:
        if spool is not None:
            quality.pictures = spool.keep(tuple(quality.pictures))
        if notify is not None:
            notify(quality)

    tasks = [FileTask(path, spool is not None, follow_links) for path in files]
    sessions = _ordered_results(tasks, jobs, receive, executor, limits)
    add_crosstalk(sessions, jobs, follow_links=follow_links, limits=limits)
    across = containers(sessions, follow_links=follow_links)
    return [*sessions, *_ordered_results(across, jobs, notify, limits=limits)]


def _ordered_results(
    works: Sequence[Work[Quality]],
    jobs: int,
    notify: Callable[[Quality], object] | None,
    executor: Executor | None = None,
    limits: WorkLimits = NO_LIMITS,
) -> list[Quality]:
    """Return the measurements in order, notifying of each in turn."""
    found = []
    for quality in results(works, jobs, preload=PRELOAD, ordered=True, executor=executor, limits=limits):
        if notify is not None:
            notify(quality)
        found.append(quality)
    return found


def judge_all(
    found: Sequence[Quality],
    criteria: Criteria | None = None,
    decisions: Sequence[Decision] = (),
    table: Path | None = None,
) -> list[Judged]:
    """Judge measurements by the given criteria, or by those that fit their metrics.

    Raises
    ------
    TableError
        If a decision, of the table at `table`, names a criterion or a session that there is not.
    """
    chosen = [criteria or recognise_criteria(set(quality.measurements["metric"])) for quality in found]
    if table is not None:
        known = {each.name: each for each in chosen if each is not None}
        ids = {scope: [each.name for each in found if each.scope == scope] for scope in ("session", "container")}
        refuse_unknown(decisions, table, known.values(), sessions=ids["session"], containers=ids["container"])
    return [_judged_result(quality, each, decisions) for quality, each in zip(found, chosen, strict=True)]


def _judged_result(quality: Quality, criteria: Criteria | None, decisions: Sequence[Decision]) -> Judged:
    if criteria is None:  # nothing was measured, and a finding says why
        return Judged(quality, pd.DataFrame(columns=list(RESULT_COLUMNS)), None)
    own = [decision for decision in decisions if decision.session == quality.name]
    results = judge(quality.measurements, criteria, own, scope=quality.scope)
    return Judged(quality, results, criteria)


def all_quality_rules(judged: Sequence[Judged] = (), given: Criteria | None = None) -> dict[str, Rule]:
    """Return the criteria in use by code, or all shipped ones."""
    used = {code: rule for each in judged for code, rule in each.rules.items()}
    sets = [given] if given else shipped_criteria().values()
    return used or {code: rule for criteria in sets for code, rule in quality_rules(criteria).items()}


def _given_criteria(spec: str | Path | None) -> Criteria | None:
    return None if spec is None else load_criteria(spec)
