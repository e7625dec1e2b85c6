"""One worker process seen from its caller: start, work, clean end."""

import multiprocessing
import os
import sys
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, wait
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from multiprocessing.reduction import ForkingPickler
from time import monotonic, sleep
from types import ModuleType
from typing import Any, Self

from nwbgate.errors import NwbgateError, UsageError
from nwbgate.processes.service import serve

#: Seconds in which an interrupted worker may remove its temporary files before it is killed.
GRACE = 10.0
#: Exit code of a worker that ran the caller's script again and met the call that had started it.
UNGUARDED = 87
#: Attempts at starting a worker, and seconds after the first, doubled each time: a fork server that was killed answers
#: no more, but it is replaced only once the system has taken it apart.
_ATTEMPTS, _PAUSE = 7, 0.05


class WorkerDiedError(NwbgateError):
    """A worker process ended in the middle of its work."""

    def at(self, where: str) -> Self:
        """Return the error with the file that the work was about."""
        return type(self)(self.what, where=where, got=self.got, expected=self.expected, fix=self.fix)


class UnguardedScriptError(UsageError):
    """A script calls nwbgate on import, and its workers must import it."""


class Worker:
    """One worker process and the pipe to it.

    Parameters
    ----------
    preload : sequence of str
        Modules that a fork server imports once for all its workers.
    main : bool
        Whether the work refers to the caller's script, which the worker then has to import.
    """

    def __init__(self, preload: Sequence[str] = (), *, main: bool = False) -> None:
        self._process, self._connection = _start_process(_context(preload), main=main)
        self._orphan = False
        #: Works given to it so far, and the time at which the last one was, by `time.monotonic`.
        self.works, self.begun = 0, 0.0

    def send(self, payload: bytes) -> None:
        """Give the worker its next work; `receive` reports a dead worker."""
        self.works, self.begun = self.works + 1, monotonic()
        with suppress(OSError):
            self._connection.send_bytes(payload)

    def receive(self) -> Any:
        """Return the result of the work, or raise what it raised.

        Raises
        ------
        WorkerDiedError
            If the process died on it.
        UnguardedScriptError
            If the caller's script cannot be imported by the worker without calling nwbgate again.
        """
        try:
            done, result = ForkingPickler.loads(self._connection.recv_bytes())
        except (EOFError, OSError):
            raise self._death() from None
        if done:
            return result
        raise result

    @property
    def number(self) -> int | None:
        """Process id."""
        return self._process.pid

    @property
    def signs(self) -> list[Any]:
        """Objects to wait for: the pipe, and the end of the process."""
        return [self._connection] if self._orphan else [self._connection, self._process.sentinel]

    def is_ready(self, signs: Sequence[Any]) -> bool:
        """Tell whether one of the signs means that `receive` returns or raises at once."""
        if self._connection in signs:
            return True
        if self._process.sentinel in signs and not self._orphan:
            if self._is_dead():
                self._connection.close()  # its own children may hold the other end open
                return True
            self._orphan = True
        return False

    def close(self) -> None:
        """Let an idle worker end."""
        self._connection.close()

    def interrupt(self) -> None:
        """Ask a busy worker to clean up and end."""
        with suppress(OSError):
            self._process.terminate()

    def kill(self) -> None:
        """End the process at once."""
        with suppress(OSError):
            self._process.kill()

    def join(self) -> None:
        """Wait for the end of the process, which was told to end."""
        self._process.join(GRACE)

    def has_ended(self, seconds: float) -> bool:
        """Wait for an interrupted worker's end, dropping what it still sends."""
        end = monotonic() + seconds
        with suppress(EOFError, OSError):
            while self._connection.poll(max(0.0, end - monotonic())):
                self._connection.recv_bytes()
            return False
        return True

    def _is_dead(self) -> bool:
        """Tell a dead worker from one whose fork server died."""
        self._process.join(0)
        if self._process.exitcode is None:
            return False
        if self._process.exitcode != 255 or sys.platform == "win32":
            return True
        try:
            os.kill(self._process.pid or 0, 0)
        except ProcessLookupError:
            return True
        return False

    def _death(self) -> NwbgateError:
        self._process.join(1)
        if self._process.exitcode == UNGUARDED:
            return UnguardedScriptError(
                "the script runs again in each worker process, and calls nwbgate again",
                where=str(getattr(sys.modules["__main__"], "__file__", "the script")),
                got="a call of nwbgate at the top level, with rules or functions of the same script",
                expected='the call below if __name__ == "__main__":',
                fix="guard the call, or move the functions to a module, or give jobs=1",
            )
        return WorkerDiedError(
            "a worker process died",
            got="no answer: it crashed, or the system killed it (as for want of memory)",
            fix="run this alone with --jobs 1; if memory is short, use fewer --jobs for all",
        )


