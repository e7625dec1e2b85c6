"""Checks of a Zarr store as such: its chunks and consolidated metadata."""

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from nwbgate.errors import NwbgateError
from nwbgate.findings.report import NotRun
from nwbgate.findings.validator_codes import file_finding, unread
from nwbgate.processes.cores import cores
from nwbgate.rules.rule import Finding
from nwbgate.storage.safe_files.folder_contents import is_store
from nwbgate.storage.zarr_stores.hdf5_values import is_reference
from nwbgate.storage.zarr_stores.links import inner_path
from nwbgate.storage.zarr_stores.nodes import StoredNode, stored_nodes
from nwbgate.storage.zarr_stores.stored_chunks import StoredChunks

#: Checks of NWB Inspector about the storage of an HDF5 file.
HDF5_CHECKS = frozenset({"check_file_extension", "check_large_dataset_compression", "check_small_dataset_compression"})
#: Why a code is not judged for a store.
_NOT_RUN = {
    "dandi.filename": "DANDI has no rule for the names of Zarr stores",
    "dandi.folder": "DANDI has no rule for the names of Zarr stores",
    "dandi.subject_folder": "DANDI has no rule for the names of Zarr stores",
    **dict.fromkeys((f"inspector.{name}" for name in sorted(HDF5_CHECKS)), "it looks at the storage of HDF5 files"),
}
#: What the schema validator says of a whole number without a sign.
_WANTS_UNSIGNED = re.compile(r"incorrect type - expected 'uint\d*', got 'int64'")
#: Chunks handed to the threads at once.
_BATCH = 256
#: Parts named in one message; more are counted.
_NAMED = 5


def not_run_on(path: Path) -> list[NotRun]:
    """Return the codes that are not judged for a store."""
    return [NotRun(code, reason, objected=False) for code, reason in _NOT_RUN.items()] if is_store(path) else []


def is_untyped(error: Any, file: h5py.File) -> bool:
    """Return whether an error is about a whole number of JSON, without type.

    Parameters
    ----------
    error : hdmf.validate.errors.ValidationError
        What the schema validator says of a store.
    file : h5py.File
        The store, open.
    """
    place, _, attribute = str(error.location or "").rpartition(".")
    if not _WANTS_UNSIGNED.search(error.reason) or place not in file or attribute not in file[place].attrs:
        return False
    return bool(np.all(file[place].attrs[attribute] >= 0))


def consolidation_findings(path: Path) -> list[Finding]:
    """Return a finding if the consolidated metadata are stale.

    Readers that trust it (hdmf-zarr does) then see another file than those that do not.

    Parameters
    ----------
    path : pathlib.Path
        A store that can be opened.
    """
    consolidated = path / ".zmetadata"
    if not consolidated.is_file():
        return []
    try:
        known = json.loads(consolidated.read_bytes())["metadata"]
        stale = sorted(set(_differing(path, known, stored_nodes(path))))
    except (OSError, ValueError, RecursionError, LookupError, TypeError) as error:
        message = f"the consolidated metadata cannot be read: {type(error).__name__}: {error}"
        return [file_finding("file.stale_metadata", path, message, location="/.zmetadata")]
    if not stale:
        return []
    message = f"the consolidated metadata differ from the files of the store: {_first_parts(stale)}"
    return [file_finding("file.stale_metadata", path, message, location="/.zmetadata")]


def _differing(path: Path, known: dict[str, Any], nodes: Iterator[StoredNode]) -> Iterator[str]:
    """Yield the files that differ from the consolidated metadata."""
    there = set()
    for node in nodes:
        for name in (".zgroup", ".zarray", ".zattrs"):
            file = node.folder / name
            key = file.relative_to(path).as_posix()
            if file.exists():
                there.add(key)
                if key not in known or known[key] != json.loads(file.read_bytes()):
                    yield key
    yield from known.keys() - there


def reference_findings(file: h5py.File, path: Path) -> list[Finding]:
    """Return a finding for each attribute that refers to an absent object.

    hdmf-zarr reads nothing of such a store, and names the reference only.

    Parameters
    ----------
    file : h5py.File
        The open store.
    path : pathlib.Path
        Its folder.
    """
    return [
        file_finding(
            "file.broken_link", path, f"the attribute {name} refers to {target}, which is absent", location=node.path
        )
        for node in stored_nodes(path)
        for name, value in node.attributes.items()
        if (target := _target(name, value, path)) is not None and file.get(target) is None
    ]


def _target(name: str, value: Any, path: Path) -> str | None:
    """Return the path to which an attribute refers, None if it does not."""
    if name == ".specloc" and isinstance(value, str):
        return "/" + value.strip("/")
    return inner_path(value["value"], path) if is_reference(value) else None


def store_integrity_findings(path: Path, *, threads: int | None = None) -> list[Finding]:
    """Return a finding for each array with damaged or missing chunks.

    Parameters
    ----------
    path : pathlib.Path
        A Zarr store.
    threads : int, optional
        Threads that decode, one per core by default.

    Returns
    -------
    list of Finding
        ``file.chunk`` per damaged array, ``file.unwritten`` per array that lacks chunks, and ``file.unreadable`` when
        the store does not open.
    """
    findings: list[Finding] = []
    try:
        nodes = [node for node in stored_nodes(path) if node.array is not None]
    except NwbgateError as error:
        return [unread(error, path)]
    with ThreadPoolExecutor(threads or cores()) as pool:
        for node in nodes:
            assert node.array is not None
            findings += _array_findings(node.path, StoredChunks(path.resolve(), node.folder, node.array), pool, path)
    return findings


def _array_findings(name: str, chunks: StoredChunks, pool: ThreadPoolExecutor, path: Path) -> list[Finding]:
    damaged: list[str] = []
    missing = 0
    remaining = chunks.places()
    while places := list(islice(remaining, _BATCH)):
        reasons = list(pool.map(lambda place: _reason(chunks, place), places))
        missing += reasons.count(None)
        damaged += filter(None, reasons)
    findings = []
    if damaged:
        findings.append(file_finding("file.chunk", path, _first_parts(damaged), location=name))
    if missing:
        message = f"{missing} of {chunks.count} chunks were never written: reads as fill values"
        findings.append(file_finding("file.unwritten", path, message, location=name))
    return findings


def _reason(chunks: StoredChunks, place: tuple[int, ...]) -> str | None:
    """Return why a chunk is damaged; empty if sound, None if missing."""
    if not chunks.file(place).exists():
        return None
    try:
        chunks.read(place)
    except OSError as error:
        return str(error)
    return ""


def _first_parts(parts: list[str]) -> str:
    """Return the first parts and the number of the others."""
    return "; ".join(parts[:_NAMED]) + (f"; and {len(parts) - _NAMED} more" if len(parts) > _NAMED else "")
