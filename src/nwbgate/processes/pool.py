"""A pool of processes: a worker's death costs only its own work."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor
from multiprocessing.reduction import ForkingPickler
from typing import Generic, Protocol, TypeVar

from nwbgate.errors import UsageError
from nwbgate.processes.executors import results_elsewhere
from nwbgate.processes.limits import NO_LIMITS, WorkLimits
from nwbgate.processes.worker import (
    UnguardedScriptError,
    Worker,
    WorkerDiedError,
    end_at_once,
    end_workers,
    wait_for,
)

Result = TypeVar("Result")
Result_co = TypeVar("Result_co", covariant=True)
#: Results that may wait for an earlier one, for each process, where they are wanted in order: they fill memory. More
#: than one, so that long work in one process leaves the others something to do.
AHEAD = 8


class Work(Protocol[Result_co]):
    """Something to do that can be sent to a process."""

    def run(self) -> Result_co:
        """Do it."""

    def lost(self, error: Exception) -> Result_co:
        """Return the error that stands for a missing result.

        An error that no result can express is raised again.
        """


def results(
    works: Sequence[Work[Result]],
    jobs: int,
    *,
    preload: Sequence[str] = (),
    ordered: bool = False,
    executor: Executor | None = None,
    limits: WorkLimits = NO_LIMITS,
) -> Iterator[Result]:
    """Yield each work's result from processes that end with this one.

    A work on which a process died is done again while nothing else runs: it may have died for want of memory. When it
    dies again, `Work.lost` says so.

    Parameters
    ----------
    works : sequence of Work
        What to do.
    jobs : int
        Number of processes; with 1, or with a single work, everything happens in this one, unless there are limits.
    preload : sequence of str
        Modules to be imported once for all processes, where the system has fork servers.
    ordered : bool
        Yield in the order of `works` instead of the order in which they end.
    executor : Executor, optional
        Where to do it instead, such as a cluster; see `nwbgate.processes.executors`.
    limits : WorkLimits
        Time and memory of each work. A process over them is killed, and `Work.lost` gets an `OverLimitError`.

    Raises
    ------
    UsageError
        If there are limits and an executor, whose processes are out of reach.
    UnguardedScriptError, ClusterLostError
        If the executor gave its work up, or the works are of a script that starts them again when it is imported.
    """
    if executor is not None:
        _refuse_limits(limits)
        numbered = results_elsewhere(works, executor)
        yield from _in_order(numbered) if ordered else (result for _, result in numbered)
        return
    if limits == NO_LIMITS and (jobs <= 1 or len(works) <= 1):
        yield from (work.run() for work in works)
        return
    window = AHEAD * jobs if ordered else len(works)
    crew: _Crew[Result] = _Crew(works, min(jobs, len(works)), preload, window, limits)
    yield from _in_order(crew.results()) if ordered else (result for _, result in crew.results())


def _refuse_limits(limits: WorkLimits) -> None:
    if limits != NO_LIMITS:
        raise UsageError(
            "limits of time and memory are kept on this machine only",
            where="the command line",
            got="limits for each file, and a cluster or executor",
            expected="one of them",
            fix="leave the limits out, and limit the memory of the cluster's workers, or leave the cluster out",
        )


def _in_order(numbered: Iterable[tuple[int, Result]]) -> Iterator[Result]:
    """Yield results by their number, each as soon as those before it are there."""
    early: dict[int, Result] = {}
    following = 0
    for number, result in numbered:
        early[number] = result
        while following in early:
            yield early.pop(following)
            following += 1


class _Crew(Generic[Result]):
    """Workers, and what each of them is doing."""

    def __init__(
        self, works: Sequence[Work[Result]], jobs: int, preload: Sequence[str], window: int, limits: WorkLimits
    ) -> None:
        self._works, self._jobs, self._preload, self._window = works, jobs, preload, window
        self._limits = limits
        self._waiting, self._suspects = deque(range(len(works))), deque[int]()
        self._busy: dict[Worker, int] = {}
        self._idle: list[Worker] = []
        self._main = False

    def results(self) -> Iterator[tuple[int, Result]]:
        """Yield number and result of each work as they end."""
        try:
            while self._waiting or self._suspects or self._busy:
                done = self._begin_works()
                done += self._await_results() if self._busy else self._alone()
                done += self._begin_works()
                yield from done
        finally:
            end_workers(self._busy, self._idle)

    def _begin_works(self) -> list[tuple[int, Result]]:
        """Begin what may begin; return the results of what cannot be sent."""
        unsent: list[tuple[int, Result]] = []
        while self._may_begin():
            unsent += self._begin(self._waiting.popleft())
        return unsent

    def _may_begin(self) -> bool:
        if not self._waiting or self._suspects or len(self._busy) == self._jobs:
            return False
        return self._waiting[0] < min(self._busy.values(), default=self._waiting[0]) + self._window

    def _begin(self, number: int) -> list[tuple[int, Result]]:
        """Give a worker its work; return a result only if sending failed."""
        try:
            payload = bytes(ForkingPickler.dumps(self._works[number]))
        except Exception as error:  # pickling runs code of any work
            return [(number, self._works[number].lost(error))]
        self._main = self._main or b"__main__" in payload
        worker = self._idle.pop() if self._idle else Worker(self._preload, main=self._main)
        self._busy[worker] = number
        worker.send(payload)
        return []

    def _await_results(self) -> list[tuple[int, Result]]:
        """Wait for results; works of dead workers become suspects."""
        done = []
        for worker in wait_for(self._busy, self._limits.pause):
            number = self._busy.pop(worker)
            try:
                done.append((number, self._receive(worker, number)))
            except WorkerDiedError:
                self._suspects.append(number)
        return done + self._stop_over_limit()

    def _stop_over_limit(self) -> list[tuple[int, Result]]:
        """Kill workers over a limit, and return their results' stand-ins.

        A work that takes much memory in a process that did others before is a suspect: they may have left it.
        """
        done = []
        over = [(worker, error) for worker in self._busy if (error := self._limits.overrun(worker))]
        for worker, error in over:
            number = self._busy.pop(worker)
            end_at_once(worker)
            if error.of_memory and worker.works > 1:
                self._suspects.append(number)
            else:
                done.append((number, self._works[number].lost(error)))
        return done

    def _receive(self, worker: Worker, number: int) -> Result:
        """Return a work's result and mark its worker idle, or raise."""
        try:
            result: Result = worker.receive()
        except (WorkerDiedError, UnguardedScriptError):
            worker.close()
            raise
        except Exception as error:  # what the work raised, of any kind
            self._idle.append(worker)
            return self._works[number].lost(error)
        self._idle.append(worker)
        return result

    def _alone(self) -> list[tuple[int, Result]]:
        """Repeat, alone in a new process, a work on which a worker died."""
        if not self._suspects:
            return []
        end_workers((), self._idle)
        self._idle = []
        number = self._suspects.popleft()
        self._begin(number)
        while self._busy:
            for worker in wait_for(self._busy, self._limits.pause):
                del self._busy[worker]
                try:
                    return [(number, self._receive(worker, number))]
                except WorkerDiedError as error:
                    return [(number, self._works[number].lost(error))]
            if stopped := self._stop_over_limit():
                return stopped
        return []
