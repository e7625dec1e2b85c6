"""Run the sessions of a batch: here, in worker processes, or on any executor."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import dataclass

from nwbgate.conversion.batches.outcome import SessionOutcome, SessionStatus
from nwbgate.conversion.batches.task import SessionTask, output_of, run, unexpected_outcome
from nwbgate.conversion.recipes.recipe import load_recipe
from nwbgate.errors import NwbgateError
from nwbgate.processes.pool import results
from nwbgate.processes.worker import WorkerDiedError
from nwbgate.storage.safe_files.leftovers import remove_leftovers

#: Imported once and shared by all workers, which saves each of them more than a second.
PRELOAD = ("nwbgate.conversion.batches.task", "nwbgate.validators.file_findings")


@dataclass(frozen=True)
class SessionWork:
    """A session to be converted, as work that any process can do."""

    task: SessionTask

    def run(self) -> SessionOutcome:
        """Convert the session; whatever goes wrong with it is part of the outcome."""
        return run(self.task)

    def lost(self, error: Exception) -> SessionOutcome:
        """Return the outcome of a session whose process died."""
        if not isinstance(error, WorkerDiedError):  # such as a plan that cannot be pickled
            return unexpected_outcome(self.task, error)
        _remove_leftovers(self.task)
        return _death(self.task, error.got)


def outcomes(
    tasks: Sequence[SessionTask], *, jobs: int = 1, executor: Executor | None = None
) -> Iterator[SessionOutcome]:
    """Yield the outcome of each session, in the order in which they end.

    Parameters
    ----------
    tasks : sequence of SessionTask
        The sessions.
    jobs : int
        Number of processes; with 1 everything happens in this one.
    executor : Executor, optional
        Where to run instead, such as ``dask.distributed.Client(...).get_executor()``. It is not shut down.
    """
    yield from results([SessionWork(task) for task in tasks], jobs, preload=PRELOAD, executor=executor)


def _death(task: SessionTask, got: str) -> SessionOutcome:
    reason = NwbgateError(
        "the process that converted the session died",
        where=", ".join(str(source) for source in task.plan.sources),
        got=got,
        fix="convert this session alone with --jobs 1; if memory is short, use fewer --jobs for all",
    )
    return task.outcome(SessionStatus.FAILED, reason=str(reason))


def _remove_leftovers(task: SessionTask) -> None:
    """Remove a dead writer's temporary file, where its target is known."""
    with suppress(NwbgateError, OSError):
        path = output_of(task, load_recipe(task.recipe))
        if path is not None:
            remove_leftovers(path)
