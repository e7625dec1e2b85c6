"""Atomic folders: temporary folder, fsync, rename, fsync of the parent."""

import os
import re
import secrets
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

from nwbgate.errors import WriteError
from nwbgate.storage.atomic import explain_refusals, sync, temporary_prefix
from nwbgate.storage.folder_contents import is_store
from nwbgate.storage.locks import CAREFULLY, try_lock

#: Files whose arrival on the disk is awaited at the same time.
_SYNCED_AT_ONCE = 16


@contextmanager
def replacing_folder(target: Path, *, overwrite: bool) -> Iterator[Path]:
    """Yield a temporary folder, renamed to `target` when the block succeeds.

    On any exception the temporary folder is removed and an existing store is left as it was. Folders that killed
    writers of the same target left behind are removed first.

    Parameters
    ----------
    target : pathlib.Path
        The final name, of a Zarr store. Missing folders above it are made.
    overwrite : bool
        Whether an existing store may be replaced; a folder that is no store never is.

    Yields
    ------
    pathlib.Path
        Absolute path of an empty folder beside `target`.

    Raises
    ------
    WriteError
        When the name is taken, or when the system refuses (no room, no permission).
    """
    target = target.absolute()
    with explain_refusals(target):
        _refuse_taken(target, overwrite)
        target.parent.mkdir(parents=True, exist_ok=True)
        remove_folder_leftovers(target)
        temporary = _new_name(target)
        temporary.mkdir()
        descriptor = _open_folder(temporary)
    try:
        if descriptor is not None:
            try_lock(descriptor, exclusive=False)
        yield temporary
        with explain_refusals(target):
            _refuse_taken(target, overwrite)
            _sync_tree(temporary)
            _take_name(temporary, target)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
        if descriptor is not None:
            os.close(descriptor)


def remove_folder_leftovers(target: Path) -> list[Path]:
    """Remove the temporary folders that killed writers of `target` left.

    A writer that is alive holds a lock on its folder. Links are not followed.
    """
    pattern = re.compile(re.escape(temporary_prefix(target)) + rf"[0-9a-f]{{16}}{re.escape(target.suffix)}")
    with os.scandir(target.absolute().parent) as entries:
        names = [
            entry.name for entry in entries if pattern.fullmatch(entry.name) and entry.is_dir(follow_symlinks=False)
        ]
    return [path for path in map(target.absolute().with_name, sorted(names)) if _remove_abandoned(path)]


def _take_name(temporary: Path, target: Path) -> None:
    """Rename a folder, moving an existing store aside first."""
    aside = _new_name(target)
    if target.exists():
        target.rename(aside)
    temporary.rename(target)
    sync(target.parent)
    shutil.rmtree(aside, ignore_errors=True)


def _new_name(target: Path) -> Path:
    return target.with_name(f"{temporary_prefix(target)}{secrets.token_hex(8)}{target.suffix}")


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


def _remove_abandoned(folder: Path) -> bool:
    """Remove a temporary folder whose writer is gone."""
    descriptor = _open_folder(folder)
    if descriptor is None:
        return False
    try:
        if try_lock(descriptor, exclusive=True):
            shutil.rmtree(folder, ignore_errors=True)
        return not folder.exists()
    finally:
        os.close(descriptor)
