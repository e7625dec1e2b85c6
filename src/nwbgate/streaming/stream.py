"""Sessions on their way: one is fetched while another is converted."""

import threading
from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import replace
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Any

from nwbgate.conversion.batches import ledger
from nwbgate.conversion.batches.outcome import SessionOutcome, SessionStatus
from nwbgate.conversion.batches.session_work import PRELOAD
from nwbgate.errors import UnreachableError
from nwbgate.fetching.copy import LocalCopy
from nwbgate.processes.beside_threads import Processes, StoppedWorkError
from nwbgate.processes.cores import cores
from nwbgate.processes.executors import ClusterLostError, result_of
from nwbgate.processes.worker import GRACE
from nwbgate.streaming.plan import StreamedSession, StreamPlan
from nwbgate.streaming.scratch import Scratch, StoppedStreamError
from nwbgate.streaming.stages import (
    OVER_ROOM,
    Delivered,
    FetchedWork,
    Route,
    WholeWork,
    deliver,
    failure,
    fetch_sources,
)

#: Sessions that are fetched at once, at most.
_FETCHED_AT_ONCE = 4
#: Sessions in a row that may fail for want of a server or bucket, before the others are not tried any more.
_PATIENT = 3
_LOOK = 0.2


class Outage:
    """Failures in a row of a server or bucket that all sessions need."""

    def __init__(self) -> None:
        self._failures, self._last = 0, ""

    def refuse(self) -> None:
        """Raise the last failure again, once there were too many in a row.

        Raises
        ------
        UnreachableError
            Instead of trying the next session.
        """
        if self._failures >= _PATIENT:
            raise UnreachableError(
                f"not tried after {_PATIENT} sessions in a row failed",
                where="the server or bucket",
                got=self._last,
                fix="run the same command again when it answers",
            )

    def count(self, problem: str) -> None:
        """Count a failure; an empty text ends a row of them."""
        self._failures, self._last = (self._failures + 1, problem.partition("\n")[0]) if problem else (0, "")


