"""Levels built in the background, those first that were looked at last."""

from threading import Event, Lock, Thread
from typing import Protocol

from nwbgate.errors import NwbgateError


class Buildable(Protocol):
    """Levels that are built, or kept on disk, part by part."""

    def build_next(self) -> bool:
        """Build one more part; return whether there was one."""


class Builder:
    """One thread that reads what levels lack, part by part."""

    def __init__(self) -> None:
        self._pending: list[Buildable] = []
        self._lock, self._wake, self._stop = Lock(), Event(), False
        self._thread: Thread | None = None

    def ask(self, levels: Buildable) -> None:
        """Have levels built next."""
        with self._lock:
            self._pending = [levels, *(each for each in self._pending if each is not levels)]
            if self._thread is None:
                self._thread = Thread(target=self._run, daemon=True, name="nwbgate browse: levels")
                self._thread.start()
        self._wake.set()

    def close(self) -> None:
        """Stop after the part that is being read."""
        self._stop = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._stop:
            with self._lock:
                levels = self._pending[0] if self._pending else None
            if levels is None:
                self._wake.wait()
                self._wake.clear()
            elif not _one_part(levels):
                with self._lock:
                    self._pending = [each for each in self._pending if each is not levels]


def _one_part(levels: Buildable) -> bool:
    """Read one part; a failure ends the building and answers the request."""
    try:
        return levels.build_next()
    except (NwbgateError, OSError, RuntimeError, ValueError):
        return False
