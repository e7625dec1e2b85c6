"""The plan of an upload: verdicts, and what the archive already has."""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from nwbgate.archives.assets import RemoteAsset, remote_assets
from nwbgate.archives.client import api_address, connect, explain_failures
from nwbgate.dandi.dandiset.dandiset_file import DandisetFile, dandiset_findings, read_dandiset_file
from nwbgate.dandi.files.examination import Examination
from nwbgate.dandi.judgement import Judgement, Strictness, judge_files
from nwbgate.dandi.ledger import Ledger
from nwbgate.dandi.renaming import CODES, Renaming, proposed_names, rename_files
from nwbgate.findings.report import Report
from nwbgate.storage.nwb_paths import hdf5_contents

#: Archive that is meant where nothing names another.
DEFAULT_INSTANCE = "dandi"


class Action(StrEnum):
    """Action of an upload on one file."""

    UPLOAD = "upload"
    REPLACE = "replace"
    SKIP = "skip"
    REFUSE = "refuse"


@dataclass(frozen=True)
class PlannedFile:
    """One file of a plan.

    Attributes
    ----------
    file : Path
        The file.
    path : str
        Its path in the dandiset.
    action : Action
        What an upload does with it.
    bytes : int
        Its size.
    codes : tuple of str
        Codes of the findings that refuse it.
    examination : Examination
        Digests and metadata.
    remote : RemoteAsset or None
        The file of that path in the archive.
    note : str
        Such as that it changed since it was last checked.
    """

    file: Path
    path: str
    action: Action
    bytes: int
    examination: Examination
    codes: tuple[str, ...] = ()
    remote: RemoteAsset | None = None
    note: str = ""


@dataclass(frozen=True)
class Plan:
    """Actions of an upload of a folder, before anything is sent.

    Attributes
    ----------
    folder : Path
        The folder.
    dandiset : DandisetFile
        Its dandiset.yaml.
    instance : str
        The archive; empty for a plan that was made offline.
    files : tuple of PlannedFile
        The NWB files, in order.
    only_remote : tuple of RemoteAsset
        Files of the dandiset that are not in the folder.
    report : Report
        The findings of the gate.
    rate : float
        Bytes per second of earlier uploads; 0 before the first.
    remote : object
        The dandiset in the archive, as dandi-cli has it; None offline.
    renamings : tuple of Renaming
        Names that `organize` would give to files with wrong ones.
    """

    folder: Path
    dandiset: DandisetFile
    instance: str
    files: tuple[PlannedFile, ...]
    report: Report
    only_remote: tuple[RemoteAsset, ...] = ()
    rate: float = 0.0
    remote: Any = field(default=None, compare=False, repr=False)
    renamings: tuple[Renaming, ...] = ()

    def of(self, action: Action) -> tuple[PlannedFile, ...]:
        """Return the files with one action."""
        return tuple(one for one in self.files if one.action is action)

    @property
    def sent(self) -> tuple[PlannedFile, ...]:
        """The files that an upload sends."""
        return (*self.of(Action.UPLOAD), *self.of(Action.REPLACE))

    @property
    def seconds(self) -> float | None:
        """Seconds that sending takes at the rate of earlier uploads; None before the first."""
        return sum(one.bytes for one in self.sent) / self.rate if self.rate else None

    @property
    def exit_code(self) -> int:
        """Exit code: 0 all may go, 1 something may not, 3 a rule broke."""
        return self.report.exit_code or int(bool(self.of(Action.REFUSE)))


