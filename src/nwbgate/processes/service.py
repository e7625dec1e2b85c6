"""Inside of a worker process: serve the pipe until the caller is gone."""

import multiprocessing
import os
import re
import signal
import threading
import traceback
import warnings
from collections.abc import Sequence
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler
from typing import Any

from nwbgate.processes.termination import raise_terminated, repeat_dropped_interrupts


def serve(connection: Connection, filters: Sequence[Any]) -> None:
    """Run each work that comes through the pipe, and send back what it returns.

    Parameters
    ----------
    connection : Connection
        Receives pickled objects with a method ``run``; sends pickled pairs ``(True, result)`` or ``(False, error)``.
    filters : sequence
        The caller's ``warnings.filters``.
    """
    _set_filters(filters)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_exit_with_caller, daemon=True).start()
    try:
        while True:
            connection.send_bytes(_answer(connection.recv_bytes()))
    except (EOFError, OSError, KeyboardInterrupt):  # the caller has no more, is gone, or asked to stop
        return


def _answer(payload: bytes) -> bytes:
    """Run one work so that an interrupt removes temporary files."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, raise_terminated)
    try:
        with repeat_dropped_interrupts():
            return bytes(ForkingPickler.dumps((True, ForkingPickler.loads(payload).run())))
    except Exception as error:  # of any kind: the caller raises it again
        return _failure(error)
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


def _failure(error: Exception) -> bytes:
    """Return an error as bytes with its traceback, or in words."""
    error.add_note("".join(traceback.format_exception(error)))
    try:
        payload = bytes(ForkingPickler.dumps((False, error)))
        ForkingPickler.loads(payload)
    except Exception:  # exceptions of libraries may need arguments that they do not keep
        return bytes(ForkingPickler.dumps((False, RuntimeError(f"{type(error).__name__}: {error}"))))
    return payload


def _exit_with_caller() -> None:
    """End this process as soon as the caller has ended, however that happened."""
    caller = multiprocessing.parent_process()
    assert caller is not None  # this is a worker
    caller.join()
    os._exit(1)


def _set_filters(filters: Sequence[Any]) -> None:
    """Take over the caller's warning filters, whose patterns may be compiled or not."""
    warnings.resetwarnings()
    for action, message, category, module, line in reversed(filters):
        patterns = [
            pattern.pattern if isinstance(pattern, re.Pattern) else pattern or "" for pattern in (message, module)
        ]
        warnings.filterwarnings(action, patterns[0], category, patterns[1], line)
