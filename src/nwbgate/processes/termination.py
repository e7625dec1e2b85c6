"""A termination signal as an exception, so that temporary files are removed as after Ctrl-C."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Terminated(KeyboardInterrupt):
    """SIGTERM arrived, as SLURM, docker and systemd send it; whatever heeds an interrupt heeds this."""


def raise_terminated(number: int, frame: FrameType | None) -> None:
    """Raise `Terminated`: a handler for `signal.signal`."""
    raise Terminated


@contextmanager
def terminable() -> Iterator[None]:
    """Raise `Terminated` where SIGTERM arrives during the block; other threads than the first cannot ask for it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, raise_terminated)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
