"""Origin of a file: one JSON text in ``/general/source_script``, and its validity."""

import hashlib
import json
import platform
import uuid
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache, partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

import nwbgate
from nwbgate.errors import NwbgateError
from nwbgate.json_text import parse_json
from nwbgate.storage.hdf5 import dataset_at, open_hdf5
from nwbgate.storage.values import one_text, text_attribute

#: Value of the ``file_name`` attribute of ``/general/source_script`` in files that carry our record.
FILE_NAME = "nwbgate provenance"
#: Namespace of the identifiers that nwbgate gives to files (made once, from the project's name).
IDENTIFIERS = uuid.uuid5(uuid.NAMESPACE_DNS, "nwbgate")
#: Algorithms of digests of sources, as `hashlib` names them.
ALGORITHMS = ("sha256", "blake2b")
_PACKAGES = ("neuroconv", "pynwb", "hdmf", "h5py", "numpy")


@dataclass(frozen=True)
class SourceFile:
    """State of a source when it was read.

    Attributes
    ----------
    name : str
        File name, without the folder, which says nothing on another machine.
    bytes : int
        Size.
    mtime_ns : int
        Time of the last modification, in nanoseconds since 1970.
    digest : str
        Digest of the content, in hexadecimal digits.
    algorithm : str
        How it was made, one of `ALGORITHMS`.
    """

    name: str
    bytes: int
    mtime_ns: int
    digest: str
    algorithm: str = "sha256"

    @property
    def entry(self) -> dict[str, Any]:
        """The source's record, with the digest under its algorithm's name."""
        return {"name": self.name, "bytes": self.bytes, "mtime_ns": self.mtime_ns, self.algorithm: self.digest}


def describe(paths: Iterable[str | Path], algorithm: str = "sha256", *, threads: int = 1) -> tuple[SourceFile, ...]:
    """Return the sources with their digests, in the given order.

    Parameters
    ----------
    paths : iterable of paths
        Source files.
    algorithm : str
        One of `ALGORITHMS`. Sources that are published with checksums are digested as these were, so that each is read
        and digested once.
    threads : int
        Files digested at once.

    Raises
    ------
    OSError
        If a source cannot be read.
    """
    work = partial(_describe, algorithm=algorithm)
    if threads == 1:
        return tuple(map(work, map(Path, paths)))
    with ThreadPoolExecutor(threads) as pool:
        return tuple(pool.map(work, map(Path, paths)))


def _describe(path: Path, algorithm: str) -> SourceFile:
    status = path.stat()
    known = _known_digest(path, status.st_size, status.st_mtime_ns, algorithm)
    return SourceFile(path.name, status.st_size, status.st_mtime_ns, known, algorithm)


@lru_cache(maxsize=4096)
def _known_digest(path: Path, _size: int, _mtime_ns: int, algorithm: str) -> str:
    """Return a file's digest, computed once per process, size and time."""
    return _digest_of(path, algorithm)


def _digest_of(path: Path, algorithm: str) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()


def digest(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a mapping's canonical JSON, independent of key order."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=_plain).encode()).hexdigest()


def _plain(value: object) -> object:
    """Return a JSON-compatible form of a value, without loss."""
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    if isinstance(value, set | frozenset):
        return sorted(value, key=str)
    return str(value)


def identifier(session_id: str, sources: Iterable[SourceFile], metadata_digest: str = "") -> str:
    """Return the reproducible file identifier (uuid5) of sources and metadata."""
    content = [session_id, *(source.digest for source in sources), metadata_digest]
    return str(uuid.uuid5(IDENTIFIERS, "\n".join(content)))


def record(
    sources: Iterable[SourceFile], *, metadata_digest: str = "", parameters: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the provenance record of a file to be written."""
    return {
        "sources": [source.entry for source in sources],
        "metadata_sha256": metadata_digest,
        "parameters": json.loads(json.dumps(dict(parameters or {}), sort_keys=True, default=_plain)),
        "versions": {"nwbgate": nwbgate.__version__, "python": platform.python_version(), **_versions()},
    }


@lru_cache(maxsize=1)
def _versions() -> dict[str, str]:
    found = {}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:  # a reader's environment without the converting half
            continue
    return found


def to_json(content: Mapping[str, Any]) -> str:
    """Return the record as the stored text."""
    return json.dumps(content, indent=1, sort_keys=True)


def read(path: str | Path) -> dict[str, Any] | None:
    """Return the provenance record of a file, or None without a valid one."""
    try:
        with open_hdf5(Path(path), walked=False) as file:
            script = dataset_at(file, "general/source_script")
            if script is None or text_attribute(script, "file_name") != FILE_NAME:
                return None
            content = parse_json(one_text(script))
    except (NwbgateError, OSError, ValueError, TypeError):
        return None
    return content if _is_record(content) else None


def _is_record(content: object) -> bool:
    """Return whether an untrusted text has the needed entries of a record."""
    if not isinstance(content, dict) or not isinstance(content.get("sources"), list):
        return False
    mappings = [content.get("parameters"), content.get("versions"), *content["sources"]]
    return all(isinstance(each, dict) for each in mappings) and all(map(_is_entry, content["sources"]))


def _is_entry(entry: Mapping[str, Any]) -> bool:
    return {"name", "bytes", "mtime_ns"} <= set(entry) and _algorithm(entry) is not None


def _algorithm(entry: Mapping[str, Any]) -> str | None:
    return next((name for name in ALGORITHMS if name in entry), None)


def up_to_date(
    path: str | Path,
    *,
    sources: Iterable[str | Path],
    metadata_digest: str,
    parameters: Mapping[str, Any],
    verify_sources: bool = False,
) -> bool:
    """Return whether converting these sources again would write the same file.

    True when the metadata digest, the parameters and nwbgate's major version are equal and each source is unchanged:
    same name and, by default, same size and modification time. Where size or time differ, or with `verify_sources`,
    the content decides.

    Raises
    ------
    OSError
        If a source does not exist or cannot be read.
    """
    kept = read(path)
    if kept is None:
        return False
    wanted = record((), metadata_digest=metadata_digest, parameters=parameters)
    same = all(kept.get(key) == wanted[key] for key in ("metadata_sha256", "parameters"))
    return same and _major(kept) == _major(wanted) and _is_unchanged(kept["sources"], sources, verify_sources)


def _major(content: Mapping[str, Any]) -> str:
    return str(content["versions"].get("nwbgate", "")).split(".", maxsplit=1)[0]


def _is_unchanged(kept: list[dict[str, Any]], sources: Iterable[str | Path], verify_sources: bool) -> bool:
    paths = [Path(source) for source in sources]
    if [source["name"] for source in kept] != [path.name for path in paths]:
        return False
    for before, path in zip(kept, paths, strict=True):
        status = path.stat()
        touched = (before["bytes"], before["mtime_ns"]) != (status.st_size, status.st_mtime_ns)
        # Digested again: what this process remembers of a file is as old as its time stamp.
        algorithm = _algorithm(before) or "sha256"
        if (touched or verify_sources) and before[algorithm] != _digest_of(path, algorithm):
            return False
    return True
