"""Atomic files: temporary file, fsync, rename, fsync of the folder."""

import errno
import os
import re
import secrets
import stat
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path

from nwbgate.errors import UsageError, WriteError
from nwbgate.storage.safe_files.locks import CAREFULLY, try_lock, with_open_file

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
def replacing(target: Path, *, overwrite: bool) -> Iterator[Path]:
    """Yield a temporary file, renamed to `target` when the block succeeds.

    On any exception the temporary file is removed and an existing target is left as it was. Temporary files that killed
    writers of the same target left behind are removed first. A link of that name is replaced, never followed.

    Parameters
    ----------
    target : pathlib.Path
        The final name. Missing folders are made (and removed again when nothing was written).
    overwrite : bool
        Whether an existing file may be replaced.

    Yields
    ------
    pathlib.Path
        Absolute path of an empty file to write to, in the folder of `target`, so that the rename is atomic. To HDF5 it
        is locked for reading, as long as the block runs; open it for writing without locks, or by another driver.

    Raises
    ------
    WriteError
        When the name is taken, or when the system refuses (no room, no permission).
    """
    target = target.absolute()
    made: list[Path] = []
    try:
        with explain_refusals(target):
            _refuse_taken(target, overwrite)
            made = _made_folders(target.parent)
            with suppress(PermissionError):  # of a folder that may be written to and not listed
                remove_leftovers(target, lately=True)
            temporary = _Temporary(target)
        try:
            yield temporary.path
            with explain_refusals(target):
                _refuse_taken(target, overwrite)
                temporary.rename(target)
                sync(target.parent)
        finally:
            temporary.discard()
    finally:
        for folder in reversed(made):
            with suppress(OSError):  # not empty: the file is there, or another writer's
                folder.rmdir()


def write_whole(target: Path, parts: Iterable[bytes | memoryview], *, overwrite: bool = True) -> None:
    """Write a file atomically; devices and pipes are written to directly.

    Raises
    ------
    WriteError
        When the name is taken, or when the system refuses (no room, no permission, no such folder).
    """
    with explain_refusals(target):
        os.stat(f"{target.absolute().parent}{os.sep}")  # noqa: PTH116  Path drops what asks for a folder
    if _is_stream(target):
        with explain_refusals(target), target.open("wb") as stream:
            stream.writelines(parts)
        return
    with replacing(target, overwrite=overwrite) as temporary, explain_refusals(target), temporary.open("wb") as stream:
        stream.writelines(parts)


def unwritten(what: str, error: WriteError) -> UsageError:
    """Return the error for an output that cannot be written there."""
    return UsageError(what, where=error.where, got=error.got or error.what, fix=error.fix)


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
    prefix, ending = temporary_prefix(target), re.escape(_suffix(target))
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


def is_being_written(path: Path) -> bool:
    """Return whether another process holds an exclusive lock, as HDF5 does."""
    try:
        descriptor = os.open(path, os.O_RDONLY | CAREFULLY)
    except OSError:  # it is gone, or nobody may read it: converting it tells why
        return False
    try:
        return try_lock(descriptor, exclusive=False) is False
    finally:
        os.close(descriptor)


def spool_path(temporary: Path) -> Path:
    """Return the name of a second temporary file beside `temporary`."""
    return temporary.with_suffix(f".spool{temporary.suffix}")


def sync(path: Path) -> None:
    """Wait until a file or folder is on the disk."""
    is_folder = path.is_dir()
    with suppress(PermissionError) if is_folder else nullcontext():  # Windows opens no folders
        descriptor = os.open(path, os.O_RDONLY if is_folder else os.O_RDWR)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


class _Temporary:
    """An exclusive temporary file beside a target, locked while its writer lives."""

    def __init__(self, target: Path) -> None:
        self._named = self._closed = False
        while True:
            self.path = target.with_name(f"{temporary_prefix(target)}{secrets.token_hex(8)}{_suffix(target)}")
            self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL | CAREFULLY, 0o666)
            if try_lock(self._descriptor, exclusive=False) is not False and self._is_there():
                return
            self._close()  # somebody took it for abandoned, between its making and its lock

    def rename(self, target: Path) -> None:
        """Bring the file to the disk and give it its final name."""
        os.fsync(self._descriptor)
        if not self._is_there():
            raise WriteError(
                "another program replaced the temporary file",
                where=str(self.path),
                fix="write to a folder that no other program cleans up or writes to",
            )
        with_open_file(lambda: self.path.replace(target), self._close)
        self._named = True

    def discard(self) -> None:
        """Truncate and remove the file, unless it was renamed."""
        if not self._named:
            with suppress(OSError):
                os.ftruncate(self._descriptor, 0)
            with suppress(OSError):
                with_open_file(self.path.unlink, self._close)
        self._close()
        with suppress(OSError):
            spool_path(self.path).unlink()

    def _close(self) -> None:
        if not self._closed:
            os.close(self._descriptor)
        self._closed = True

    def _is_there(self) -> bool:
        try:
            return os.path.samestat(self.path.lstat(), os.fstat(self._descriptor))
        except FileNotFoundError:
            return False


def temporary_prefix(target: Path) -> str:
    """Return how temporary names of a target begin."""
    name = target.name
    while len(os.fsencode(name)) > _NAME_BYTES:
        name = name[:-1]
    return f".{name}{_MARK}"


def _suffix(target: Path) -> str:
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


def _is_stream(target: Path) -> bool:
    """Return whether a name is a device, pipe or descriptor."""
    try:
        mode = target.stat().st_mode
    except OSError:
        return False
    places = {parent.as_posix() for parent in target.absolute().parents}
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)) or bool({"/dev", "/proc"} & places)


def _made_folders(folder: Path) -> list[Path]:
    """Make a folder and return those of its path that were missing, outermost first."""
    missing = [part for part in (*reversed(folder.parents), folder) if not part.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    return missing


def _refuse_taken(target: Path, overwrite: bool) -> None:
    if target.is_dir():
        raise WriteError("a folder has this name", where=str(target), fix="choose another name")
    if not overwrite and os.path.lexists(target):
        raise WriteError(
            "the file exists already",
            where=str(target),
            fix="choose another name, remove the file, or allow overwriting it",
        )


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
