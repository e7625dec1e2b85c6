"""Entries about the files of a folder, kept for later runs."""

import hashlib
import json
import os
import sqlite3
import time
import warnings
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any, TypeGuard, TypeVar

from nwbgate.cache.database import DamagedError, UnusableError, reading, set_aside, writing
from nwbgate.cache.file_stamp import FileStamp, clock_lag
from nwbgate.errors import SourceWarning
from nwbgate.json_text import parse_json

#: Name of the file in its folder: hidden, so that no verb takes it for data and no upload sends it.
NAME = ".nwbgate-facts.sqlite"
#: Seconds after which entries are written, so that a killed run loses little.
EVERY = 5.0
#: Largest content of one entry (bytes of JSON).
LONGEST = 64 * 2**20
#: Files that are looked up at once: few enough to keep memory flat, and no writer waiting.
_TOGETHER = 500
_FIND = "SELECT stamp, since, digest, content FROM entries WHERE kind = ? AND file = ? AND version = ?"
_KEEP = "INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?, ?, ?, ?)"

Content = TypeVar("Content")


@dataclass(frozen=True)
class KeptEntry:
    """Content kept about a file, and its date (seconds since 1970)."""

    content: Any
    since: int


class FolderCache:
    """Entries about the files of one folder, in a hidden SQLite file in it.

    It is never needed: where it cannot be read or written, a `SourceWarning` says so once, and everything is found out
    again. A damaged file, or one of another program, is renamed and begun again. Entries hold plain JSON, each with a
    digest; nothing in them is run.

    Parameters
    ----------
    folder : Path
        The folder. Files are named relative to it, so that it may be moved.
    in_use : bool
        Whether anything is kept.
    """

    def __init__(self, folder: Path, *, in_use: bool = True) -> None:
        self.folder, self.path = folder, folder / NAME
        self._waiting: list[tuple[Any, ...]] = []
        self._saved, self._in_use = time.monotonic(), in_use

    def contents(
        self,
        kind: str,
        version: str,
        paths: Iterable[Path],
        read: Callable[[Path], Content | None],
        is_sound: Callable[[object], TypeGuard[Content]],
    ) -> Iterator[tuple[Path, Content]]:
        """Yield each file, in order, with its content, kept or read.

        Parameters
        ----------
        kind, version : str
            What is found out, and by which code.
        paths : iterable of Path
            The files.
        read : callable
            Finds it out from a file, as something that JSON can hold; None where that is not possible.
        is_sound : callable
            Tells whether kept content, which anybody may have written, has the right form.
        """
        every = iter(paths)
        while together := list(islice(every, _TOGETHER)):
            stamps = self.stamps(together)
            entries = self.entries(kind, version, stamps)
            known = {path: entry.content for path, entry in entries.items() if is_sound(entry.content)}
            for path in together:
                content = known[path] if path in known else read(path)
                if content is None:
                    continue
                if path not in known:
                    self.keep(kind, version, path, stamps.get(path), content)
                yield path, content
        self.save()

    def stamps(self, paths: Iterable[Path]) -> dict[Path, FileStamp]:
        """Return the stamps of existing files; none where nothing is kept."""
        taken = ((path, FileStamp.of(path)) for path in paths if self._in_use)
        return {path: stamp for path, stamp in taken if stamp is not None}

    def _is_settled(self, stamp: FileStamp) -> bool:
        """Return whether a stamp is settled by the server's clock."""
        return replace(stamp, seen=stamp.seen - self._lag).is_settled

    @cached_property
    def _lag(self) -> int:
        return clock_lag(self.folder)

    def entries(self, kind: str, version: str, stamps: Mapping[Path, FileStamp]) -> dict[Path, KeptEntry]:
        """Return the entries of a kind and version about files that have not changed.

        Parameters
        ----------
        kind, version : str
            What was found out, and by which code, rules and options.
        stamps : mapping of Path to FileStamp
            The files asked for, as they are now.
        """
        found: dict[Path, KeptEntry] = {}
        if not self._in_use or not stamps or not os.path.lexists(self.path):
            return found
        with self._tolerant(), reading(self.path) as database:
            for path, stamp in stamps.items():
                entry = self._entry(database, kind, version, path, str(stamp).encode())
                if entry is not None:
                    found[path] = entry
        return found

    def keep(self, kind: str, version: str, path: Path, stamp: FileStamp | None, content: Any) -> None:
        """Keep what was found out about a file, unless it may have changed meanwhile.

        Parameters
        ----------
        kind, version : str
            As for `entries`.
        path : Path
            The file.
        stamp : FileStamp or None
            Taken before it was read.
        content : object
            What JSON can hold.
        """
        if not self._in_use or stamp is None or not self._is_settled(stamp) or FileStamp.of(path) != stamp:
            return
        try:
            packed = zlib.compress(json.dumps(content, separators=(",", ":")).encode(), 1)
        except TypeError:  # a value of a file that is none of JSON's
            return
        row = (kind, self._name(path), version, str(stamp), int(time.time()))
        self._waiting.append((*row, entry_digest(*row, packed), packed))
        if time.monotonic() - self._saved > EVERY:
            self.save()

    def save(self) -> None:
        """Write what waits, and forget files that are gone."""
        if self._waiting and self._in_use:
            with self._tolerant(), writing(self.path) as database:
                database.executemany(_KEEP, self._waiting)
                gone = [row for row in database.execute("SELECT DISTINCT file FROM entries") if self._is_gone(row[0])]
                database.executemany("DELETE FROM entries WHERE file = ?", gone)
        self._waiting, self._saved = [], time.monotonic()

    def _name(self, path: Path) -> bytes:
        return os.fsencode(path.relative_to(self.folder))

    def _is_gone(self, name: Any) -> bool:
        return not isinstance(name, bytes) or not os.path.lexists(os.path.join(os.fsencode(self.folder), name))  # noqa: PTH118  bytes

    def _entry(
        self, database: sqlite3.Connection, kind: str, version: str, path: Path, stamp: bytes
    ) -> KeptEntry | None:
        """Return a file's entry, if it is whole and up to date."""
        name = self._name(path)
        found = database.execute(_FIND, (kind, name, version)).fetchone()
        if found is None or found[0] != stamp or not isinstance(found[1], int) or not isinstance(found[3], bytes):
            return None
        if entry_digest(kind, name, version, stamp.decode(), found[1], found[3]) != found[2]:
            return None
        try:
            unpacker = zlib.decompressobj()
            text = unpacker.decompress(found[3], LONGEST)
            return KeptEntry(parse_json(text), found[1]) if unpacker.eof else None
        except (zlib.error, ValueError):
            return None

    @contextmanager
    def _tolerant(self) -> Iterator[None]:
        """Set a damaged file aside, and do without one that cannot be used."""
        try:
            yield
        except DamagedError as error:
            self._warn(f"{self.path} is damaged ({error}); it is begun again, the old one is {set_aside(self.path)}")
        except UnusableError as error:
            self._in_use = False
            self._warn(f"{self.path} cannot be used ({error}); files are read again in each run")

    @staticmethod
    def _warn(said: str) -> None:
        warnings.warn(SourceWarning(said), stacklevel=5)


def entry_digest(*parts: str | bytes | int) -> bytes:
    """Return the digest by which damage to an entry is noticed.

    Parameters
    ----------
    *parts : str, bytes or int
        Kind, file, version, stamp, time and content.
    """
    whole = hashlib.blake2b(digest_size=16)
    for part in parts:
        each = part if isinstance(part, bytes) else str(part).encode()
        whole.update(len(each).to_bytes(8, "little") + each)
    return whole.digest()
