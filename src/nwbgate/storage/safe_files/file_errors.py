"""Errors of files that cannot be opened or read."""

import errno
from pathlib import Path

from nwbgate.errors import SourceError, UsageError

#: HDF5's words for a file that it cannot lock.
_LOCKED = "unable to lock file"
#: First bytes of pointers to content elsewhere, and the program that fetches it.
_POINTERS = {b"/annex/objects/": "git-annex", b"version https://git-lfs": "Git LFS"}
#: Schemes of server addresses.
_SCHEMES = ("http://", "https://", "s3://", "dandi://")


def is_url(path: Path | str) -> bool:
    """Return whether a path is an address of a server."""
    return str(path).startswith(_SCHEMES)


def unreadable(where: str, error: Exception) -> SourceError:
    """Return the error for a locked, truncated or damaged file, or a broken connection."""
    return lock_error(where, error) or SourceError(
        "cannot read the file",
        where=where,
        got=str(error).strip("'\""),
        expected="a complete HDF5 file with every dataset readable",
        fix=retry_advice(where),
    )


def lock_error(where: str, error: Exception) -> SourceError | None:
    """Return the error for a file that HDF5 cannot lock.

    None if the error is not about a lock: the file may then be damaged.
    """
    if _LOCKED not in str(error):
        return None
    if getattr(error, "errno", None) not in (errno.EAGAIN, errno.EACCES):
        return SourceError(
            "the disk of the file does not support HDF5's locking",
            where=where,
            got=str(error),
            fix="copy the file to a local disk, or set HDF5_USE_FILE_LOCKING=FALSE if nothing writes to it",
        )
    return SourceError(
        "another program has the file open for writing",
        where=where,
        got="an HDF5 lock, held by a writer until it closes the file",
        expected="a file that is no longer written",
        fix="wait for the writer, or end it; then try again",
    )


def retry_advice(where: str) -> str:
    """Return advice for an unreadable file or a failing server."""
    if is_url(where):
        return "try again; if it persists, download the file and open the copy"
    return "copy or download the file again; `nwbgate check --integrity` names every damaged dataset"


def no_file(path: Path, kind: str = "an NWB file") -> UsageError:
    """Return the error for a path that is not a file."""
    if path.exists():
        return UsageError("this is not a file", where=str(path), got="a folder, pipe or device", fix="name a file")
    return UsageError(
        "there is no such file",
        where=str(path),
        got=f"a link to {path.readlink()}"
        if path.is_symlink()
        else f"nothing of this name in {path.absolute().parent}",
        expected=kind,
        fix="fetch the target of the link (datalad get)" if path.is_symlink() else "check the path",
    )


def other_format(path: Path, kind: str = "an NWB file") -> SourceError:
    """Return the error for a file that is not HDF5, or a pointer file."""
    with path.open("rb") as stream:
        beginning = stream.read(64)
    pointer = next((name for start, name in _POINTERS.items() if beginning.startswith(start)), "")
    return SourceError(
        f"this is not {kind}",
        where=str(path),
        got=f"a pointer of {pointer} to content that was not fetched" if pointer else "no HDF5 signature",
        expected=f"{kind} (HDF5)",
        fix="fetch the content: datalad get, git annex get, or git lfs pull" if pointer else _other_use(path, kind),
    )


def _other_use(path: Path, kind: str) -> str:
    """Return what to do with a file of another format."""
    if path.suffix.casefold() == ".csv":
        return f"name {kind}; to check tables, name their folder: nwbgate check --manifest {path.parent}"
    return f"name {kind}; if this should be one, copy or download it again"
