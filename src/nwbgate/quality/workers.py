"""Tasks of quality control in processes: in the order given, few at a time, and none that dies takes others along."""

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Protocol, TypeVar

#: What a task returns.
Result = TypeVar("Result")
Told_co = TypeVar("Told_co", covariant=True)  # of a protocol's methods
#: Imported once and shared by all workers.
_PRELOAD = ["nwbgate.quality.tasks", "nwbgate.reading.opening", "nwbgate.qc.recording", "nwbgate.qc.session"]
#: Tasks begun or waiting for each process. What is done waits in memory for the ones before it, so they are few; more
#: than one, so that a long task leaves the other processes something to do.
AHEAD = 8


class Task(Protocol[Told_co]):
    """Something to do that can be sent to a process."""

    def run(self) -> Told_co:
        """Do it; whatever it meets, this returns and does not raise."""

    def died(self) -> Told_co:
        """Return what is said of it after a process died on it."""


def measured(
    tasks: Sequence[Task[Result]], jobs: int, notify: Callable[[Result], object] | None = None
) -> list[Result]:
    """Return what came of each task, in the order of the tasks.

    Parameters
    ----------
    tasks : sequence of Task
        Files, or what is measured across files.
    jobs : int
        Processes to use; with 1 everything happens in this one.
    notify : callable, optional
        Called with each in the order of the tasks, as soon as it and those before it are there.
    """
    found = []
    for result in _each(tasks, min(jobs, len(tasks))):
        if notify is not None:
            notify(result)
        found.append(result)
    return found


def _each(tasks: Sequence[Task[Result]], jobs: int) -> Iterator[Result]:
    if jobs <= 1:
        yield from (task.run() for task in tasks)
        return
    done = 0
    try:
        for result in _in_order(tasks, jobs):
            yield result
            done += 1
    except BrokenProcessPool:
        yield from (_alone(task) for task in tasks[done:])


def _in_order(tasks: Sequence[Task[Result]], jobs: int) -> Iterator[Result]:
    """Yield what each task returns; no more than `AHEAD` for each process are begun and not yet yielded."""
    with _pool(jobs) as pool:
        running: deque[Future[Result]] = deque()
        try:
            for task in tasks:
                if len(running) == AHEAD * jobs:
                    yield running.popleft().result()
                running.append(pool.submit(_run, task))
            while running:
                yield running.popleft().result()
        finally:  # of a run that ends early, nothing more is begun
            pool.shutdown(wait=False, cancel_futures=True)


def _alone(task: Task[Result]) -> Result:
    """Run one task in a process of its own, after one of them made a process die."""
    with _pool(1) as pool:
        future: Future[Result] = pool.submit(_run, task)
        try:
            return future.result()
        except BrokenProcessPool:
            return task.died()


def _run(task: Task[Result]) -> Result:
    return task.run()


def _pool(workers: int) -> ProcessPoolExecutor:
    """Return processes that begin clean: reading uses threads, which a forked process would be without."""
    methods = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
    if context.get_start_method() == "forkserver":
        context.set_forkserver_preload(_PRELOAD)
    return ProcessPoolExecutor(workers, mp_context=context)
