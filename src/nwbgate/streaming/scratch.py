"""Scratch folder with a limit: room is reserved before a byte is written."""

import os
import shutil
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from nwbgate.errors import UsageError, WriteError
from nwbgate.fetching.download import PART, part_of
from nwbgate.storage.safe_files.locks import CAREFULLY, try_lock
from nwbgate.storage.safe_files.refusals import explain_refusals

#: Folders of the scratch folder: the copy of the release, and files on their way to a bucket.
RELEASE, OUTPUT = "release", "nwb"
_LOCK = ".lock"
#: Seconds between two looks at whether the run was stopped.
_LOOK = 0.2


class StoppedStreamError(Exception):
    """The run was interrupted while a session was under way."""


@contextmanager
def locked_scratch(folder: Path) -> Iterator[None]:
    """Lock a scratch folder for one run, and empty its outputs.

    Raises
    ------
    UsageError
        If another run uses it.
    WriteError
        If it cannot be made or written to.
    """
    with explain_refusals(folder):
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | CAREFULLY, 0o666)
    try:
        if try_lock(descriptor, exclusive=True) is False:
            raise UsageError(
                "another run uses this scratch folder",
                where=str(folder),
                expected="a folder of its own for each run",
                fix="wait for the other run, or name another folder with --scratch",
            )
        shutil.rmtree(folder / OUTPUT, ignore_errors=True)
        yield
    finally:
        os.close(descriptor)


class Scratch:
    """Accounts of a scratch folder, for the sessions of one run.

    A file is counted with its full size from the moment its room is reserved. A file of several sessions is counted
    once, and deleted with the last of them. Whatever else lies in the folder is counted as it is.

    Parameters
    ----------
    folder : Path
        The folder; used by one run at a time (`locked_scratch`).
    limit : int
        Bytes that it may hold.
    users : mapping of Path to int
        Number of sessions that need each file.
    keep : bool
        Whether files stay when the last session is done with them.
    """

    def __init__(self, folder: Path, limit: int, users: Mapping[Path, int], *, keep: bool = False) -> None:
        self.folder, self.limit, self.keep = folder, limit, keep
        self._users, self._held = Counter[Path](dict(users)), dict[Path, int]()
        self._outputs = dict[int, int]()
        self._holders = Counter[Path]()
        self._changed, self._turn = threading.Condition(), threading.Lock()

    @property
    def bytes_used(self) -> int:
        """Bytes that are reserved, or lie in the folder without a reservation."""
        return sum(self._held.values()) + sum(self._outputs.values()) + sum(map(_size_of, self._others()))

    def reserve(self, session: int, sources: Mapping[Path, int], expected: int, stop: threading.Event) -> None:
        """Wait in turn for the room of a session, and reserve it.

        Parameters
        ----------
        session : int
            Its number.
        sources : mapping of Path to int
            Its files and their sizes.
        expected : int
            Most bytes that are written of it in the scratch folder.
        stop : threading.Event
            Ends the waiting.

        Raises
        ------
        StoppedStreamError
            If the run was stopped.
        WriteError
            If there is no room although no other session holds any.
        """
        with self._turn, self._changed:
            while not self._has_room(sources, expected):
                if not self._holders:
                    self._drop_others(sources)
                    self._refuse_want(sources, expected)
                    break
                self._changed.wait(_LOOK)
                if stop.is_set():
                    raise StoppedStreamError
            self._held |= sources
            self._holders.update(sources.keys())
            self._outputs[session] = expected

    def release(self, session: int, sources: Iterable[Path], *, delete: bool) -> None:
        """Give room back, and delete files that no other session needs."""
        with self._changed:
            for path in sources:
                self._users[path] -= 1
                if delete and not self.keep and self._users[path] <= 0:
                    _delete(path)
            self._let_go(session, sources)

    def give_back(self, session: int, sources: Iterable[Path]) -> None:
        """Give the room of a session back that will reserve other room."""
        with self._changed:
            self._let_go(session, sources)

    def _let_go(self, session: int, sources: Iterable[Path]) -> None:
        for path in sources:
            self._holders[path] -= 1
            if self._holders[path] <= 0:
                del self._holders[path]
                self._held.pop(path, None)
        self._outputs.pop(session, None)
        self._changed.notify_all()

    def discard(self, sources: Iterable[Path]) -> None:
        """Delete files of sessions that need nothing more, where no other session needs them."""
        for path in sources:
            if not self.keep and self._users[path] <= 0:
                _delete(path)

    def left_of(self, sources: Iterable[Path]) -> int:
        """Return the bytes of these files that an earlier run left."""
        return sum(_size_of(path) + _size_of(part_of(path)) for path in sources)

    def _has_room(self, sources: Mapping[Path, int], expected: int) -> bool:
        new = {path: size for path, size in sources.items() if path not in self._held}
        there = self.left_of(new)  # counted by what lies there; the reservation takes its place
        return self.bytes_used - there + sum(new.values()) + expected <= self.limit

    def _refuse_want(self, sources: Mapping[Path, int], expected: int) -> None:
        if not self._has_room(sources, expected):
            raise WriteError(
                "the scratch folder has no room for this session",
                where=str(self.folder),
                got=f"{self.bytes_used / 1e6:.1f} MB in use, {(sum(sources.values()) + expected) / 1e6:.1f} MB needed",
                expected=f"at most {self.limit / 1e6:.1f} MB together",
                fix="raise --scratch-limit, or remove what else lies in the folder",
            )

    def _drop_others(self, sources: Mapping[Path, int]) -> None:
        """Delete what earlier runs fetched for sessions that still wait."""
        if self.keep:
            return
        kept = {*sources, *map(part_of, sources)}
        for path in self._others():
            if path not in kept and path.name.removesuffix(PART).endswith(".nwb"):
                _delete(path)

    def _others(self) -> list[Path]:
        """Return the files without reservation; those of outputs have one."""
        held = {*self._held, *map(part_of, self._held)}
        found = []
        for place, folders, names in os.walk(self.folder):
            if Path(place) == self.folder:
                folders[:] = [name for name in folders if name != OUTPUT]
            found += [path for name in names if (path := Path(place, name)) not in held]
        return found


def _size_of(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _delete(path: Path) -> None:
    for each in (path, part_of(path)):
        with suppress(OSError):
            each.unlink()
