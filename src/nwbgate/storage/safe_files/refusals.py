"""Refusals of the system when a file is written, as four-part errors."""

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nwbgate.errors import UsageError, WriteError

#: What is wrong with a file that the system lets grow no further.
TOO_LARGE = "the file exceeds the maximum size"
_REASONS = {
    errno.ENOSPC: ("the disk is full", "free some space, or write to another disk"),
    errno.EDQUOT: ("the disk quota is used up", "free some space, or write to another disk"),
    errno.EFBIG: (TOO_LARGE, "raise the limit (ulimit -f), or write elsewhere"),
    errno.EACCES: ("no permission to write here", "choose another output folder, or change its permissions"),
    errno.EPERM: ("no permission to write here", "choose another output folder, or change its permissions"),
    errno.EROFS: ("this file system is read-only", "choose another output folder"),
    errno.ENOTDIR: ("part of the path is a file, not a folder", "choose another output folder"),
    errno.EEXIST: ("part of the path is a file, not a folder", "choose another output folder"),
    errno.ENOENT: ("the folder does not exist", "make it first, or choose a folder that exists"),
    errno.ELOOP: ("a link has this name", "remove it, or choose another name"),
    errno.ENAMETOOLONG: ("the file name is too long", "choose a shorter name"),
}


@contextmanager
def explain_refusals(target: Path) -> Iterator[None]:
    """Turn errors of the operating system into a `WriteError`."""
    try:
        yield
    except (OSError, RuntimeError) as error:
        number = system_errno(error)
        if number is None:
            raise
        raise refusal(number, str(target)) from error


def refusal(number: int, where: str) -> WriteError:
    """Return the error for a system error number met while writing."""
    what, fix = _REASONS.get(number, ("cannot write the file", "see the system's message"))
    return WriteError(what, where=where, got=os.strerror(number), fix=fix)


def system_errno(error: BaseException | None) -> int | None:
    """Return the system error number behind an exception, or None."""
    while error is not None:
        if isinstance(error, OSError) and error.errno:
            return error.errno
        if found := re.search(r"errno = (\d+)", str(error)):
            return int(found[1])
        error = error.__cause__
    return None


def unwritten(what: str, error: WriteError) -> UsageError:
    """Return the error for an output that cannot be written there."""
    return UsageError(what, where=error.where, got=error.got or error.what, fix=error.fix)
