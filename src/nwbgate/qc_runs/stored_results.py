"""Quality results stored in their file as a table that any NWB reader opens."""

import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pandas as pd

import nwbgate
from nwbgate.errors import CheckError, SourceError, WriteError
from nwbgate.qc.criteria import Status
from nwbgate.qc.quality_control_json import VOCABULARY
from nwbgate.qc_runs.outcome import Judged
from nwbgate.rules.rule import Finding, Severity
from nwbgate.storage.hdf5 import open_hdf5
from nwbgate.storage.safe_files.atomic import replacing, sync
from nwbgate.storage.safe_files.disk import changed_hdf5
from nwbgate.storage.safe_files.file_errors import lock_error
from nwbgate.storage.safe_files.folder_contents import is_store
from nwbgate.storage.safe_files.refusals import explain_refusals
from nwbgate.writing.unchanged import refuse_changes

#: Where the table is, and its name.
NAME = "quality_control"
LOCATION = f"/analysis/{NAME}"
_DESCRIPTION = (
    "Quality control: one row per criterion and measured object. The status is Pass, Fail or Pending, as in "
    "aind-data-schema's QualityControl; Pending needs a manual look."
)
#: Column of the table -> what it holds.
COLUMNS = {
    "criterion": "Name of the criterion.",
    "status": "Pass, Fail, or Pending: needs a manual look.",
    "outcome": "Pass, Fail, Warning, Not measured or Not applicable.",
    "object": "Judged object: the session, a plane, a cell.",
    "metric": "Metric; empty for a manual criterion.",
    "value": "The number measured; NaN where there is none.",
    "unit": "Unit of value and threshold; 1 for none.",
    "threshold": "The limits, in words.",
    "reason": "Reason: not measured, of the limit, or of the reviewer.",
    "decided_by": "Source of the limits, or the person and the day.",
    "version": "Version of nwbgate that judged.",
    "timestamp": "When it was judged, ISO 8601.",
}


def store_results(judged: Judged, findings: Callable[[Path], list[Finding]] | None = None) -> None:
    """Write the results of a session into its file, replacing earlier ones.

    A copy is changed, compared with the file, checked and brought to the disk before it takes the file's name: whatever
    goes wrong, the file stays as it was. Meanwhile no other program can open it for writing, where HDF5 locks files.

    Parameters
    ----------
    judged : Judged
        A session of one file.
    findings : callable, optional
        What is wrong with a file; by default the schema and NWB Inspector say it.

    Raises
    ------
    WriteError
        If there is no room or no permission, the file is read-only or being written to by another program, PyNWB cannot
        open it, or another object has the table's name.
    SourceError
        If the file leads to other files (`OutsideError`), or cannot be read, or could not while it was measured.
    VerificationError
        If anything else in the copy is not as in the file.
    CheckError
        If the copy has an error that the file has not.
    """
    path = judged.quality.files[0].resolve()
    _refuse_incomplete(judged, path)
    _refuse_read_only(path)
    with _unwritten_by_others(path), replacing(path, overwrite=True) as temporary:
        with explain_refusals(path):
            shutil.copyfile(path, temporary)
            shutil.copymode(path, temporary)
            # One opening, so that the new table takes the room of the old one.
            with changed_hdf5(temporary) as file:
                _remove_table(file, path)
                _add_table(file, _stored_table(judged.results), path)
            _restore_version(temporary, path)
        refuse_changes(path, temporary, apart_from=LOCATION)
        _refuse_new_errors(path, temporary, findings or _default_findings())
        with explain_refusals(path):
            sync(temporary)


def _stored_table(results: pd.DataFrame) -> pd.DataFrame:
    statuses = [VOCABULARY[Status(status)] for status in results["status"]]
    moment = datetime.now(UTC).isoformat(timespec="seconds")
    frame = results.rename(columns={"status": "outcome"}).assign(
        status=statuses, version=nwbgate.__version__, timestamp=moment
    )
    return frame[list(COLUMNS)]


def _refuse_incomplete(judged: Judged, path: Path) -> None:
    """Reject results of a file that could not be read whole."""
    for finding in judged.quality.findings:
        raise SourceError(
            "the results are incomplete, and are not stored",
            where=str(path),
            got=finding.message,
            expected="a file of which everything can be read",
            fix=finding.fix,
        )


