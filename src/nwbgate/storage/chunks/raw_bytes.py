"""Bytes of a local or remote file without HDF5, for several threads."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

from nwbgate.storage.remote_files.address import Address, naming

#: Returns bytes of a file from a start and a number of them.
Read = Callable[[int, int], bytes]


@contextmanager
def raw_bytes(path: Path) -> Iterator[Read]:
    """Give a function of start and length that returns bytes of a file.

    Parameters
    ----------
    path : Path
        A file, or an `Address`, which is read in ranges, one after the other.
    """
    if isinstance(path, Address):
        yield _of_server(path)
        return
    with path.open("rb", buffering=0) as file:
        descriptor = file.fileno()
        if hasattr(os, "pread"):
            yield lambda start, size: os.pread(descriptor, size, start)
        else:  # Windows
            yield _one_at_a_time(file)


def _of_server(address: Address) -> Read:
    from nwbgate.storage.remote_files.remote import open_stream

    with naming(address):
        return _one_at_a_time(open_stream(address.url, str(address)))


def _one_at_a_time(stream: Any) -> Read:
    """Return a function that seeks and reads under a lock."""
    lock = Lock()

    def read(start: int, size: int) -> bytes:
        with lock:
            stream.seek(start)
            return stream.read(size) or b""

    return read
