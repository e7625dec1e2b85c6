"""Work on an executor: a cluster, or any of `concurrent.futures`."""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, wait
from typing import Any

from nwbgate.errors import NwbgateError
from nwbgate.processes.worker import WorkerDiedError

#: How often an executor is asked whether it has lost its workers, in seconds.
ASKED_EVERY = 2.0


class ClusterLostError(NwbgateError):
    """The executor gave up work that it had taken."""


def results_elsewhere(works: Sequence[Any], executor: Executor) -> Iterator[tuple[int, Any]]:
    """Yield number and result of each work as they end.

    As much work is under way as the executor has ``slots``, where it tells them: a worker that dies then takes nothing
    along but what it was doing.

    Parameters
    ----------
    works : sequence of Work
        What to do; see `nwbgate.processes.pool.Work`.
    executor : Executor
        Where; it is not shut down.

    Raises
    ------
    ClusterLostError
        If the executor cancels work, as that of a scheduler that is gone does, or tells by ``raise_if_lost`` that
        there will be no worker.
    """
    waiting, busy = iter(enumerate(works)), dict[Future[Any], int]()
    try:
        while True:
            slots = getattr(executor, "slots", len(works))
            while len(busy) < slots and (following := next(waiting, None)) is not None:
                busy[executor.submit(_run, following[1])] = following[0]
            if not busy:
                return
            for future in _wait(busy, executor):
                number = busy.pop(future)
                yield number, result_of(future, works[number])
    finally:
        for future in busy:
            future.cancel()


def _wait(busy: Iterable["Future[Any]"], executor: Executor) -> "set[Future[Any]]":
    """Wait for the first works that end; ask the executor meanwhile whether any will."""
    raise_if_lost = getattr(executor, "raise_if_lost", None)
    while not (done := wait(busy, None if raise_if_lost is None else ASKED_EVERY, FIRST_COMPLETED).done):
        if raise_if_lost is not None:
            raise_if_lost()
    return done


def _run(work: Any) -> Any:
    return work.run()


def result_of(future: "Future[Any]", work: Any) -> Any:
    """Return the result of a work, or its substitute if the worker died.

    Raises
    ------
    ClusterLostError
        If the executor cancelled the work.
    """
    try:
        return future.result()
    except CancelledError as error:
        raise ClusterLostError(
            "the cluster gave up its work",
            where="the executor",
            got="cancelled work",
            expected="a scheduler and workers that live until the end",
            fix="see that the scheduler runs, then run the same command again: what is done is skipped",
        ) from error
    except Exception as error:  # each executor has exceptions of its own for a worker that died
        got = f"{type(error).__name__}: {error}"
        return work.lost(WorkerDiedError("the worker died", where="the executor", got=got, fix="see its log"))
