"""The verdict on the files of a folder: the gate, the examination, the ledger and the waivers together."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from nwbgate.dandi.dandiset_file import FILE_NAME
from nwbgate.dandi.digests import State
from nwbgate.dandi.examination import Examination, ExaminationWork
from nwbgate.dandi.ledger import Ledger
from nwbgate.dandi.remote_assets import RemoteAsset, another_recording
from nwbgate.findings.report import Report
from nwbgate.findings.validator_codes import file_finding, not_judged
from nwbgate.findings.waivers import apply_waivers, read_waivers
from nwbgate.gate.run import run
from nwbgate.processes.cores import cores
from nwbgate.processes.pool import results
from nwbgate.rules.rule import Finding, Severity
from nwbgate.storage.folder_contents import Contents

#: Imported once for all processes.
PRELOAD = ("nwbgate.dandi.preloaded",)
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
    """Judge the files of a folder; those that passed before, unchanged, are not checked again.

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
    examined = _examine(root, found.files, ledger, strictness.digest, there or {}, jobs=jobs or cores())
    passed, notes = _known_verdicts(examined, ledger, strictness.digest)
    unknown = [root / one.path for one in examined if one.path not in passed]
    report = _gate_report(unknown, found, strictness, jobs)
    findings = [*extra, *not_judged(found), *_duplicates(root, examined), *_taken_names(root, examined, there or {})]
    findings += [finding for one in examined for finding in one.findings]
    report = _completed(report, findings, strictness)
    refused = _refused(root, examined, report)
    _keep_verdicts(ledger, [one for one in examined if one.path not in passed], refused, strictness.digest)
    return Judgement(root, examined, report, refused, notes)


def _keep_verdicts(
    ledger: Ledger, examined: Iterable[Examination], refused: Mapping[str, Sequence[str]], settings: str
) -> None:
    """Write the verdict on each file by itself; what depends on others is judged each time."""
    for one in examined:
        own = {*refused.get(one.path, ())} - _ABOUT_OTHERS
        if one.state is not None and one.digests is not None:
            ledger.add_check(one.path, one.state, one.digests, one.identifier, passed=not own, settings=settings)


def _examine(
    root: Path, files: Iterable[Path], ledger: Ledger, settings: str, there: Mapping[str, RemoteAsset], *, jobs: int
) -> list[Examination]:
    """Return the examination of each file; one that passed and has arrived, unchanged, is not opened again."""
    arrived: dict[str, Examination] = {}
    works: dict[str, ExaminationWork] = {}
    for file in files:
        path, state = file.relative_to(root).as_posix(), State.of(file)
        known, remote = ledger.known_digests(path, state), there.get(path)
        if known and remote and known.dandi_etag == remote.dandi_etag and ledger.has_passed(path, known, settings):
            arrived[path] = Examination(path, state, known, identifier=ledger.known_identifier(path))
        works[path] = ExaminationWork(file, path, known)
    others = [work for path, work in works.items() if path not in arrived]
    done = {one.path: one for one in results(others, jobs, preload=PRELOAD)} | arrived
    return [done[path] for path in works]


def _known_verdicts(examined: Iterable[Examination], ledger: Ledger, settings: str) -> tuple[set[str], dict[str, str]]:
    """Return the files that passed before with this content, and a note on those that changed since."""
    passed, notes = set(), {}
    for one in examined:
        last = ledger.last_check(one.path)
        if one.digests is None or last is None:
            continue
        if last[1] != one.digests:
            notes[one.path] = f"changed since it was checked at {last[0]}; checked again"
        elif ledger.has_passed(one.path, one.digests, settings):
            passed.add(one.path)
            notes[one.path] = f"passed at {last[0]}, unchanged since"
    return passed, notes


def _gate_report(files: Sequence[Path], found: Contents, strictness: Strictness, jobs: int | None) -> Report:
    """Return the report of the gate on files that it has not judged yet."""
    fail_on = Severity(strictness.fail_on)
    if not files:
        return Report.of(found, {}, {}, fail_on=fail_on, complete=False)
    report = run(files, fail_on=strictness.fail_on, waivers=strictness.waivers, jobs=jobs)
    return replace(report, files=tuple(map(str, found.files)))


def _duplicates(root: Path, examined: Iterable[Examination]) -> list[Finding]:
    """Return a finding for each file that shares its content or identifier with another, the first included."""
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


def _taken_names(root: Path, examined: Iterable[Examination], there: Mapping[str, RemoteAsset]) -> list[Finding]:
    """Return a finding for each name that another recording has in the archive."""
    found = []
    for one in examined:
        remote = there.get(one.path)
        differs = remote is not None and another_recording(one.metadata, remote.metadata)
        if differs:
            message = f"the archive has another recording of this name: {differs}"
            found.append(file_finding("publish.name_taken", root / one.path, message))
    return found


def _completed(report: Report, findings: Sequence[Finding], strictness: Strictness) -> Report:
    """Return a report with the findings about publication, after waivers, errors first."""
    accepted = () if strictness.waivers is None else read_waivers(strictness.waivers)
    weighed = [_weighed(finding, strictness) for finding in findings]
    kept, waived, unused = apply_waivers(weighed, accepted)
    records = [_weighed(finding, strictness) for finding in report.records]
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


def _weighed(finding: Finding, strictness: Strictness) -> Finding:
    """Return a finding with the weight that it has for a publication."""
    if finding.code in _REFUSED_BY_ARCHIVE:
        return replace(finding, severity=Severity.ERROR)
    if finding.code == "publish.placeholder" and strictness.allow_placeholders:
        return replace(finding, severity=Severity.WARNING)
    return finding


def _refused(root: Path, examined: Iterable[Examination], report: Report) -> dict[str, tuple[str, ...]]:
    """Return the refused files with their codes; a finding about the dandiset refuses all of them."""
    codes: dict[Path, list[str]] = {}
    for finding in report.records:
        if finding.path is not None and finding.severity.rank >= report.fail_on.rank:
            codes.setdefault(Path(finding.path), []).append(finding.code)
    of_all = codes.get(root / FILE_NAME, [])
    of_files = {one.path: [*of_all, *codes.get(root / one.path, [])] for one in examined}
    return {path: tuple(dict.fromkeys(found)) for path, found in of_files.items() if found}