def plan(
    folder: str | Path,
    *,
    instance: str | None = None,
    offline: bool = False,
    organize: bool = False,
    allow_placeholders: bool = False,
    fail_on: str = "error",
    waivers: str | Path | None = None,
    jobs: int | None = None,
) -> Plan:
    """Return what an upload of a folder would do, without sending anything.

    Parameters
    ----------
    folder : str or Path
        Folder with a dandiset.yaml.
    instance : str, optional
        Archive: a name that dandi-cli knows, or the address of an API. By default the one that dandiset.yaml names,
        else ``dandi``.
    offline : bool
        Judge the files only, without asking the archive what it has.
    organize : bool
        Rename files that are not laid out as DANDI asks, all or none, as `dandi organize` names them.
    allow_placeholders : bool
        Report placeholders as warnings.
    fail_on : {"error", "warning"}
        Severity from which a finding refuses a file.
    waivers : str or Path, optional
        YAML list of accepted findings with reasons.
    jobs : int, optional
        Processes that check files; one per core by default.

    Returns
    -------
    Plan
        Files with their actions, and the report of the gate.

    Raises
    ------
    UsageError
        If the folder has no dandiset.yaml or no NWB file, or an option is wrong.
    UnreachableError, FetchError
        If the archive does not answer, or does not have the dandiset.
    """
    strictness = Strictness(fail_on, None if waivers is None else Path(waivers), allow_placeholders)
    made = make_plan(folder, strictness, instance=instance, offline=offline, jobs=jobs)
    if not (organize and made.renamings):
        return made
    rename_files(made.folder, made.renamings, Ledger(made.folder))
    return make_plan(folder, strictness, instance=instance, offline=offline, jobs=jobs)


def make_plan(
    folder: str | Path,
    strictness: Strictness,
    *,
    instance: str | None = None,
    offline: bool = False,
    with_key: bool = False,
    jobs: int | None = None,
) -> Plan:
    """Return a plan for a person with a key; see `plan`."""
    root = Path(folder)
    dandiset = read_dandiset_file(root)
    archive = "" if offline else instance or instance_of(dandiset)
    remote = None if offline else dandiset_of(archive, dandiset, "draft", with_key=with_key)
    there = {} if remote is None else remote_assets(remote)
    ledger = Ledger(root)
    judgement = judge_files(
        root, hdf5_contents(root), ledger, strictness, jobs=jobs, extra=dandiset_findings(dandiset), there=there
    )
    files = tuple(_plan_file(file, judgement, there) for file in judgement.files)
    here = {one.path for one in files}
    return Plan(
        folder=root,
        dandiset=dandiset,
        instance=archive,
        files=files,
        report=judgement.report,
        only_remote=tuple(asset for path, asset in there.items() if path not in here),
        rate=ledger.rate,
        remote=remote,
        renamings=proposed_names(root, [one.path for one in files if CODES & {*one.codes}]),
    )


def instance_of(dandiset: DandisetFile) -> str:
    """Return the archive named in a dandiset.yaml; ``dandi`` by default."""
    from nwbgate.archives.library import dandi_library

    known = dandi_library("dandi.consts").known_instances
    for name, instance in known.items():
        if any(dandiset.url.startswith(address) for address in instance.urls()):
            return str(name)
    address, api, _ = dandiset.url.partition("/api/")
    return f"{address}/api" if api else DEFAULT_INSTANCE


def dandiset_of(instance: str, dandiset: DandisetFile, version: str, *, with_key: bool) -> Any:
    """Return a version of a dandiset in the archive, which must exist.

    Raises
    ------
    UnreachableError, FetchError
        If the archive does not answer, or does not have it.
    """
    client = connect(instance, with_key=with_key)
    with explain_failures(f"dandiset {dandiset.identifier} of {api_address(instance)}"):
        return client.get_dandiset(dandiset.identifier, version, lazy=False)


def _plan_file(one: Examination, judgement: Judgement, there: dict[str, RemoteAsset]) -> PlannedFile:
    file, remote = judgement.root / one.path, there.get(one.path)
    planned = PlannedFile(
        file=file,
        path=one.path,
        action=Action.UPLOAD if remote is None else Action.REPLACE,
        bytes=one.state.bytes if one.state else 0,
        examination=one,
        codes=judgement.refused.get(one.path, ()),
        remote=remote,
        note=judgement.notes.get(one.path, ""),
    )
    if planned.codes:
        return replace(planned, action=Action.REFUSE)
    if remote is not None and one.digests is not None and remote.dandi_etag == one.digests.dandi_etag:
        return replace(planned, action=Action.SKIP)
    return planned
