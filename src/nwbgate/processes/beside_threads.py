"""Works in processes, for callers with threads of their own."""

import threading
from collections.abc import Sequence
from multiprocessing.reduction import ForkingPickler
from typing import TypeVar

from nwbgate.processes.pool import Work
from nwbgate.processes.worker import Worker, WorkerDiedError, end_workers, wait_for

Result = TypeVar("Result")
#: Seconds between two looks at whether the works were stopped.
_LOOK = 0.2
#: Processes that may die on one work.
_TRIES = 2
#: Starting a process hides the caller's script for a moment, which two threads must not do at once.
_STARTING = threading.Lock()


class StoppedWorkError(Exception):
    """A work that was ended before it had a result."""


class Processes:
    """Worker processes that threads give their works to; as many as works at once.

    Parameters
    ----------
    stop : threading.Event
        Ends the works under way, after they removed their temporary files.
    preload : sequence of str
        Modules to be imported once for all processes, where the system has fork servers.
    """

    def __init__(self, stop: threading.Event, preload: Sequence[str] = ()) -> None:
        self._stop, self._preload = stop, preload
        self._idle = list[Worker]()

    def result(self, work: Work[Result]) -> Result:
        """Return the result of a work from a process.

        A work on which a process died is done once more, and `Work.lost` stands for the result when it dies again.

        Raises
        ------
        StoppedWorkError
            If it was stopped.
        """
        payload = bytes(ForkingPickler.dumps(work))
        for _ in range(_TRIES):
            worker = self._free_worker()
            worker.send(payload)
            self._wait(worker)
            try:
                result: Result = worker.receive()
            except WorkerDiedError as error:
                worker.close()
                died = error
            except Exception as error:  # what the work raised, of any kind
                self._idle.append(worker)
                return work.lost(error)
            else:
                self._idle.append(worker)
                return result
        return work.lost(died)

    def close(self) -> None:
        """End the idle processes."""
        end_workers((), self._idle)
        self._idle.clear()

    def _free_worker(self) -> Worker:
        try:
            return self._idle.pop()
        except IndexError:
            with _STARTING:
                return Worker(self._preload)

    def _wait(self, worker: Worker) -> None:
        while not wait_for([worker], _LOOK):
            if self._stop.is_set():
                end_workers([worker], ())
                raise StoppedWorkError
