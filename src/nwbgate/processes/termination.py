"""Termination as an exception, which cleans up as Ctrl-C does."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Terminated(KeyboardInterrupt):
    """SIGTERM, as sent by SLURM, docker and systemd; handled like an interrupt."""


def raise_terminated(number: int, frame: FrameType | None) -> None:
    """Raise `Terminated`: a handler for `signal.signal`."""
    raise Terminated


def raise_stop(error: BaseException) -> None:
    """Raise the interrupt behind an error, if there is one.

    A signal that comes while h5py gives its lock back comes out as the cause of a `SystemError`, which those who pass
    over the faults of one file or measurement would take for such a fault.
    """
    if isinstance(error, SystemError) and isinstance(error.__cause__, KeyboardInterrupt):
        raise error.__cause__


@contextmanager
def terminable() -> Iterator[None]:
    """Raise `Terminated` on SIGTERM during the block, in the main thread."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, raise_terminated)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
