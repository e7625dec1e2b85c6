"""The gate: files and tables in, one report out."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from nwbgate.errors import UsageError
from nwbgate.findings.assembly import assemble_report
from nwbgate.findings.report import Report
from nwbgate.findings.validator_codes import not_judged
from nwbgate.gate.changed_files import EarlierResults, in_order, refuse_uncomparable
from nwbgate.gate.empty_runs import refuse_idle
from nwbgate.gate.files import FileChecks, check_files
from nwbgate.gate.inputs import read_inputs
from nwbgate.gate.judge import judge
from nwbgate.gate.merged_outcomes import MergedOutcomes
from nwbgate.gate.selection import select_rules
from nwbgate.gate.table_places import with_lines
from nwbgate.processes.cores import cores
from nwbgate.processes.limits import WorkLimits
from nwbgate.rules.declared.presence import UNPARSED
from nwbgate.rules.rule import Rule, Severity

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from nwbgate.manifest.specification.declaration import Spec


def run(
    paths: str | Path | Iterable[str | Path] = (),
    manifest: str | Path | None = None,
    spec: "str | Path | Spec | None" = None,
    *,
    complete: bool = False,
    fail_on: str = "error",
    select: str | Sequence[str] = (),
    ignore: str | Sequence[str] = (),
    waivers: str | Path | Sequence[str | Path] | None = None,
    jobs: int | None = None,
    inspector: bool = True,
    integrity: bool = False,
    follow_links: bool = False,
    changed: bool = False,
    rules: Sequence[Rule] = (),
    qc: bool = False,
    manual: str | Path | None = None,
    executor: "Executor | None" = None,
    file_time: float | None = None,
    file_memory: float | None = None,
) -> Report:
    """Check NWB files, the tables of a manifest, or both against each other.

    Parameters
    ----------
    paths : str or Path, or several
        NWB files, folders that are searched for them, or patterns.
    manifest : str or Path, optional
        Folder with the CSV tables, or of a release, whose ``project_metadata/`` holds them.
    spec : str, Path or Spec, optional
        ``name``, ``name@version``, or a folder with specification files. Without it, the one shipped version whose
        columns match the tables is taken.
    complete : bool
        The input is a whole release: rules about what is missing run, and a rule that was not run fails the gate.
    fail_on : {"error", "warning"}
        Severity from which a finding fails the check.
    select, ignore : str or sequence of str
        Codes or prefixes of codes to report, and not to.
    waivers : str or Path, or several, optional
        YAML lists of accepted findings with reasons.
    jobs : int, optional
        Processes to use; one per core by default.
    inspector, integrity : bool
        Whether to run NWB Inspector's checks, and whether to read every chunk of every dataset.
    follow_links : bool
        Judge a file together with the files beside it to which it links; else such a file is refused.
    changed : bool
        Judge only files that changed since the same rules judged them without objection. Their results are kept in
        the hidden file ``.nwbgate-facts.sqlite`` of the given folder; findings of the others are reported again.
    rules : sequence of Rule
        Rules of your own, judged beside the shipped ones.
    qc : bool
        Whether to measure the quality of the recordings, too, and judge it; see `nwbgate.qc_runs.run`.
    manual : str or Path, optional
        Table of what people decided about quality.
    executor : Executor, optional
        Where to judge the files instead, such as ``dask.distributed.Client(...).get_executor()``.
    file_time, file_memory : float, optional
        Seconds and megabytes that the work on one file may take. A file that takes more is a finding, and the others
        are judged. Not with an executor.

    Returns
    -------
    Report
        Findings, rules that were not run, and the exit code.

    Raises
    ------
    UsageError
        If a path does not exist, the tables cannot be read, no spec fits, a code is unknown, none is left to check, or
        `fail_on` is no weight.
    """
    weight, limits = _weight(fail_on), WorkLimits(file_time, file_memory)
    select, ignore = ((codes,) if isinstance(codes, str) else tuple(codes) for codes in (select, ignore))
    given = [paths] if isinstance(paths, str | Path) else list(paths)
    inputs = read_inputs(given, manifest, spec)
    refuse_idle(
        files=bool(inputs.files), tables=manifest is not None, spec=spec is not None,
        complete=complete, integrity=integrity, changed=changed, qc=qc, manual=manual is not None,
    )  # fmt: skip
    if changed:
        refuse_uncomparable(rules, follow_links=follow_links, qc=qc)
    selection = select_rules(inputs, spec, rules, select=select, ignore=ignore, waivers=waivers, qc=qc)
    selection.refuse_nothing_left(inputs, select, ignore, complete=complete, qc=qc)
    checks = FileChecks(
        rules=selection.of_scope("session"),
        validators=selection.validators,
        inspector=inspector and selection.inspector,
        integrity=integrity,
        follow_links=follow_links,
    )
    kept = EarlierResults(given, inputs.files if changed else (), checks, inputs.spec)
    earlier = kept.passed_results(selection, weight)
    left = [path for path in inputs.files if path not in earlier]
    merged, facts = MergedOutcomes(checks.rules), []
    for result in in_order(inputs.files, earlier, check_files(left, checks, jobs or cores(), executor, limits=limits)):
        merged.add(result)
        if result.facts:
            facts.append(result.facts)
        if result.path not in earlier:
            kept.keep(result)
    kept.save()
    known, tables = selection.known, inputs.tables(facts)
    outcome = merged.outcome(judge(selection.of_scope("manifest"), tables, inputs.keys, complete=complete))
    outcome.findings += not_judged(inputs.contents)
    if qc and selection.quality:
        from nwbgate.qc_runs.run import add_quality

        added = add_quality(
            outcome, inputs.files, spec, manual, jobs or cores(), follow_links=follow_links, limits=limits
        )
        known, tables = {**known, **added.rules}, {**tables, **added.tables}
    rows = {name: len(frame) for name, frame in tables.items() if name != UNPARSED}
    report = Report.of(inputs.contents, known, rows, fail_on=weight, complete=complete)
    report = replace(report, unchanged={str(path): since for path, (_, since) in earlier.items()})
    report = assemble_report(report, inputs.with_places(outcome), selection.codes, selection.waivers)
    return replace(report, records=tuple(with_lines(report.records, inputs.csv_files)))


def _weight(fail_on: str) -> Severity:
    if fail_on in {*Severity}:
        return Severity(fail_on)
    raise UsageError(
        "unknown severity",
        where="fail_on",
        got=str(fail_on),
        expected=" or ".join(Severity),
        fix="use one of them",
    )