def end_workers(busy: Iterable[Worker], idle: Iterable[Worker]) -> None:
    """End all workers, busy ones after they removed temporary files."""
    busy, idle = list(busy), list(idle)
    for worker in busy:
        worker.interrupt()
    for worker in idle:
        worker.close()
    end = monotonic() + GRACE
    for worker in busy:
        if not worker.has_ended(max(0.0, end - monotonic())):
            worker.kill()
        worker.close()
    for worker in (*busy, *idle):
        worker.join()


def end_at_once(worker: Worker) -> None:
    """Kill a worker in the middle of its work."""
    worker.kill()
    worker.close()
    worker.join()


def start_early(preload: Sequence[str]) -> None:
    """Start the fork server, which imports `preload` in the background."""
    context = _context(preload)
    if context.get_start_method() == "forkserver":
        from multiprocessing import forkserver

        with _script_hidden(hidden=True):
            forkserver.ensure_running()


def wait_for(workers: Iterable[Worker], seconds: float | None = None) -> list[Worker]:
    """Return workers with a result or dead, waiting for the first.

    With `seconds` it waits no longer, and may return none.
    """
    workers = list(workers)
    while True:
        signs = wait([sign for worker in workers for sign in worker.signs], seconds)
        ready = [worker for worker in workers if worker.is_ready(signs)]
        if ready or seconds is not None:
            return ready


def _context(preload: Sequence[str]) -> BaseContext:
    """Return the start method, never a fork of the caller.

    macOS has a fork server too, but its system libraries do not survive the fork of a process that has used them.
    """
    _refuse_nested()
    forks = "forkserver" in multiprocessing.get_all_start_methods() and sys.platform != "darwin"
    context = multiprocessing.get_context("forkserver" if forks else "spawn")
    if forks:
        context.set_forkserver_preload(list(preload))
    return context


def _refuse_nested() -> None:
    """End a worker whose import of the script would start it again."""
    if getattr(multiprocessing.current_process(), "_inheriting", False):
        os._exit(UNGUARDED)


def _start_process(context: BaseContext, *, main: bool) -> tuple[BaseProcess, Connection]:
    """Return a running process and the pipe to it."""
    for attempt in range(_ATTEMPTS):
        ours, theirs = context.Pipe()
        process: BaseProcess = context.Process(  # type: ignore[attr-defined]  # each context has its own kind
            target=serve, args=(theirs, list(warnings.filters)), name="nwbgate worker"
        )
        try:
            with theirs, _script_hidden(hidden=not main):
                process.start()
        except (OSError, EOFError):
            ours.close()
            if attempt == _ATTEMPTS - 1:
                raise
            sleep(_PAUSE * 2**attempt)
        else:
            return process, ours
    raise AssertionError  # the last attempt raised


@contextmanager
def _script_hidden(*, hidden: bool) -> Iterator[None]:
    """Hide the caller's script from `multiprocessing`, which would run it again in each worker."""
    script = sys.modules["__main__"]
    if hidden:
        sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = script
