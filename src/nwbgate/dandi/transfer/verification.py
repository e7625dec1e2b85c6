"""Proof that a dandiset has a folder's files, with the archive's verdict."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nwbgate.archives.assets import RemoteAsset, remote_assets
from nwbgate.archives.client import explain_failures
from nwbgate.dandi.dandiset.dandiset_file import FILE_NAME, read_dandiset_file
from nwbgate.dandi.files.digests import Digests, State, file_digests
from nwbgate.dandi.ledger import Ledger
from nwbgate.dandi.planning import dandiset_of, instance_of
from nwbgate.findings.report import Report
from nwbgate.findings.validator_codes import file_finding
from nwbgate.rules.rule import Finding, Severity
from nwbgate.storage.nwb_paths import hdf5_contents

#: Beginning of what the archive says of a file that it has not validated yet.
_PENDING = "asset is currently being validated"
#: States of a version that the archive has not validated since its last change.
_UNDECIDED = ("Pending", "Validating")
#: Seconds between two questions whether it has.
_PAUSE = 5.0


@dataclass(frozen=True)
class Verification:
    """Result of a verification.

    Attributes
    ----------
    report : Report
        Differences, and what the archive reports.
    compared : int
        Files whose digests were compared.
    with_sha256 : int
        Of them, files whose SHA-256 the archive has and that were compared by it as well.
    bytes : int
        Size of the compared files.
    """

    report: Report
    compared: int
    with_sha256: int
    bytes: int

    @property
    def exit_code(self) -> int:
        """Exit code: 0 the archive has the folder, 1 it differs."""
        return self.report.exit_code


def verify(
    folder: str | Path,
    *,
    instance: str | None = None,
    version: str = "draft",
    fail_on: str = "error",
    wait: float = 0.0,
) -> Verification:
    """Compare a folder with its dandiset: sizes, dandi-etags, SHA-256, and the archive's validation.

    Parameters
    ----------
    folder : str or Path
        Folder with a dandiset.yaml.
    instance : str, optional
        Archive; by default as for `plan`.
    version : str
        Version of the dandiset.
    fail_on : {"error", "warning"}
        Severity from which a finding fails the verification.
    wait : float
        Seconds to wait for the archive to validate all files.

    Returns
    -------
    Verification
        The findings, and how many files were compared.

    Raises
    ------
    UsageError
        If the folder has no dandiset.yaml or no NWB file.
    UnreachableError, FetchError
        If the archive does not answer, or does not have the dandiset.
    """
    root = Path(folder)
    local = read_dandiset_file(root)
    dandiset = dandiset_of(instance or instance_of(local), local, version, with_key=False)
    info = _version_info(dandiset, wait)
    there, found = remote_assets(dandiset), hdf5_contents(root)
    ledger = Ledger(root)
    here = {file.relative_to(root).as_posix(): file for file in found.files}
    digests = {path: _digests(ledger, path, file) for path, file in here.items() if path in there}
    findings = [finding for path in here for finding in _differences(here[path], there.get(path), digests.get(path))]
    findings += [_extra(root, asset) for path, asset in there.items() if path not in here]
    findings += list(_archive_findings(root, info))
    report = Report.of(found, {}, {}, fail_on=Severity(fail_on), complete=False)
    records = tuple(sorted(findings, key=lambda finding: -finding.severity.rank))
    return Verification(
        report=replace(report, records=records),
        compared=len(digests),
        with_sha256=sum(bool(there[path].sha256) for path in digests),
        bytes=sum(there[path].bytes for path in digests),
    )


def _version_info(dandiset: Any, wait: float) -> Mapping[str, Any]:
    """Return the archive's verdict on a version, once it has validated it."""
    until = time.monotonic() + wait
    while True:
        with explain_failures(f"dandiset {dandiset.identifier}, version {dandiset.version_id}"):
            info: dict[str, Any] = dandiset.client.get(f"{dandiset.version_api_path}info/")
        pending = any(_is_pending(error) for error in info.get("asset_validation_errors") or [])
        if not (pending or info.get("status") in _UNDECIDED) or time.monotonic() + _PAUSE > until:
            return info
        time.sleep(_PAUSE)


def _digests(ledger: Ledger, path: str, file: Path) -> Digests:
    return ledger.known_digests(path, State.of(file)) or file_digests(file)


def _differences(file: Path, remote: RemoteAsset | None, digests: Digests | None) -> Iterator[Finding]:
    """Yield the first difference between a file and its copy in the archive."""
    if remote is None or digests is None:
        yield file_finding("archive.missing", file, "the dandiset does not have this file")
        return
    size = file.stat().st_size
    if remote.bytes != size:
        yield file_finding("archive.size", file, f"{remote.bytes:,} bytes in the archive, {size:,} here")
    elif remote.dandi_etag != digests.dandi_etag:
        message = f"dandi-etag of the archive {remote.dandi_etag or 'absent'}, of the file {digests.dandi_etag}"
        yield file_finding("archive.digest", file, message)
    elif remote.sha256 and remote.sha256 != digests.sha256:
        message = f"SHA-256 of the archive {remote.sha256}, of the file {digests.sha256}"
        yield file_finding("archive.digest", file, message)


def _extra(root: Path, asset: RemoteAsset) -> Finding:
    message = f"{asset.path} ({asset.bytes:,} bytes) is only in the dandiset"
    return file_finding("archive.extra", root / asset.path, message)


def _archive_findings(root: Path, info: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield a finding for each error that the archive reports."""
    for error in info.get("asset_validation_errors") or []:
        code = "archive.pending" if _is_pending(error) else "archive.invalid"
        yield _of_archive(code, root / str(error.get("path") or ""), error)
    if info.get("status") in _UNDECIDED:  # its errors are those of an earlier state
        yield _of_archive(
            "archive.pending", root / FILE_NAME, {"message": "the archive has not validated the dandiset"}
        )
        return
    for error in info.get("version_validation_errors") or []:
        yield _of_archive("archive.invalid", root / FILE_NAME, error)


def _is_pending(error: Mapping[str, Any]) -> bool:
    return str(error.get("message", "")).startswith(_PENDING)


def _of_archive(code: str, file: Path, error: Mapping[str, Any]) -> Finding:
    field, message = str(error.get("field") or ""), str(error.get("message") or "")
    return file_finding(code, file, message, location=field, validator="dandi-archive")
