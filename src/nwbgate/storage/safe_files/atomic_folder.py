"""Atomic folders: temporary folder, fsync, rename, fsync of the parent."""

import os
import re
import secrets
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

from nwbgate.errors import WriteError
from nwbgate.storage.safe_files.atomic import sync
from nwbgate.storage.safe_files.folder_contents import is_store
from nwbgate.storage.safe_files.leftovers import temporary_prefix
from nwbgate.storage.safe_files.locks import CAREFULLY, try_lock
from nwbgate.storage.safe_files.refusals import explain_refusals

#: Files whose arrival on the disk is awaited at the same time.
_SYNCED_AT_ONCE = 16
#: Ending of an earlier folder between the renames of itself and of its successor.
_OLD = ".old"


@contextmanager
def replacing_folder(target: Path, refuse: Callable[[], None] = lambda: None) -> Iterator[Path]:
    """Yield an empty folder that replaces `target` when the block succeeds.

    On any exception it is removed, and an earlier folder is left as it was. What killed writers of the same target
    left behind is removed first; an earlier folder that they had moved aside gets its name back.

    Parameters
    ----------
    target : pathlib.Path
        The final name. Missing folders above it are made.
    refuse : callable, optional
        Called before anything is made, and again before the renaming: raises where `target` must not be replaced.

    Yields
    ------
    pathlib.Path
        Absolute path of an empty folder beside `target`.

    Raises
    ------
    WriteError
        When the system refuses (no room, no permission).
    """
    target = target.absolute()
    with explain_refusals(target):
        refuse()
        target.parent.mkdir(parents=True, exist_ok=True)
        remove_folder_leftovers(target)
        temporary = target.with_name(f"{temporary_prefix(target)}{secrets.token_hex(8)}{target.suffix}")
        temporary.mkdir()
        descriptor = _open_folder(temporary)
    try:
        if descriptor is not None:
            try_lock(descriptor, exclusive=False)
        yield temporary
        with explain_refusals(target):
            refuse()
            _sync_tree(temporary)
            _take_name(temporary, target)
    finally:
        _remove_tree(temporary)
        if descriptor is not None:
            os.close(descriptor)


def replacing_store(target: Path, *, overwrite: bool) -> AbstractContextManager[Path]:
    """Return `replacing_folder` for a Zarr store, which replaces nothing else.

    Parameters
    ----------
    target : pathlib.Path
        The final name of the store.
    overwrite : bool
        Whether an existing store may be replaced.

    Raises
    ------
    WriteError
        On entering, when the name is taken, or when the system refuses.
    """
    return replacing_folder(target, lambda: _refuse_taken(target.absolute(), overwrite))


def remove_folder_leftovers(target: Path) -> list[Path]:
    """Remove the temporary folders that killed writers of `target` left.

    A writer that is alive holds a lock on its folder. An earlier folder that a killed writer had moved aside gets its
    name back. Links are not followed.
    """
    target = target.absolute()
    ending = rf"[0-9a-f]{{16}}{re.escape(target.suffix)}({re.escape(_OLD)})?"
    pattern = re.compile(re.escape(temporary_prefix(target)) + ending)
    with os.scandir(target.parent) as entries:
        names = [
            entry.name for entry in entries if pattern.fullmatch(entry.name) and entry.is_dir(follow_symlinks=False)
        ]
    return [path for path in map(target.with_name, sorted(names)) if _remove_abandoned(path, target)]


def _take_name(temporary: Path, target: Path) -> None:
    """Rename a folder; remove the earlier one, or restore it on failure."""
    aside = temporary.with_name(f"{temporary.name}{_OLD}")
    with suppress(FileNotFoundError):
        target.rename(aside)
    try:
        temporary.rename(target)
    except BaseException:  # an interrupt too must give the earlier folder its name back
        with suppress(FileNotFoundError):
            aside.rename(target)
        raise
    sync(target.parent)
    try:
        _remove_tree(aside)
    except BaseException:  # an interrupt too must leave nothing
        _remove_tree(aside)
        raise


def _refuse_taken(target: Path, overwrite: bool) -> None:
    if not os.path.lexists(target):
        return
    if target.is_symlink() or not (target.is_dir() and is_store(target)):
        raise WriteError(
            "what has this name is not a Zarr store", where=str(target), fix="choose another name, or move it away"
        )
    if not overwrite:
        raise WriteError(
            "the store exists already",
            where=str(target),
            fix="choose another name, remove the store, or allow overwriting it",
        )


def _sync_tree(folder: Path) -> None:
    """Wait until a tree is on the disk, for many files at once."""
    tree = [(Path(parent), names) for parent, _, names in os.walk(folder, topdown=False)]
    with ThreadPoolExecutor(_SYNCED_AT_ONCE) as pool:
        list(pool.map(sync, (parent / name for parent, names in tree for name in names)))
        list(pool.map(sync, (parent for parent, _ in tree)))


def _open_folder(folder: Path) -> int | None:
    """Open a folder for a lock; Windows opens none."""
    with suppress(PermissionError):
        return os.open(folder, os.O_RDONLY | CAREFULLY)
    return None


def _remove_abandoned(folder: Path, target: Path) -> bool:
    """Remove a folder whose writer is gone, or restore an earlier `target`."""
    if not _is_abandoned(folder.with_name(folder.name.removesuffix(_OLD))):
        return False
    if folder.name.endswith(_OLD) and not os.path.lexists(target):
        folder.rename(target)
        return False
    _remove_tree(folder)
    return not folder.exists()


def _remove_tree(folder: Path) -> None:
    """Remove a folder, as far as the system permits."""
    for _ in range(2):  # what closing a folder raises is not ignored, and ends the removal
        with suppress(OSError):
            shutil.rmtree(folder, ignore_errors=True)
            return


def _is_abandoned(folder: Path) -> bool:
    """Return whether no writer locks a folder; False where locks are unknown."""
    if not folder.exists():
        return True
    descriptor = _open_folder(folder)
    if descriptor is None:
        return False
    try:
        return bool(try_lock(descriptor, exclusive=True))
    finally:
        os.close(descriptor)