class Stream:
    """A run over the sessions of a plan.

    Parameters
    ----------
    plan : StreamPlan
        The sessions.
    route : Route
        Where they come from and go to.
    scratch : Scratch
        Room on the way.
    jobs : int
        Sessions converted at once on this machine, each in a process of its own.
    executor : Executor, optional
        Where whole sessions are done instead, each by one worker.
    """

    def __init__(
        self, plan: StreamPlan, route: Route, scratch: Scratch, *, jobs: int = 1, executor: Executor | None = None
    ) -> None:
        self._plan, self._route, self._scratch = plan, route, scratch
        self._jobs, self._executor = jobs, executor
        self._ended = SimpleQueue[tuple[StreamedSession, SessionOutcome, dict[str, Any]] | ClusterLostError]()
        self._stop = threading.Event()
        self._fetching = threading.Semaphore(min(jobs, _FETCHED_AT_ONCE))
        self._converting = threading.Semaphore(jobs)
        self._server, self._bucket = Outage(), Outage()
        self._processes, self._threads = Processes(self._stop, PRELOAD), list[threading.Thread]()

    @property
    def width(self) -> int:
        """Sessions that may be under way; on a cluster one per worker."""
        if self._executor is not None:
            return int(getattr(self._executor, "slots", cores()))
        return self._jobs + min(self._jobs, _FETCHED_AT_ONCE) + self._route.destination.on_scratch

    def outcomes(self) -> Generator[SessionOutcome]:
        """Yield the outcome of each session once the ledger has it.

        Raises
        ------
        ClusterLostError
            If the executor gave its work up.
        """
        for session in self._plan.done:
            self._scratch.discard(session.files)
        yield from self._plan.known
        waiting = deque(sorted(self._plan.sessions, key=lambda each: not self._scratch.left_of(each.files)))
        under_way = 0
        with self._stopping():
            while waiting or under_way:
                while waiting and under_way < self.width:
                    self._begin(waiting.popleft())
                    under_way += 1
                try:
                    ended = self._ended.get(timeout=_LOOK)
                except Empty:
                    continue
                if isinstance(ended, ClusterLostError):
                    raise ended
                under_way -= 1
                yield self._record(*ended)

    @contextmanager
    def _stopping(self) -> Iterator[None]:
        """Stop what is under way when the block ends early."""
        try:
            yield
        finally:
            self._stop.set()
            end = monotonic() + GRACE + 1
            for thread in self._threads:
                thread.join(max(0.0, end - monotonic()))
            self._processes.close()

    def _begin(self, session: StreamedSession) -> None:
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        thread = threading.Thread(target=self._end, args=(session,), name="nwbgate session", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _end(self, session: StreamedSession) -> None:
        """Take a session through its stages, and hand on what became of it."""
        try:
            outcome, facts = self._taken_through(session)
        except (StoppedStreamError, StoppedWorkError):
            return
        except ClusterLostError as error:
            self._ended.put(error)
            return
        except Exception as error:  # a thread that raised would leave the run waiting for its session
            outcome, facts = failure(session, error), {}
        self._ended.put((session, outcome, facts))

    def _taken_through(self, session: StreamedSession) -> Delivered:
        """Take a session through its stages, with more room where its file needs it."""
        self._server.refuse()
        self._bucket.refuse()
        number, expected = session.task.number, session.output_bytes if self._route.destination.on_scratch else 0
        while True:
            self._scratch.reserve(number, session.sizes, expected, self._stop)
            outcome, facts = self._convert(session, expected)
            if outcome.reason != OVER_ROOM:
                return outcome, facts
            self._scratch.give_back(number, session.sizes)
            expected *= 2

    def _convert(self, session: StreamedSession, most: int) -> Delivered:
        """Fetch, convert and deliver a session whose room is reserved."""
        if self._executor is not None:
            return self._elsewhere(self._executor, session, most)
        with self._free(self._fetching):
            self._fetch(session)
        with self._free(self._converting):
            outcome = self._processes.result(FetchedWork(session, self._route, most))
        failed_before = outcome.status is SessionStatus.FAILED
        outcome, facts = deliver(session, outcome, self._route.destination)
        if not failed_before:
            self._bucket.count(outcome.reason)
        return outcome, facts

    def _fetch(self, session: StreamedSession) -> None:
        try:
            fetch_sources(session, self._route, self._stop)
        except UnreachableError as error:
            self._server.count(str(error))
            raise
        self._server.count("")

    def _elsewhere(self, executor: Executor, session: StreamedSession, most: int) -> Delivered:
        """Have a worker of a cluster do all stages."""
        work = WholeWork(session, self._route, self._scratch.keep, most)
        future: Future[Any] = executor.submit(WholeWork.run, work)
        while not future.done():
            if self._stop.wait(_LOOK):
                future.cancel()
                raise StoppedStreamError
        result: Delivered = result_of(future, work)
        return result

    @contextmanager
    def _free(self, places: threading.Semaphore) -> Iterator[None]:
        """Wait for a free place, as long as the run goes on."""
        while not places.acquire(timeout=_LOOK):
            if self._stop.is_set():
                raise StoppedStreamError
        try:
            yield
        finally:
            places.release()

    def _record(self, session: StreamedSession, outcome: SessionOutcome, facts: dict[str, Any]) -> SessionOutcome:
        """Write a session down, and only then give its room back."""
        outcome = replace(outcome, source_bytes=session.source_bytes)
        destination = self._route.destination
        try:
            ledger.append(destination.ledger, outcome, facts)
        except OSError as error:
            outcome = replace(outcome, remarks=(*outcome.remarks, f"cannot write the ledger: {error.strerror}"))
        # What could not be fetched whole is kept: the next run goes on with it.
        fetched = all(path.is_file() for path in session.files)
        if fetched and self._scratch.keep:
            LocalCopy(self._route.copy).record(*session.files.values())
        self._scratch.release(session.task.number, session.sizes, delete=fetched)
        return outcome
