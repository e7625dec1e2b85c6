"""Temporary files beside a target: their names, and those that killed writers left."""

import os
import re
import stat
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from nwbgate.storage.safe_files.locks import CAREFULLY, try_lock

#: Age in seconds after which a temporary file counts as left behind, on a file system without locks.
_ABANDONED = 24 * 3600
#: Files of a folder from which on it is listed once a minute, and when (s) large folders were listed, with the result.
_MANY, _LATELY = 500, 60.0
_LISTED: dict[Path, tuple[float, list[str]]] = {}
#: Longest beginning of a name, and longest ending, that go into a temporary name: a name may have 255 bytes.
_NAME_BYTES, _SUFFIX_BYTES = 100, 16
#: Ending of a Zarr store.
STORE = ".zarr"
#: Stands between the name of a target and what makes a temporary name unique.
_MARK = ".nwbgate-"


def remove_leftovers(target: Path, *, lately: bool = False) -> list[Path]:
    """Remove the temporary files that killed writers of `target` left behind, and return them.

    A writer that is alive holds a lock on its temporary file. Links are not followed, and no file is emptied. Of a Zarr
    store they are folders.

    Parameters
    ----------
    target : Path
        The final name.
    lately : bool
        Rely on a listing of the last minute, where the folder is large: 10,000 writers need not list 10,000 files each.
    """
    if target.suffix == STORE:
        from nwbgate.storage.safe_files.atomic_folder import remove_folder_leftovers  # it has this module's parts

        return remove_folder_leftovers(target)
    prefix, ending = temporary_prefix(target), re.escape(temporary_suffix(target))
    pattern = re.compile(re.escape(prefix) + rf"[0-9a-f]{{16}}(?P<spool>\.spool)?{ending}")
    names = [name for name in _temporary_names(target.absolute().parent, lately=lately) if name.startswith(prefix)]
    found = {name: match for name in sorted(names) if (match := pattern.fullmatch(name))}
    removed = [target.with_name(name) for name, match in found.items() if not match["spool"]]
    removed = [path for path in removed if _removed_if_abandoned(path)]
    spools = [target.with_name(name) for name, match in found.items() if match["spool"]]
    return removed + [path for path in spools if not os.path.lexists(_main_of(path)) and _try_unlink(path)]


def remove_leftovers_of(targets: Iterable[Path]) -> list[Path]:
    """Remove the left-overs of several targets and return them; each folder is listed once.

    Folders that cannot be listed are passed over.
    """
    by_folder: dict[Path, set[str]] = {}
    for target in targets:
        by_folder.setdefault(target.parent, set()).add(target.name)
    removed = []
    for folder, names in by_folder.items():
        with suppress(OSError):
            marks = {temporary_prefix(folder / name): name for name in names}
            begun = {name.rpartition(_MARK)[0] + _MARK for name in _temporary_names(folder)}
            removed += [path for mark in begun & marks.keys() for path in remove_leftovers(folder / marks[mark])]
    return removed


def _temporary_names(folder: Path, *, lately: bool = False) -> list[str]:
    """Return the names of temporary files in a folder."""
    now = time.monotonic()
    listed, names = _LISTED.get(folder, (-_LATELY, []))
    if lately and now - listed < _LATELY:
        return names
    with os.scandir(folder) as entries:
        every = [entry.name for entry in entries]
    names = [name for name in every if _MARK in name]
    if len(every) > _MANY:
        _LISTED[folder] = now, names
    return names


def spool_path(temporary: Path) -> Path:
    """Return the name of a second temporary file beside `temporary`."""
    return temporary.with_suffix(f".spool{temporary.suffix}")


def temporary_prefix(target: Path) -> str:
    """Return how temporary names of a target begin."""
    name = target.name
    while len(os.fsencode(name)) > _NAME_BYTES:
        name = name[:-1]
    return f".{name}{_MARK}"


def temporary_suffix(target: Path) -> str:
    """Return the ending of a target, which readers and writers of some formats want."""
    return target.suffix if len(os.fsencode(target.suffix)) <= _SUFFIX_BYTES else ""


def _main_of(spool: Path) -> Path:
    return spool.with_name(spool.name.replace(".spool", ""))


def _removed_if_abandoned(path: Path) -> bool:
    """Remove a temporary file whose writer is gone; return whether it was removed."""
    try:
        descriptor = os.open(path, os.O_RDWR | CAREFULLY)
    except OSError:  # it is gone, or a link, or somebody else's: not ours to remove
        return False
    try:
        status = os.fstat(descriptor)
        locked = try_lock(descriptor, exclusive=True)
        old = time.time() - status.st_mtime > _ABANDONED
        if not (stat.S_ISREG(status.st_mode) and (locked or (locked is None and old))):
            return False
        if _try_unlink(path):
            return True
    finally:
        os.close(descriptor)
    return _try_unlink(path)  # Windows removes no open file


def _try_unlink(path: Path) -> bool:
    with suppress(OSError):
        path.unlink()
        return True
    return False
