"""Atomic folders: filled under a temporary name, synced, renamed whole."""

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from nwbgate.storage.atomic import sync

if sys.platform != "win32":  # where a folder cannot be opened
    import fcntl

_MARK = ".nwbgate-"
#: Ending of an earlier folder between the renames of its successor and of itself.
_OLD = ".old"


@contextmanager
def replacing_folder(target: Path) -> Iterator[Path]:
    """Yield an empty folder that replaces `target` when the block succeeds.

    On any exception it is removed, and an existing target is left as it was. What killed writers of the same target
    left behind is removed first; an earlier folder that they had moved away gets its name back.

    Parameters
    ----------
    target : pathlib.Path
        The final name; missing parents are made.

    Raises
    ------
    OSError
        When the system refuses (no room, no permission).
    """
    parent = target.absolute().parent
    parent.mkdir(parents=True, exist_ok=True)
    _remove_leftovers(target)
    private = Path(tempfile.mkdtemp(prefix=f".{target.name}{_MARK}", dir=parent))
    lock = _lock(private)
    try:
        yield private
        private.chmod(0o755)
        _sync_tree(private)
        _rename(private, target)
        sync(parent)
    finally:
        if lock is not None:
            os.close(lock)
        shutil.rmtree(private, ignore_errors=True)


def _rename(private: Path, target: Path) -> None:
    """Rename a folder; remove the earlier one, or restore it on failure."""
    old = private.with_name(f"{private.name}{_OLD}")
    with suppress(FileNotFoundError):
        target.replace(old)
    try:
        private.replace(target)
    except BaseException:
        with suppress(FileNotFoundError):
            old.replace(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _sync_tree(folder: Path) -> None:
    for place, _, names in os.walk(folder):
        for name in names:
            sync(Path(place, name))
        sync(Path(place))


def _remove_leftovers(target: Path) -> None:
    """Remove the folders of killed writers; a live one holds a lock."""
    pattern = re.compile(rf"\.{re.escape(target.name + _MARK)}\w{{8}}(?P<old>{re.escape(_OLD)})?")
    with os.scandir(target.absolute().parent) as entries:
        found = {entry.name: match for entry in entries if (match := pattern.fullmatch(entry.name))}
    for name, match in found.items():
        path = target.absolute().with_name(name)
        live = path.with_name(name.removesuffix(_OLD))
        if not live.exists() or _is_abandoned(live):
            if match["old"] and not os.path.lexists(target):
                path.replace(target)
            shutil.rmtree(path, ignore_errors=True)


def _lock(folder: Path) -> int | None:
    if sys.platform == "win32":
        return None
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    with suppress(OSError):  # a file system without locks
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    return descriptor


def _is_abandoned(folder: Path) -> bool:
    """Return whether no writer locks a folder; False without locks."""
    if sys.platform == "win32":
        return False
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True
