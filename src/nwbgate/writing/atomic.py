"""A file that gets its name only when it is whole: temporary file, fsync, rename, fsync of the folder."""

import errno
import os
import re
import secrets
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from nwbgate.errors import WriteError

#: Age in seconds after which a temporary file of another machine counts as left behind.
_ABANDONED = 24 * 3600
_REASONS = {
    errno.ENOSPC: ("the disk is full", "free some room, or write to another disk"),
    errno.EDQUOT: ("the disk quota is used up", "free some room, or write to another disk"),
    errno.EFBIG: ("the file grew beyond the largest size allowed", "raise the limit (ulimit -f), or write elsewhere"),
    errno.EACCES: ("no permission to write here", "choose another output folder, or change its permissions"),
    errno.EPERM: ("no permission to write here", "choose another output folder, or change its permissions"),
    errno.EROFS: ("this file system is read-only", "choose another output folder"),
    errno.ENOTDIR: ("a part of the path is a file, not a folder", "choose another output folder"),
    errno.EEXIST: ("a part of the path is a file, not a folder", "choose another output folder"),
    errno.ENAMETOOLONG: ("the file name is too long", "choose a shorter name"),
}


@contextmanager
def replacing(target: Path, *, overwrite: bool) -> Iterator[Path]:
    """Give a temporary path beside `target`; give its file the final name when the block ends well.

    On any exception the temporary file is removed and an existing target is left as it was. Temporary files of earlier
    writers of the same target that are no longer running are removed first.

    Parameters
    ----------
    target : pathlib.Path
        The final name. Missing folders are made (and removed again when nothing was written).
    overwrite : bool
        Whether an existing file may be replaced.

    Yields
    ------
    pathlib.Path
        Absolute path to write to, in the folder of `target`, so that the rename is atomic.

    Raises
    ------
    WriteError
        When the name is taken, or when the system refuses (no room, no permission).
    """
    target = target.absolute()
    with explained(target):
        _refuse_taken(target, overwrite)
        made = _made_folders(target.parent)
        remove_leftovers(target)
        temporary = _temporary(target)
    try:
        yield temporary
        with explained(target):
            _refuse_taken(target, overwrite)
            temporary.replace(target)
            sync(target.parent)
    finally:
        _discard(temporary)
        for folder in reversed(made):
            with suppress(OSError):  # not empty: the file is there, or another writer's
                folder.rmdir()


def remove_leftovers(target: Path) -> list[Path]:
    """Remove the temporary files that killed writers of `target` left behind, and return them.

    A temporary file is left behind when the process in its name no longer runs on this machine, or, made on another
    machine, when nobody has changed it for a day.
    """
    pattern = re.compile(re.escape(_prefix(target)) + r"(?P<host>.+)-(?P<pid>\d+)-[0-9a-f]{8}(\.spool)?\.nwb")
    found = [(path, pattern.fullmatch(path.name)) for path in target.parent.iterdir()]
    stale = [path for path, match in found if match and _abandoned(path, match["host"], int(match["pid"]))]
    for path in stale:
        _discard(path)
    return stale


def spool_path(temporary: Path) -> Path:
    """Return the name of a second temporary file beside `temporary`, removed with it or as a left-over."""
    return temporary.with_suffix(".spool.nwb")


def sync(path: Path) -> None:
    """Wait until a file or folder is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _prefix(target: Path) -> str:
    """Return how temporary names of a target begin; cut, for a file name may have 255 bytes."""
    return f".{target.name[:100]}.nwbgate-"


def _host() -> str:
    return re.sub(r"[^A-Za-z0-9.]", "_", socket.gethostname()) or "localhost"


def _temporary(target: Path) -> Path:
    """Return a fresh name that tells who writes, ending in .nwb as readers of NWB expect."""
    return target.with_name(f"{_prefix(target)}{_host()}-{os.getpid()}-{secrets.token_hex(4)}.nwb")


def _abandoned(path: Path, host: str, pid: int) -> bool:
    if host != _host():
        with suppress(FileNotFoundError):
            return time.time() - path.stat().st_mtime > _ABANDONED
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _made_folders(folder: Path) -> list[Path]:
    """Make a folder and return those of its path that were missing, outermost first."""
    missing = [part for part in (*reversed(folder.parents), folder) if not part.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    return missing


def _refuse_taken(target: Path, overwrite: bool) -> None:
    if target.is_dir():
        raise WriteError("the name is taken by a folder", where=str(target), fix="choose another name")
    if not overwrite and os.path.lexists(target):
        raise WriteError(
            "the file exists already",
            where=str(target),
            fix="choose another name, remove the file, or ask for it to be overwritten",
        )


def _discard(path: Path) -> None:
    """Remove a file if it is there; empty it first, for HDF5 may hold it open after a failed write."""
    with suppress(OSError):
        os.truncate(path, 0)
    with suppress(OSError):
        path.unlink()
    with suppress(OSError):
        spool_path(path).unlink()


@contextmanager
def explained(target: Path) -> Iterator[None]:
    """Turn the refusals of the operating system, also those that HDF5 passes on as text, into a `WriteError`."""
    try:
        yield
    except (OSError, RuntimeError) as error:
        number = system_errno(error)
        if number is None:
            raise
        raise refusal(number, str(target)) from error


def refusal(number: int, where: str) -> WriteError:
    """Return the error for what the system said, by its number, when something was written there."""
    what, fix = _REASONS.get(number, ("the file could not be written", "see the message of the system"))
    return WriteError(what, where=where, got=os.strerror(number), fix=fix)


def system_errno(error: BaseException | None) -> int | None:
    """Return the number of the system error behind an exception of Python, HDF5 or HDMF, or None."""
    while error is not None:
        if isinstance(error, OSError) and error.errno:
            return error.errno
        if found := re.search(r"errno = (\d+)", str(error)):
            return int(found[1])
        error = error.__cause__
    return None
