"""A file object for HDF5 that defers errors of the disk and signals.

When HDF5 (seen with 2.0) cannot write its metadata while closing a file, the file stays open inside the library and the
process crashes when it ends. So HDF5 is never told: the first refusal of the system is kept, nothing more goes to the
disk, HDF5 closes its file in peace, and the writer raises what was kept. The same is done with Ctrl-C and SIGTERM: an
exception in a call from HDF5 would come out as an error of HDF5, "driver write request failed".
"""

import errno
import os
import shutil
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Self

import h5py

from nwbgate.storage.safe_files.atomic import replacing
from nwbgate.storage.safe_files.locks import CAREFULLY
from nwbgate.storage.safe_files.refusals import explain_refusals

#: Longest piece that is kept in memory once the system refuses: HDF5 reads metadata back, but no chunks.
_KEPT_BYTES = 1024 * 1024


@contextmanager
def new_hdf5(path: Path) -> Iterator[h5py.File]:
    """Yield an empty HDF5 file that replaces `path` when the block succeeds.

    Raises
    ------
    WriteError
        When the system refuses (no room, no permission).
    """
    with (
        replacing(path, overwrite=True) as temporary,
        explain_refusals(path),
        Disk(temporary) as disk,
        h5py.File(disk, "w") as file,
    ):
        yield file


@contextmanager
def edited_hdf5(path: Path) -> Iterator[h5py.File]:
    """Yield a copy of an HDF5 file that replaces it on success.

    Raises
    ------
    WriteError
        When the system refuses (no room, no permission).
    """
    with replacing(path, overwrite=True) as temporary, explain_refusals(path):
        shutil.copyfile(path, temporary)
        with changed_hdf5(temporary) as file:
            yield file


@contextmanager
def changed_hdf5(path: Path) -> Iterator[h5py.File]:
    """Give an HDF5 file without a final name to change in place.

    Raises
    ------
    OSError
        When the system refuses, at the end of the block.
    """
    with Disk(path, whole=True) as disk, h5py.File(disk, "r+") as file:
        yield file


class Disk:
    """A file for ``h5py.File(disk, mode)``, as fast as HDF5's own way to the disk.

    Used as a context, it closes the file and raises what the system refused.

    Parameters
    ----------
    path : pathlib.Path
        Where the file is made, or lies empty; no link is followed.
    whole : bool
        Whether the file may have content, which is changed.

    Attributes
    ----------
    refusal : BaseException or None
        The first error of the system while writing, or what a signal raised.
    """

    def __init__(self, path: Path, *, whole: bool = False) -> None:
        self.path = path
        self.refusal: BaseException | None = None
        self._handlers: dict[int, Any] = {}
        self._kept: list[tuple[int, bytes]] = []
        self._position = 0
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | CAREFULLY, 0o666)
        self._stream = os.fdopen(self._descriptor, "r+b", buffering=0)
        if self._size() and not whole:
            self._stream.close()
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))

    def __repr__(self) -> str:
        """Return the path, which h5py uses as the file name."""
        return str(self.path)

    def __enter__(self) -> Self:
        """Return the file; keep signals from HDF5 until the end of the context."""
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                before = signal.getsignal(number)
                if callable(before):
                    self._handlers[number] = before
                    signal.signal(number, self._deferring(before))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close the file; a disk error takes precedence over other errors."""
        for number, before in self._handlers.items():
            signal.signal(number, before)
        self._stream.close()
        self.check()

    def check(self) -> None:
        """Raise the first disk error or interrupt, if any.

        Raises
        ------
        OSError
            What the system said.
        KeyboardInterrupt
            What a signal raised in a call from HDF5.
        """
        if self.refusal is not None:
            raise self.refusal

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Set the position and return it."""
        if whence == os.SEEK_END:
            offset += self._size()
        elif whence == os.SEEK_CUR:
            offset += self._position
        self._position = offset
        return offset

    def tell(self) -> int:
        """Return the position."""
        return self._position

    def write(self, piece: memoryview) -> int:
        """Write a piece at the position; report its length even on failure."""
        if self.refusal is None:
            try:
                self._write(piece)
            except OSError as error:
                self.refusal = error
        if self.refusal is not None and len(piece) <= _KEPT_BYTES:
            self._kept.append((self._position, bytes(piece)))
        self._position += len(piece)
        return len(piece)

    def readinto(self, buffer: memoryview) -> int:
        """Read from the position, including pieces kept in memory."""
        view = memoryview(buffer)
        self._stream.seek(self._position)
        length = self._stream.readinto(view)
        view[length:] = bytes(len(view) - length)
        for start, piece in self._kept:
            low, high = max(start, self._position), min(start + len(piece), self._position + len(view))
            if low < high:
                view[low - self._position : high - self._position] = piece[low - start : high - start]
        self._position += len(view)
        return len(view)

    def read(self, length: int) -> bytes:
        """Return a piece from the position, padded with zeros beyond the end."""
        buffer = bytearray(length)
        self.readinto(memoryview(buffer))
        return bytes(buffer)

    def truncate(self, length: int) -> None:
        """Set the length of the file."""
        if self.refusal is None:
            try:
                os.truncate(self._descriptor, length)
            except OSError as error:
                self.refusal = error

    def flush(self) -> None:
        """Do nothing: the whole file is synced once at the end."""

    def _deferring(self, before: Callable[[int, FrameType | None], Any]) -> Callable[[int, FrameType | None], Any]:
        """Return a handler that keeps what another raises in a call from HDF5."""

        def handle(number: int, frame: FrameType | None) -> None:
            try:
                before(number, frame)
            except BaseException as stop:  # an interrupt, which HDF5 would swallow
                if not _called_by_hdf5(frame):
                    raise
                self.refusal = self.refusal or stop

        return handle

    def _write(self, piece: memoryview) -> None:
        view = memoryview(piece)
        self._stream.seek(self._position)
        while view:
            view = view[self._stream.write(view) :]

    def _size(self) -> int:
        return max([os.fstat(self._descriptor).st_size, *(start + len(piece) for start, piece in self._kept)])


#: What HDF5 calls.
_CALLED = {
    function.__code__
    for function in (Disk.seek, Disk.tell, Disk.write, Disk.readinto, Disk.read, Disk.truncate, Disk.flush)
}


def _called_by_hdf5(frame: FrameType | None) -> bool:
    """Return whether a frame is part of a call of HDF5 to a `Disk`."""
    while frame is not None:
        if frame.f_code in _CALLED:
            return True
        frame = frame.f_back
    return False
