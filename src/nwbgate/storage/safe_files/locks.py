"""Open files on systems with and without POSIX: opened, locked and renamed."""

import os
from collections.abc import Callable
from importlib import import_module
from typing import Any

fcntl: Any
try:
    fcntl = import_module("fcntl")
except ImportError:  # Windows
    fcntl = None

#: Bytes as they are, never through a link, never into a child process, never waiting for the other end of a FIFO.
CAREFULLY = (
    getattr(os, "O_BINARY", 0)
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_CLOEXEC", getattr(os, "O_NOINHERIT", 0))
    | getattr(os, "O_NONBLOCK", 0)
)


def try_lock(descriptor: int, *, exclusive: bool) -> bool | None:
    """Lock an open file and return whether that worked; None without locks.

    Parameters
    ----------
    descriptor : int
        The file, whose lock ends when it is closed.
    exclusive : bool
        Whether nobody else may hold a lock.

    Returns
    -------
    bool or None
        None on Windows, whose locks would keep HDF5 from the bytes, and on file systems that have none. What depends on
        it has a second way: names that nobody else has, the age of a file, its checksum.
    """
    if fcntl is None:
        return None
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True


def with_open_file(act: Callable[[], Any], close: Callable[[], Any]) -> None:
    """Rename or remove an open file, closed first where it must be.

    POSIX renames and removes open files, so that a lock holds until the end. Windows refuses both.

    Parameters
    ----------
    act : callable
        Renames or removes the file.
    close : callable
        Closes it.
    """
    try:
        act()
    except PermissionError:
        close()
        act()
