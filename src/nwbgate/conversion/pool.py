"""Running the sessions of a batch: here, in processes, or on anybody's executor; one that dies takes no other along."""

import multiprocessing
import os
import re
import signal
import threading
import warnings
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, as_completed, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from typing import Any

from nwbgate.conversion.outcome import Outcome, Status
from nwbgate.conversion.recipe import load_recipe
from nwbgate.conversion.task import Task, output_of, run, unexpected
from nwbgate.errors import NwbgateError
from nwbgate.writing.atomic import remove_leftovers

#: Imported once and shared by all workers, which saves each of them more than a second.
_PRELOAD = ["nwbgate.conversion.task", "nwbgate.validators.file_findings"]


def outcomes(tasks: Sequence[Task], *, jobs: int = 1, executor: Executor | None = None) -> Iterator[Outcome]:
    """Yield the outcome of each session, in the order in which they end.

    Parameters
    ----------
    tasks : sequence of Task
        The sessions.
    jobs : int
        Number of processes; with 1 everything happens in this one.
    executor : Executor, optional
        Where to run instead, such as ``dask.distributed.Client(...).get_executor()``. It is not shut down.
    """
    if executor is not None:
        yield from _elsewhere(tasks, executor)
    elif jobs == 1 or len(tasks) == 1:
        yield from map(run, tasks)
    else:
        yield from _in_processes(deque(tasks), jobs)


def _elsewhere(tasks: Sequence[Task], executor: Executor) -> Iterator[Outcome]:
    futures = {executor.submit(run, task): task for task in tasks}
    try:
        for future in as_completed(futures):
            yield _outcome(future, futures[future])
    finally:
        for future in futures:
            future.cancel()


def _outcome(future: Future[Outcome], task: Task) -> Outcome:
    """Return what a future gives; where the executor lost the session, that is its outcome."""
    try:
        return future.result()
    except Exception as error:  # each executor has exceptions of its own for a worker that died
        return _died(task, f"{type(error).__name__}: {error}")


def _in_processes(waiting: deque[Task], jobs: int) -> Iterator[Outcome]:
    """Run in pools: when one breaks, every session under way is a suspect, and is run again in a pool of its own."""
    while waiting:
        suspects: list[Task] = []
        with _pool(min(jobs, len(waiting))) as pool:
            yield from _until_broken(waiting, pool, jobs, suspects)
        for task in suspects:
            yield _alone(task)


def _until_broken(
    waiting: deque[Task], pool: ProcessPoolExecutor, jobs: int, suspects: list[Task]
) -> Iterator[Outcome]:
    running: dict[Future[Outcome], Task] = {}
    while running or (waiting and not suspects):
        # No more at once than there are workers: whoever waits in a pool that breaks would be a suspect, too.
        while waiting and len(running) < jobs and not suspects:
            task = waiting.popleft()
            try:
                running[pool.submit(_run, task)] = task
            except BrokenProcessPool:
                suspects.append(task)
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            task = running.pop(future)
            try:
                yield future.result()
            except BrokenProcessPool:
                suspects.append(task)
            except Exception as error:  # such as a plan that cannot be sent to another process
                yield unexpected(task, error)


def _alone(task: Task) -> Outcome:
    """Run one session in a process of its own, so that its death says which session it was."""
    with _pool(1) as pool:
        future = pool.submit(_run, task)
        try:
            return future.result()
        except BrokenProcessPool:
            _remove_leftovers(task)
            return _died(task, "no answer: it crashed, or the system killed it (as for want of memory)")


def _died(task: Task, got: str) -> Outcome:
    reason = NwbgateError(
        "the process that converted the session died",
        where=", ".join(str(source) for source in task.plan.sources),
        got=got,
        fix="convert this session alone with --jobs 1; if memory is short, use fewer --jobs for all",
    )
    return task.outcome(Status.FAILED, reason=str(reason))


def _remove_leftovers(task: Task) -> None:
    """Remove the temporary file of a writer that died, where the name of its target is known without the converter."""
    with suppress(NwbgateError, OSError):
        path = output_of(task, load_recipe(task.recipe))
        if path is not None:
            remove_leftovers(path)


def _pool(workers: int) -> ProcessPoolExecutor:
    methods = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
    if context.get_start_method() == "forkserver":
        context.set_forkserver_preload(_PRELOAD)
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_start, initargs=(list(warnings.filters),))


def _start(filters: list[Any]) -> None:
    """Prepare a worker: the caller's warning filters, silence on Ctrl-C while idle, and no life after the caller's."""
    warnings.resetwarnings()
    for action, message, category, module, line in reversed(filters):
        patterns = [
            pattern.pattern if isinstance(pattern, re.Pattern) else pattern or "" for pattern in (message, module)
        ]
        warnings.filterwarnings(action, patterns[0], category, patterns[1], line)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_exit_with_parent, daemon=True).start()


def _exit_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None  # this is a worker
    parent.join()
    os._exit(1)


def _run(task: Task) -> Outcome:
    """Run a session in a worker, which an interrupt ends: the writer then removes its temporary file."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return run(task)
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
