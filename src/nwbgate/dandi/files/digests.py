"""Digests of a local file, dandi-etag and SHA-256, in one pass."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from nwbgate.archives.library import dandi_library


@dataclass(frozen=True)
class State:
    """Size and times of a file: while they stay, so does its content.

    Attributes
    ----------
    bytes : int
        Size.
    mtime_ns, ctime_ns : int
        When content, and when content or name changed, in nanoseconds.
    """

    bytes: int
    mtime_ns: int
    ctime_ns: int

    @classmethod
    def of(cls, file: Path) -> "State":
        """Return the present state of a file."""
        status = file.stat()
        return cls(status.st_size, status.st_mtime_ns, status.st_ctime_ns)


@dataclass(frozen=True)
class Digests:
    """Digests of a file: ``dandi_etag`` (MD5 of parts) and ``sha256``, hexadecimal."""

    dandi_etag: str
    sha256: str


def file_digests(file: Path) -> Digests:
    """Return the digests of a file, read once.

    Raises
    ------
    OSError
        If the file cannot be read.
    """
    etagger = dandi_library("dandischema.digests.dandietag").DandiETag(file.stat().st_size)
    whole = hashlib.sha256()
    with file.open("rb") as stream:
        for part in etagger.get_parts():  # 64 MiB, more only for files of over 600 GB
            block = stream.read(part.size)
            etagger.update(block)
            whole.update(block)
    return Digests(etagger.as_str(), whole.hexdigest())
