"""A file read while sent: bytes counted, interruptible between parts."""

import io
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any


class StoppedError(Exception):
    """The end of a transfer that its caller stopped."""


class WatchedPath(type(Path())):  # type: ignore[misc]  # the class of this system's paths
    """A path whose file reports what is read of it.

    dandi-cli sends a file in parts, each read at once by ``path.open("rb")``; an error of the reader ends all of them.
    """

    _report: Callable[[int], None]
    _stop: threading.Event

    @classmethod
    def watching(cls, file: Path, report: Callable[[int], None], stop: threading.Event) -> "WatchedPath":
        """Return the path of a file.

        Parameters
        ----------
        file : Path
            The file.
        report : callable
            Told how many bytes were read.
        stop : threading.Event
            Ends the transfer with `StoppedError` at the next part.
        """
        watched = cls(file)
        watched._report, watched._stop = report, stop
        return watched

    def open(self, *args: Any, **options: Any) -> Any:
        """Open the file; see `pathlib.Path.open`."""
        opened = super().open(*args, **options)
        return _Watched(opened, self._report, self._stop) if isinstance(opened, io.BufferedReader) else opened


class _Watched(io.BufferedReader):
    def __init__(self, opened: io.BufferedReader, report: Callable[[int], None], stop: threading.Event) -> None:
        super().__init__(opened.detach())  # the raw file, with a buffer of its own
        self._report, self._stop = report, stop

    def read(self, size: int | None = -1, /) -> bytes:
        if self._stop.is_set():
            raise StoppedError
        block = super().read(size)
        self._report(len(block))
        return block
