"""Termination as an exception, which cleans up as Ctrl-C does."""

import signal
import sys
import threading
from _thread import interrupt_main
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


def _interrupt(number: int) -> None:
    """Send the main thread a signal that wakes it; Windows has none."""
    if sys.platform == "win32":
        interrupt_main(number)
    else:
        signal.pthread_kill(threading.main_thread().ident or 0, number)


@contextmanager
def repeat_dropped_interrupts() -> Iterator[None]:
    """Send an interrupt again that Python drops, in the main thread.

    It does so with one that comes in a callback of its own (`weakref`, `__del__`), and prints a traceback.
    """
    hook = sys.unraisablehook

    def repeat(dropped: "sys.UnraisableHookArgs") -> None:
        """Interrupt again after a moment: at once would be inside the same callback."""
        if not isinstance(dropped.exc_value, KeyboardInterrupt):
            hook(dropped)
            return
        number = signal.SIGTERM if isinstance(dropped.exc_value, Terminated) else signal.SIGINT
        again = threading.Timer(0.01, _interrupt, (number,))
        again.daemon = True
        again.start()

    sys.unraisablehook = repeat
    try:
        yield
    finally:
        sys.unraisablehook = hook


@contextmanager
def terminable() -> Iterator[None]:
    """Raise `Terminated` on SIGTERM during the block, in the main thread."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, raise_terminated)
    try:
        with repeat_dropped_interrupts():
            yield
    finally:
        signal.signal(signal.SIGTERM, before)
