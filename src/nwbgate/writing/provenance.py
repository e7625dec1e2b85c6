"""Where a file came from: one JSON text in ``/general/source_script``, and whether it is still true."""

import hashlib
import json
import platform
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import h5py
import numpy as np

import nwbgate

#: Value of the ``file_name`` attribute of ``/general/source_script`` in files that carry our record.
FILE_NAME = "nwbgate provenance"
#: Namespace of the identifiers that nwbgate gives to files (made once, from the project's name).
IDENTIFIERS = uuid.uuid5(uuid.NAMESPACE_DNS, "nwbgate")
_PACKAGES = ("neuroconv", "pynwb", "hdmf", "h5py", "numpy")
_BLOCK = 1 << 20


@dataclass(frozen=True)
class SourceFile:
    """A source as it was when it was read.

    Attributes
    ----------
    name : str
        File name, without the folder, which says nothing on another machine.
    bytes : int
        Size.
    mtime_ns : int
        Time of the last modification, in nanoseconds since 1970.
    sha256 : str
        Digest of the content, 64 hexadecimal digits.
    """

    name: str
    bytes: int
    mtime_ns: int
    sha256: str


def describe(paths: Iterable[str | Path]) -> tuple[SourceFile, ...]:
    """Return the sources with their digests, in the order given.

    Raises
    ------
    OSError
        If a source cannot be read.
    """
    return tuple(_describe(Path(path)) for path in paths)


def _describe(path: Path) -> SourceFile:
    status = path.stat()
    known = _known_sha256(path, status.st_size, status.st_mtime_ns)
    return SourceFile(path.name, status.st_size, status.st_mtime_ns, known)


@lru_cache(maxsize=4096)
def _known_sha256(path: Path, _size: int, _mtime_ns: int) -> str:
    """Digest a file once per process, as long as its size and time stay the same."""
    return _sha256(path)


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def digest(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a mapping's canonical JSON: equal content, equal digest, whatever the order of keys."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=_plain).encode()).hexdigest()


def _plain(value: object) -> object:
    """Return what JSON cannot say as something it can, without loss: the text of a long array is abridged."""
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    if isinstance(value, set | frozenset):
        return sorted(value, key=str)
    return str(value)


def identifier(session_id: str, sources: Iterable[SourceFile], metadata_digest: str = "") -> str:
    """Return the file identifier (uuid5) that these sources and this metadata always get."""
    content = [session_id, *(source.sha256 for source in sources), metadata_digest]
    return str(uuid.uuid5(IDENTIFIERS, "\n".join(content)))


def record(
    sources: Iterable[SourceFile], *, metadata_digest: str = "", parameters: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the provenance record of a file that is about to be written."""
    return {
        "sources": [asdict(source) for source in sources],
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
    """Return the record as the text that is stored."""
    return json.dumps(content, indent=1, sort_keys=True)


def read(path: str | Path) -> dict[str, Any] | None:
    """Return the provenance record of a file, or None where it has none, or a damaged one, or cannot be read."""
    try:
        with h5py.File(path, "r") as file:
            script = file.get("general/source_script")
            if not isinstance(script, h5py.Dataset) or script.attrs.get("file_name") != FILE_NAME:
                return None
            content = json.loads(script[()])
    except (OSError, ValueError, TypeError):
        return None
    return content if _is_record(content) else None


def _is_record(content: object) -> bool:
    """Tell whether a text that anybody could have written holds what the functions below look up."""
    if not isinstance(content, dict) or not isinstance(content.get("sources"), list):
        return False
    mappings = [content.get("parameters"), content.get("versions"), *content["sources"]]
    keys = {field.name for field in fields(SourceFile)}
    return all(isinstance(each, dict) for each in mappings) and all(keys <= set(each) for each in content["sources"])


def up_to_date(
    path: str | Path,
    *,
    sources: Iterable[str | Path],
    metadata_digest: str,
    parameters: Mapping[str, Any],
    verify_sources: bool = False,
) -> bool:
    """Tell whether a written file is what converting these sources again would write.

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
    return same and _major(kept) == _major(wanted) and _unchanged(kept["sources"], sources, verify_sources)


def _major(content: Mapping[str, Any]) -> str:
    return str(content["versions"].get("nwbgate", "")).split(".", maxsplit=1)[0]


def _unchanged(kept: list[dict[str, Any]], sources: Iterable[str | Path], verify_sources: bool) -> bool:
    paths = [Path(source) for source in sources]
    if [source["name"] for source in kept] != [path.name for path in paths]:
        return False
    for before, path in zip(kept, paths, strict=True):
        status = path.stat()
        touched = (before["bytes"], before["mtime_ns"]) != (status.st_size, status.st_mtime_ns)
        # Digested anew: what this process remembers of a file is as old as its time stamp.
        if (touched or verify_sources) and before["sha256"] != _sha256(path):
            return False
    return True
