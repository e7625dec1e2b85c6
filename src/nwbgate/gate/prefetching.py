"""Reading files while libraries are imported, which keeps one core busy for a second and leaves the others idle."""

import multiprocessing
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any, TypeVar

#: What is read of a file.
Read = TypeVar("Read")
#: A file above this size (bytes) may take longer than the imports, and everything would wait for it.
SMALL = 32 * 2**20
#: Processes that have what this one has imported so far.
_FORK = partial(multiprocessing.get_context, "fork")


def read_ahead(
    paths: Iterable[Path], read: Callable[[Path], Read], processes: int, meanwhile: Callable[[], object]
) -> dict[Path, Read]:
    """Return what processes read of some of the files while this process did something else.

    Parameters
    ----------
    paths : iterable of pathlib.Path
        Files; large ones are left for later.
    read : callable
        What is done with each file. What it returns is sent from process to process.
    processes : int
        Processes beside this one; with 0, and on a system without fork, nothing is read ahead.
    meanwhile : callable
        What this process does. When it is done, each process stops after the file it is reading.

    Returns
    -------
    dict
        What was read, by path. A process that died gives nothing: its files are left for later, too.
    """
    if "fork" not in multiprocessing.get_all_start_methods():
        meanwhile()
        return {}
    small, enough = [path for path in paths if _is_small(path)], _FORK().Event()
    receivers = [_reading(small[first::processes], read, enough) for first in range(min(processes, len(small)))]
    try:
        meanwhile()
    finally:
        enough.set()
        found = [_received(receiver) for receiver in receivers]
    return {path: result for results in found for path, result in results.items()}


def _is_small(path: Path) -> bool:
    try:
        return path.stat().st_size <= SMALL
    except OSError:  # it went, which is found out where it is looked into
        return False


def _reading(paths: Sequence[Path], read: Callable[[Path], Any], enough: Event) -> Connection:
    """Start a process that reads, and return where it will send what it read."""
    receiver, sender = _FORK().Pipe(duplex=False)
    _FORK().Process(target=_read_until, args=(enough, paths, read, sender), daemon=True).start()
    sender.close()
    return receiver


def _read_until(enough: Event, paths: Sequence[Path], read: Callable[[Path], Any], sender: Connection) -> None:
    """Read file after file, and send all at the end: nobody listens before, nor at all when the run was killed."""
    found, parent = {}, multiprocessing.parent_process()
    with suppress(KeyboardInterrupt, BrokenPipeError):
        for path in paths:
            if enough.is_set() or (parent and not parent.is_alive()):
                break
            found[path] = read(path)
        sender.send(found)


def _received(receiver: Connection) -> dict[Path, Any]:
    """Wait for what a process read; nothing when it died."""
    with receiver:
        try:
            results: dict[Path, Any] = receiver.recv()
        except (EOFError, OSError):
            return {}
    return results
