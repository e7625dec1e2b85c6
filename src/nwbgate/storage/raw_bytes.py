"""Bytes of a local or remote file without HDF5, for several threads."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from nwbgate.storage.address import Address, naming


@contextmanager
def raw_bytes(path: Path) -> Iterator[Callable[[int, int], bytes]]:
    """Give a function of start and length that returns bytes of a file.

    Parameters
    ----------
    path : Path
        A file, or an `Address`, which is read in ranges, one after the other.
    """
    if isinstance(path, Address):
        yield _of_server(path)
        return
    with path.open("rb") as file:
        descriptor = file.fileno()
        yield lambda start, size: os.pread(descriptor, size, start)


def _of_server(address: Address) -> Callable[[int, int], bytes]:
    from nwbgate.storage.remote import open_stream

    with naming(address):
        stream, lock = open_stream(address.url, str(address)), Lock()

    def read(start: int, size: int) -> bytes:
        with lock:
            stream.seek(start)
            return stream.read(size) or b""

    return read