def _refuse_read_only(path: Path) -> None:
    """Reject a Zarr store, and a read-only file, which a renamed copy would bypass."""
    if is_store(path):
        raise WriteError(
            "results cannot be stored in a Zarr store",
            where=str(path),
            expected="an HDF5 file",
            fix="write the results beside the store, with --output",
        )
    mode = path.stat().st_mode
    if not mode & 0o222:
        raise WriteError(
            "the file is read-only, so nothing was stored",
            where=str(path),
            got=f"permissions {stat.filemode(mode)}",
            expected="a writable file",
            fix="allow it (chmod u+w); or write the results beside the file, with --output",
        )


@contextmanager
def _unwritten_by_others(path: Path) -> Iterator[None]:
    """Hold a file open for reading, so that HDF5 excludes writers."""
    try:
        held = open_hdf5(path)
    except SourceError as refused:
        error = refused.__cause__
        locked = lock_error(str(path), error) if isinstance(error, OSError) else None
        if locked is None:
            raise
        parts = {"where": locked.where, "got": locked.got, "expected": locked.expected, "fix": locked.fix}
        raise WriteError(locked.what, **parts) from error
    with held:
        yield


def _remove_table(file: h5py.File, target: Path) -> None:
    """Remove the earlier table, but no other object of its name."""
    earlier = file.get(LOCATION)
    if earlier is None:
        return
    columns = [str(name) for name in earlier.attrs.get("colnames", ())]
    if columns != list(COLUMNS):
        raise WriteError(
            "another object has the name of the table",
            where=f"{target}: {LOCATION}",
            got=f"a table with the columns {', '.join(columns)}" if columns else "no table",
            expected="nothing, or a table that nwbgate stored",
            fix="rename the object; or write the results beside the file, with --output",
        )
    del file[LOCATION]


def _add_table(file: h5py.File, frame: pd.DataFrame, target: Path) -> None:
    from hdmf.common import DynamicTable, VectorData
    from pynwb import NWBHDF5IO

    columns = [VectorData(name=name, description=COLUMNS[name], data=frame[name].tolist()) for name in COLUMNS]
    try:
        with NWBHDF5IO(file=file, mode="a", load_namespaces=True) as io:
            nwbfile = io.read()
            nwbfile.add_analysis(DynamicTable(name=NAME, description=_DESCRIPTION, columns=columns))
            io.write(nwbfile, cache_spec=False)
    except OSError:
        raise
    except Exception as error:  # PyNWB raises whatever it meets in a file that breaks the schema
        raise WriteError(
            "PyNWB cannot add the table to the file",
            where=str(target),
            got=f"{type(error).__name__}: {error}",
            fix="check the file with nwbgate check; or write the results beside it, with --output",
        ) from error


def _restore_version(copy: Path, path: Path) -> None:
    """Restore the file's NWB version in a copy, where PyNWB writes its own."""
    name = "nwb_version"
    with open_hdf5(path) as before, changed_hdf5(copy) as after:
        if name in before.attrs and not np.array_equal(after.attrs.get(name), before.attrs[name]):
            after.attrs.create(name, before.attrs[name], dtype=before.attrs.get_id(name).dtype)


def _default_findings() -> Callable[[Path], list[Finding]]:
    from nwbgate.validators.file_findings import written_findings

    return written_findings


def _refuse_new_errors(path: Path, copy: Path, findings: Callable[[Path], list[Finding]]) -> None:
    """Reject errors of the copy that the file does not have."""
    new = _errors(findings(copy), copy)
    if new:
        new = {key: error for key, error in new.items() if key not in _errors(findings(path), path)}
    if new:
        first = next(iter(new.values()))
        raise CheckError(
            "the file would fail its check with the results in it",
            where=f"{path}: {first.location}",
            got=first.message,
            fix="the file is unchanged; write the results beside it, with --output",
        )


def _errors(findings: list[Finding], path: Path) -> dict[Any, Finding]:
    return {
        (finding.code, finding.location, finding.message.replace(str(path), "")): finding
        for finding in findings
        if finding.severity is Severity.ERROR
    }
