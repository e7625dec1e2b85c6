"""Resumable download of one file, renamed only after its content is verified."""

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from nwbgate.errors import FetchError
from nwbgate.fetching.content import BLOCK, InterruptionError
from nwbgate.fetching.manifest import RemoteFile
from nwbgate.fetching.server import Server
from nwbgate.storage.safe_files.atomic import sync
from nwbgate.storage.safe_files.locks import CAREFULLY, try_lock, with_open_file
from nwbgate.storage.safe_files.refusals import explain_refusals

#: Added to a file's name until its content is whole.
PART = ".part"
#: How often a file is fetched whose content turns out to be wrong.
CONTENT_TRIES = 3
#: Told how many bytes have arrived; fewer than none when some were of no use.
Report = Callable[[int], None]


def blake2b_of(stream: BinaryIO) -> "hashlib.blake2b":
    """Return the hash of a whole file."""
    digest = hashlib.blake2b()
    stream.seek(0)
    while block := stream.read(BLOCK):
        digest.update(block)
    return digest


def part_of(target: Path) -> Path:
    """Return the path of an incomplete download."""
    return target.with_name(target.name + PART)


def download(server: Server, file: RemoteFile, target: Path, report: Report) -> None:
    """Download a file to its final path.

    What an earlier run left in the ``.part`` file is kept, and the rest is fetched. The file gets its name when its
    hash is the one of the manifest. One that is there already is replaced then, and not before.

    Parameters
    ----------
    server : Server
        Where it is.
    file : RemoteFile
        What it is.
    target : Path
        Where it belongs.
    report : callable
        Told how many bytes have arrived.

    Raises
    ------
    FetchError
        If it is not there, its content is wrong again and again, or another process is fetching it.
    UnreachableError
        If the server does not answer.
    WriteError
        If the system refuses (no room, no permission).
    """
    part = part_of(target)
    with explain_refusals(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        with _open_locked(part) as stream:
            try:
                Transfer(server, file, stream, report).run()
            except WrongContentError:
                with_open_file(part.unlink, stream.close)
                raise
            stream.flush()
            os.fsync(stream.fileno())
            with_open_file(lambda: part.replace(target), stream.close)
    with explain_refusals(target):
        sync(target.parent)


@contextmanager
def _open_locked(part: Path) -> Iterator[BinaryIO]:
    """Open a file to read and append, locked against other processes."""
    while True:
        descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_APPEND | CAREFULLY, 0o666)
        with os.fdopen(descriptor, "r+b", buffering=0) as stream:
            if try_lock(descriptor, exclusive=True) is False:
                raise FetchError(
                    "another process is downloading this file", where=str(part), fix="wait for it to end, or stop it"
                )
            if part.exists() and os.path.samestat(part.stat(), os.fstat(descriptor)):
                yield stream
                return


class WrongContentError(FetchError):
    """A downloaded file that does not match the manifest."""


class Transfer:
    """A transfer into an open ``.part`` file.

    Parameters
    ----------
    server : Server
        Where it comes from.
    file : RemoteFile
        What it is.
    stream : BinaryIO
        What has arrived; opened to append.
    report : callable
        Told how many bytes have arrived.
    """

    def __init__(self, server: Server, file: RemoteFile, stream: BinaryIO, report: Report) -> None:
        self.server, self.file, self.stream, self.report = server, file, stream, report
        self.digest = blake2b_of(stream)
        self.length = stream.seek(0, os.SEEK_END)
        self.farthest = self.length
        report(self.length)

    @property
    def right(self) -> bool:
        """Whether the received content matches the manifest."""
        return self.digest.hexdigest() == self.file.blake2b

    def run(self) -> None:
        """Download until the content matches.

        Raises
        ------
        WrongContentError
            If it has arrived whole and is wrong, again and again.
        """
        for _ in range(CONTENT_TRIES):
            if not self.right:
                self._receive_all()
            if self.right:
                return
            got, length = self.digest.hexdigest(), self.length
            self._begin_anew()
        raise WrongContentError(
            f"received content that does not match the manifest, {CONTENT_TRIES} times",
            where=self.file.key,
            got=f"{length} bytes with BLAKE2b {got[:16]}...",
            expected=f"BLAKE2b {self.file.blake2b[:16]}...",
            fix="try again later or from another network; if it persists, tell the publisher of the release",
        )

    def _receive_all(self) -> None:
        """Receive to the end; each new byte resets the number of tries."""
        failures = 0
        while True:
            before = self.farthest
            try:
                self._receive()
                return
            except InterruptionError as problem:
                if self.right:  # it was whole, and its length was a lie
                    return
                failures = 1 if self.farthest > before else failures + 1
                if self.server.patience.is_over(failures, problem):
                    raise self.server.unreachable(self.file.address, problem, failures) from problem
            self.server.patience.wait(failures)

    def _receive(self) -> None:
        """Receive the content of one connection."""
        with self.server.content(self.file, self.length) as content:
            if content is None:
                return
            if content.start not in (0, self.length):
                raise InterruptionError(f"the server sent a different range, from byte {content.start} on")
            if content.start != self.length:
                self._begin_anew()
            for block in content.blocks():
                self._add(block)

    def _add(self, block: bytes) -> None:
        view = memoryview(block)
        while view:
            view = view[self.stream.write(view) :]
        self.digest.update(block)
        self.length += len(block)
        self.farthest = max(self.farthest, self.length)
        self.report(len(block))

    def _begin_anew(self) -> None:
        self.report(-self.length)
        self.stream.truncate(0)
        self.digest, self.length = hashlib.blake2b(), 0
