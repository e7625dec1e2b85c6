"""The gate: files and tables in, one report out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from nwbgate.errors import UsageError
from nwbgate.findings.codes import Codes
from nwbgate.findings.outcome import Outcome
from nwbgate.findings.report import Report
from nwbgate.findings.validator_codes import catalogue, not_judged
from nwbgate.findings.waivers import Waiver, apply_waivers, read_waivers
from nwbgate.gate.empty_runs import can_be_judged, refuse_idle, refuse_nothing_left
from nwbgate.gate.files import FileChecks, FileResult, check_files
from nwbgate.gate.judge import judge
from nwbgate.gate.merged_outcomes import merged, without_repeats
from nwbgate.gate.rule_order import needed_codes, with_needed
from nwbgate.gate.table_places import with_lines
from nwbgate.processes.cores import cores
from nwbgate.processes.garbage import not_collecting
from nwbgate.rules import FACT_KEYS, all_rules
from nwbgate.rules.presence import UNPARSED
from nwbgate.rules.rule import Finding, Rule, Severity
from nwbgate.storage.nwb_paths import contents

if TYPE_CHECKING:
    from nwbgate.manifest.declaration import Spec

#: First parts of the codes that come from the validators of whole files.
_VALIDATORS = ("file", "schema", "inspector", "dandi")


def run(
    paths: str | Path | Iterable[str | Path] = (),
    manifest: str | Path | None = None,
    spec: "str | Path | Spec | None" = None,
    *,
    complete: bool = False,
    fail_on: str = "error",
    select: str | Sequence[str] = (),
    ignore: str | Sequence[str] = (),
    waivers: str | Path | None = None,
    jobs: int | None = None,
    inspector: bool = True,
    integrity: bool = False,
    follow_links: bool = False,
    rules: Sequence[Rule] = (),
    qc: bool = False,
    manual: str | Path | None = None,
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
    waivers : str or Path, optional
        YAML list of accepted findings with reasons.
    jobs : int, optional
        Processes to use; one per core by default.
    inspector, integrity : bool
        Whether to run NWB Inspector's checks, and whether to read every chunk of every dataset.
    follow_links : bool
        Judge a file together with the files beside it to which it links; else such a file is refused.
    rules : sequence of Rule
        Rules of your own, judged beside the shipped ones.
    qc : bool
        Whether to measure the quality of the recordings, too, and judge it; see `nwbgate.quality.run`.
    manual : str or Path, optional
        Table of what people decided about quality.

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
    found, weight = contents(paths), _weight(fail_on)
    files = found.files
    select, ignore = ((codes,) if isinstance(codes, str) else codes for codes in (select, ignore))
    refuse_idle(
        files=bool(files), tables=manifest is not None, spec=spec is not None,
        complete=complete, integrity=integrity, qc=qc, manual=manual is not None,
    )  # fmt: skip
    with not_collecting():
        chosen, frames = _manifest(manifest, spec)
    known = {rule.code: rule for rule in (*all_rules(chosen), *rules)}
    accepted = read_waivers(Path(waivers)) if waivers is not None else ()
    others = _other_codes(spec, named=bool(select or ignore or accepted), files=bool(files), qc=qc)
    codes = Codes([*known, *others], select, ignore, waived=[waiver.code for waiver in accepted])
    needed = with_needed(filter(codes.reports, known), needed_codes(list(known.values())))
    judged = [rule for code, rule in known.items() if code in needed]
    checks = FileChecks(
        rules=tuple(rule for rule in judged if rule.scope == "session"),
        validators=codes.any_of(_VALIDATORS),
        inspector=inspector and codes.any_of(["inspector"]),
        integrity=integrity,
        follow_links=follow_links,
    )
    quality = qc and codes.any_of(["qc"])
    told = [rule for rule in judged if codes.reports(rule.code)]
    told = [rule for rule in told if can_be_judged(rule, frames, files=bool(files), complete=complete)]
    refuse_nothing_left(told, select, ignore, validators=bool(files) and (checks.validators or quality))
    results = list(check_files(files, checks, jobs or cores()))
    tables = {**frames, **_facts(results, chosen)}
    keys = FACT_KEYS | ({name: table.keys for name, table in chosen.tables.items()} if chosen else {})
    outcome = judge([rule for rule in judged if rule.scope == "manifest"], tables, keys, complete=complete)
    whole = merged(outcome, results, checks.rules)
    whole.findings += not_judged(found)
    if quality:
        from nwbgate.quality.run import add_quality

        added = add_quality(whole, files, spec, manual, jobs or cores(), follow_links=follow_links)
        known, tables = {**known, **added.rules}, {**tables, **added.tables}
    report = Report(
        rules={code: rule for code, rule in known.items() if codes.reports(code)},
        files=tuple(str(path) for path in files),
        not_judged=tuple(str(other.path) for other in found.not_judged),
        hidden=tuple(map(str, found.hidden)),
        tables={name: len(frame) for name, frame in tables.items() if name != UNPARSED},
        fail_on=weight,
        complete=complete,
    )
    return _reported(report, whole, codes, accepted, _csv_files(chosen, manifest))


def _other_codes(spec: "str | Path | Spec | None", *, named: bool, files: bool, qc: bool) -> tuple[str, ...]:
    """Return the codes of validators and of quality, which take a while to read, where they can be met or `named`."""
    others = tuple(catalogue()) if files or named else ()
    if not (named or qc):
        return others
    from nwbgate.quality.codes import quality_codes

    return (*others, *quality_codes(spec))


def _weight(fail_on: str) -> Severity:
    if fail_on in {*Severity}:
        return Severity(fail_on)
    raise UsageError(
        "findings have no such weight",
        where="fail_on",
        got=str(fail_on),
        expected=" or ".join(Severity),
        fix="name one of them",
    )


def _manifest(
    manifest: str | Path | None, spec: "str | Path | Spec | None"
) -> "tuple[Spec | None, dict[str, pd.DataFrame]]":
    """Return the specification and the tables of the manifest, either of which may be absent."""
    chosen = None
    if spec is not None:
        from nwbgate.manifest.spec import load_spec

        chosen = load_spec(spec)
    if manifest is None:
        return chosen, {}
    from nwbgate.manifest.tables import read_tables

    if chosen is None:
        from nwbgate.manifest.recognition import recognised

        chosen = recognised(Path(manifest))
    return chosen, read_tables(Path(manifest), chosen)


def _facts(results: Sequence[FileResult], spec: "Spec | None") -> dict[str, pd.DataFrame]:
    """Return the tables of facts of all files, dates as the specification types them; none when no file was read."""
    names = dict.fromkeys(name for result in results for name in result.facts)
    parts = {name: [result.facts[name] for result in results if name in result.facts] for name in names}
    frames = {name: pd.concat(rows, ignore_index=True) for name, rows in parts.items()}
    for name, frame in frames.items():
        columns = spec.tables[name].columns if spec and name in spec.tables else {}
        for column in (each for each, declared in columns.items() if declared.type == "datetime"):
            frame[column] = pd.to_datetime(frame[column], format="ISO8601", utc=True, errors="coerce")
    return frames


def _csv_files(spec: "Spec | None", manifest: str | Path | None) -> dict[str, str]:
    """Return the file that a finding about a table of the manifest points at."""
    if spec is None or manifest is None:
        return {}
    from nwbgate.manifest.tables import table_paths, tables_folder

    folder, there = tables_folder(manifest), table_paths(manifest, spec)
    return {name: str(there.get(name, folder / table.file)) for name, table in spec.tables.items() if table.file}


def _reported(
    report: Report, outcome: Outcome, codes: Codes, waivers: Sequence[Waiver], csv_files: Mapping[str, str]
) -> Report:
    """Return `report` filled with what of `outcome` is to be reported, the heaviest findings first."""
    not_run = tuple(rule for rule in outcome.not_run if codes.reports(rule.code))
    causes = {rule.cause for rule in not_run}
    findings = [_placed(finding, csv_files) for finding in outcome.findings if codes.tells(finding.code, causes)]
    kept, waived, unused = apply_waivers(without_repeats(findings), waivers)
    return replace(
        report,
        records=tuple(sorted(with_lines(kept, csv_files), key=lambda finding: -finding.severity.rank)),
        passed=tuple(filter(codes.reports, outcome.passed)),
        not_run=not_run,
        broken=tuple(outcome.broken),
        waived=tuple(waived),
        unused_waivers=tuple(str(waiver) for waiver in unused),
    )


def _placed(finding: Finding, csv_files: Mapping[str, str]) -> Finding:
    """Return `finding` with the CSV its rows are in, where it is about a table of the manifest."""
    return replace(finding, path=csv_files.get(finding.table)) if finding.path is None else finding
