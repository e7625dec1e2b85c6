"""Atomic files: temporary file, fsync, rename, fsync of the folder."""

import os
import secrets
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path

from nwbgate.errors import WriteError
from nwbgate.storage.safe_files.leftovers import remove_leftovers, spool_path, temporary_prefix, temporary_suffix
from nwbgate.storage.safe_files.locks import CAREFULLY, try_lock, with_open_file
from nwbgate.storage.safe_files.refusals import explain_refusals


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
        self._closed = False
        while True:
            self.path = target.with_name(f"{temporary_prefix(target)}{secrets.token_hex(8)}{temporary_suffix(target)}")
            if self._is_made():
                return
            self._close()  # somebody took it for abandoned, between its making and its lock

    def _is_made(self) -> bool:
        """Make and lock the file; an interrupt leaves none."""
        try:
            self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL | CAREFULLY, 0o666)
            self._closed = False
            return try_lock(self._descriptor, exclusive=False) is not False and self._is_there()
        except FileExistsError:  # of somebody else
            raise
        except BaseException:  # an interrupt too must leave no file
            with suppress(OSError):
                self.path.unlink()
            raise

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

    def discard(self) -> None:
        """Truncate and remove the file, unless it was renamed.

        The file itself says whether it was: a signal may come after the renaming and before anything is noted.
        """
        with suppress(OSError):
            if not self._closed and self._is_there():
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
