"""Limits of time and memory for one work in a worker."""

from dataclasses import dataclass
from time import monotonic

from nwbgate.errors import UsageError
from nwbgate.processes.worker import Worker, WorkerDiedError

#: Seconds between two looks at the memory of the workers, which may grow by a gigabyte in one second.
PAUSE = 0.05


class OverLimitError(WorkerDiedError):
    """A work over its limit, whose worker was killed."""

    #: Whether it was memory.
    of_memory = False


@dataclass(frozen=True)
class WorkLimits:
    """Most time and memory of one work; unlimited by default.

    Parameters
    ----------
    seconds : float, optional
        Time from the start of the work.
    megabytes : float, optional
        Resident memory of the process that does it, in 10^6 bytes; its libraries take some 300 MB of it.

    Raises
    ------
    UsageError
        If a limit is not a positive number.
    """

    seconds: float | None = None
    megabytes: float | None = None

    def __post_init__(self) -> None:
        """Reject limits that nothing can keep."""
        for name, value in (("seconds", self.seconds), ("megabytes", self.megabytes)):
            if value is not None and not value > 0:
                raise UsageError(
                    "a limit is not a positive number",
                    where=name,
                    got=str(value),
                    expected="a number above 0",
                    fix="give a positive number, or leave the limit out",
                )

    @property
    def pause(self) -> float | None:
        """Seconds between two looks at the limits, or None without limits."""
        return None if self == NO_LIMITS else PAUSE

    def overrun(self, worker: Worker) -> OverLimitError | None:
        """Return the error of a busy worker over a limit, or None."""
        if self.seconds is not None and monotonic() - worker.begun > self.seconds:
            return _overrun(f"{self.seconds:g} s", "time")
        if self.megabytes is not None and _resident_bytes(worker) > self.megabytes * 1e6:
            return _overrun(f"{self.megabytes:g} MB", "memory")
        return None


NO_LIMITS = WorkLimits()


def _overrun(most: str, resource: str) -> OverLimitError:
    error = OverLimitError(
        f"given up: it took over {most}",
        expected=f"at most {most} of {resource} for one file",
        fix=f"look at what the file declares (h5ls -r -v); if it is sound, give it more with --file-{resource}",
    )
    error.of_memory = resource == "memory"
    return error


def _resident_bytes(worker: Worker) -> int:
    import psutil  # most runs have no limit of memory

    try:
        return int(psutil.Process(worker.number).memory_info().rss)
    except psutil.Error:  # it has just ended, which is noticed by its signs
        return 0
