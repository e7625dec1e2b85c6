"""Works for the tests of worker processes, in a module that workers can import."""

import os
import signal
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import forkserver
from pathlib import Path

from nwbgate.processes.worker import WorkerDiedError


@dataclass(frozen=True)
class Counted:
    """A work that leaves a file with its number, after a while."""

    number: int
    folder: Path
    seconds: float = 0.0

    def run(self) -> int:
        (self.folder / str(self.number)).touch()
        time.sleep(self.seconds)
        return self.number

    def lost(self, error: Exception) -> int:
        assert isinstance(error, WorkerDiedError), error
        return -self.number


@dataclass(frozen=True)
class Fatal(Counted):
    """A work that kills its process, each time or only the first."""

    once: bool = False

    def run(self) -> int:
        mark = self.folder / str(self.number)
        if not (self.once and mark.exists()):
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return self.number


@dataclass(frozen=True)
class Process(Counted):
    """A work that returns the id of its process."""

    def run(self) -> int:
        super().run()
        return os.getpid()


@dataclass(frozen=True)
class Greedy(Process):
    """A work that fills as many megabytes, and keeps them until it ends or, in its process, for good."""

    megabytes: int = 0
    kept: bool = False

    def run(self) -> int:
        taken = b"1" * (self.megabytes * 10**6)
        if self.kept:
            _KEPT.append(taken)
        return super().run()


_KEPT: list[bytes] = []


@dataclass(frozen=True)
class Raising(Counted):
    """A work that raises, where it should not."""

    def run(self) -> int:
        raise ZeroDivisionError(f"work {self.number}")

    def lost(self, error: Exception) -> int:
        assert "work 1" in str(error)
        assert "made_works.py" in "".join(error.__notes__)  # the traceback of the worker
        return -self.number


@dataclass(frozen=True)
class Unsendable(Counted):
    """A work that cannot be sent to another process."""

    function: Callable[[], None] = lambda: None

    def lost(self, error: Exception) -> int:
        assert not isinstance(error, WorkerDiedError)
        return -self.number


@dataclass(frozen=True)
class Cleaning(Counted):
    """A work that takes long, and removes its temporary file when it is interrupted."""

    def run(self) -> int:
        temporary = self.folder / f"{self.number}.temporary"
        temporary.touch()
        try:
            time.sleep(self.seconds)
        finally:
            temporary.unlink()
        return self.number


@dataclass(frozen=True)
class Warned(Counted):
    """A work that says whether a warning would be an error."""

    def run(self) -> int:
        try:
            warnings.warn("careful", UserWarning, stacklevel=1)
        except UserWarning:
            return 1
        return 0


def kill_fork_server() -> None:
    """Kill the fork server of this process."""
    number = forkserver._forkserver._forkserver_pid
    assert number is not None
    os.kill(number, signal.SIGKILL)
