"""The verdict on a folder: gate, examination, ledger and waivers."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from nwbgate.archives.assets import RemoteAsset
from nwbgate.dandi.dandiset.dandiset_file import FILE_NAME
from nwbgate.dandi.files.digests import State, file_digests
from nwbgate.dandi.files.examination import Examination, ExaminationWork, examinations
from nwbgate.dandi.files.shared_names import duplicate_findings, name_findings
from nwbgate.dandi.ledger import Ledger
from nwbgate.findings.codes import HINDRANCES
from nwbgate.findings.report import Report
from nwbgate.findings.validator_codes import not_judged
from nwbgate.findings.waivers import apply_waivers, read_waivers
from nwbgate.gate.run import run
from nwbgate.processes.cores import cores
from nwbgate.rules.rule import Finding, Severity
from nwbgate.storage.safe_files.folder_contents import Contents

#: Codes with the weight of a warning for a check, and of an error for a publication: the archive refuses the file.
_REFUSED_BY_ARCHIVE = ("dandi.filename", "dandi.folder")
#: Codes about a file and its folder, dandiset or archive.
_ABOUT_OTHERS = frozenset({"publish.licence", "publish.dandiset", "publish.duplicate", "publish.name_taken"})


@dataclass(frozen=True)
class Strictness:
    """Settings that a verdict depends on, besides the file.

    Attributes
    ----------
    fail_on : str
        Severity from which a finding refuses a file.
    waivers : Path or None
        YAML list of accepted findings.
    allow_placeholders : bool
        Whether placeholders are warnings only.
    """

    fail_on: str = "error"
    waivers: Path | None = None
    allow_placeholders: bool = False

    @property
    def digest(self) -> str:
        """Digest of the settings, for the ledger."""
        accepted = b"" if self.waivers is None else self.waivers.read_bytes()
        text = f"{self.fail_on} {self.allow_placeholders} ".encode() + accepted
        return hashlib.sha256(text).hexdigest()[:16]


@dataclass
class Judgement:
    """The verdict on a folder.

    Attributes
    ----------
    root : Path
        The folder.
    files : list of Examination
        Its files, in order.
    report : Report
        All findings.
    refused : dict of str to tuple of str
        Path of each refused file to the codes of its findings.
    notes : dict of str to str
        Remarks on files.
    """

    root: Path
    files: list[Examination]
    report: Report
    refused: dict[str, tuple[str, ...]] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)


def judge_files(
    root: Path,
    found: Contents,
    ledger: Ledger,
    strictness: Strictness,
    *,
    jobs: int | None = None,
    extra: Sequence[Finding] = (),
    there: Mapping[str, RemoteAsset] | None = None,
) -> Judgement:
    """Judge the files of a folder, skipping unchanged ones that passed.

    Parameters
    ----------
    root : Path
        The folder.
    found : Contents
        Its files.
    ledger : Ledger
        Its ledger, which is continued.
    strictness : Strictness
        What refuses a file.
    jobs : int, optional
        Processes; one per core by default.
    extra : sequence of Finding
        Findings about the folder itself; an error refuses every file.
    there : mapping of str to RemoteAsset, optional
        Files of the dandiset in the archive.
    """
    works = _works(root, found.files, ledger)
    passed, notes = _known_verdicts(works, ledger, strictness.digest)
    report = _gate_report([file for file in found.files if file not in passed], found, strictness, jobs)
    archived = there or {}
    known = _unreadable(root, found.files, works, report) | _files_in_archive(works, passed, archived, ledger)
    examined = _examine(found.files, works, known, jobs)
    findings = [*extra, *not_judged(found)]
    findings += [*duplicate_findings(root, examined), *name_findings(root, examined, archived)]
    findings += [finding for one in examined for finding in one.findings]
    report = _complete_report(report, findings, strictness)
    refused = _refused_files(root, examined, report)
    _keep_verdicts(ledger, [one for one in examined if root / one.path not in passed], refused, strictness.digest)
    return Judgement(root, examined, report, refused, notes)


def _keep_verdicts(
    ledger: Ledger, examined: Iterable[Examination], refused: Mapping[str, Sequence[str]], settings: str
) -> None:
    """Record the verdict on each file alone; conflicts are judged each time."""
    for one in examined:
        own = {*refused.get(one.path, ())} - _ABOUT_OTHERS
        if one.state is not None and one.digests is not None:
            ledger.add_check(one.path, one.state, one.digests, one.identifier, passed=not own, settings=settings)


def _works(root: Path, files: Sequence[Path], ledger: Ledger) -> dict[Path, ExaminationWork]:
    """Return state and digests of each readable file, from the ledger where unchanged."""
    with ThreadPoolExecutor(cores()) as threads:
        found = threads.map(lambda file: _work(root, file, ledger), files)
        return {work.file: work for work in found if work is not None}


def _work(root: Path, file: Path, ledger: Ledger) -> ExaminationWork | None:
    path = file.relative_to(root).as_posix()
    try:
        state = State.of(file)
        return ExaminationWork(file, path, state, ledger.known_digests(path, state) or file_digests(file))
    except OSError:
        return None  # the gate reports a file that cannot be read


def _known_verdicts(
    works: Mapping[Path, ExaminationWork], ledger: Ledger, settings: str
) -> tuple[set[Path], dict[str, str]]:
    """Return the files that passed unchanged, and a note on changed ones."""
    passed, notes = set(), {}
    for file, work in works.items():
        last = ledger.last_check(work.path)
        if last is None:
            continue
        if last[1] != work.digests:
            notes[work.path] = f"changed since it was checked at {last[0]}; checked again"
        elif ledger.has_passed(work.path, work.digests, settings):
            passed.add(file)
            notes[work.path] = f"passed at {last[0]}, unchanged since"
    return passed, notes


def _files_in_archive(
    works: Mapping[Path, ExaminationWork], passed: set[Path], there: Mapping[str, RemoteAsset], ledger: Ledger
) -> dict[Path, Examination]:
    """Return the files that passed and are in the archive, unopened."""
    found = {}
    for file in passed:
        work = works[file]
        remote = there.get(work.path)
        if remote is not None and remote.dandi_etag == work.digests.dandi_etag:
            identifier = ledger.known_identifier(work.path)
            found[file] = Examination(work.path, work.state, work.digests, identifier=identifier)
    return found


def _unreadable(
    root: Path, files: Sequence[Path], works: Mapping[Path, ExaminationWork], report: Report
) -> dict[Path, Examination]:
    """Return the unreadable files, as the gate found in separate processes."""
    hindered = {Path(each.path) for each in report.records if each.path and each.code in HINDRANCES}
    found = {file: Examination(file.relative_to(root).as_posix()) for file in files if file not in works}
    for file in hindered & works.keys():
        found[file] = Examination(works[file].path, works[file].state, works[file].digests)
    return found


def _examine(
    files: Sequence[Path],
    works: Mapping[Path, ExaminationWork],
    known: Mapping[Path, Examination],
    jobs: int | None,
) -> list[Examination]:
    """Return the examination of each file, in order."""
    done = examinations([work for file, work in works.items() if file not in known], jobs)
    return [known[file] if file in known else done[works[file].path] for file in files]


def _gate_report(files: Sequence[Path], found: Contents, strictness: Strictness, jobs: int | None) -> Report:
    """Return the report of the gate on files that it has not judged yet."""
    fail_on = Severity(strictness.fail_on)
    if not files:
        return Report.of(found, {}, {}, fail_on=fail_on, complete=False)
    report = run(files, fail_on=strictness.fail_on, waivers=strictness.waivers, jobs=jobs)
    return replace(report, files=tuple(map(str, found.files)))


def _complete_report(report: Report, findings: Sequence[Finding], strictness: Strictness) -> Report:
    """Return a report with the findings about publication, after waivers, errors first."""
    accepted = () if strictness.waivers is None else read_waivers(strictness.waivers)
    weighed = [_weigh_finding(finding, strictness) for finding in findings]
    kept, waived, unused = apply_waivers(weighed, accepted)
    records = [_weigh_finding(finding, strictness) for finding in report.records]
    unreadable = {finding.path for finding in records if finding.code.startswith("file.")}
    records += [finding for finding in kept if finding.path not in unreadable or not _follows_from_damage(finding)]
    still_unused = {str(waiver) for waiver in unused} & {*report.unused_waivers} if report.files else set()
    return replace(
        report,
        records=tuple(sorted(records, key=lambda finding: -finding.severity.rank)),
        waived=(*report.waived, *waived),
        unused_waivers=tuple(name for name in report.unused_waivers if name in still_unused),
    )


def _follows_from_damage(finding: Finding) -> bool:
    """Return whether a finding only repeats that the file cannot be read."""
    return finding.code.startswith("file.") or finding.code == "publish.metadata"


def _weigh_finding(finding: Finding, strictness: Strictness) -> Finding:
    """Return a finding with the weight that it has for a publication."""
    if finding.code in _REFUSED_BY_ARCHIVE:
        return replace(finding, severity=Severity.ERROR)
    if finding.code == "publish.placeholder" and strictness.allow_placeholders:
        return replace(finding, severity=Severity.WARNING)
    return finding


def _refused_files(root: Path, examined: Iterable[Examination], report: Report) -> dict[str, tuple[str, ...]]:
    """Return rejected files with their codes; a dandiset's finding rejects all."""
    codes: dict[Path, list[str]] = {}
    for finding in report.records:
        if finding.path is not None and finding.severity.rank >= report.fail_on.rank:
            codes.setdefault(Path(finding.path), []).append(finding.code)
    of_all = codes.get(root / FILE_NAME, [])
    of_files = {one.path: [*of_all, *codes.get(root / one.path, [])] for one in examined}
    return {path: tuple(dict.fromkeys(found)) for path, found in of_files.items() if found}
