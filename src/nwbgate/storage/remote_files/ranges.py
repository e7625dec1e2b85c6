"""A remote file for HDF5, read in cached ranges with retries.

`CONNECT`, `SILENCE` and `WAITS` may be set before a file is opened, for a link that needs others.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from http import HTTPStatus
from importlib import import_module
from itertools import groupby
from typing import Any, TypeVar

from nwbgate.processes.garbage import not_collecting
from nwbgate.storage.seekable_file import SeekableFile

Answer = TypeVar("Answer")

#: Bytes that are fetched at once. Tables are many small pieces, megabytes apart: the trials of a session of 0.9 GB need
#: some 17 blocks of 64 KiB. With 16 KiB a third as much is moved and half as many questions more are asked; with
#: 256 KiB nearly as many questions are asked, and three times as much is moved.
BLOCK = 2**16
#: Blocks that are kept, the last used: 32 MiB.
KEPT = 512
#: Blocks that are fetched ahead at most, 4 MiB, where a file is read from one end of something to the other. As many
#: are fetched ahead as were read in a row, so that never more than twice what is needed is moved.
AHEAD = 64
#: Seconds in which a server must take up a connection.
CONNECT = 30.0
#: Seconds without a byte after which a server is said to be silent. A slow server that goes on sending is waited for.
SILENCE = 30.0
#: Seconds before each further attempt where a server breaks off, is silent, or says that it is busy.
WAITS = (0.5, 2.0)

#: Errors of the libraries that fetch, beside OSError, by the module that has them.
_FAILURES = {"aiohttp": ("ClientError",), "botocore.exceptions": ("BotoCoreError", "ClientError")}
#: Answers after which it is worth asking again, beside those of a server that fails (500 and above).
_BUSY = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS)


def failures() -> tuple[type[Exception], ...]:
    """Return the exceptions that reading from a server may raise."""
    found: list[type[Exception]] = [OSError, ValueError]
    for module, names in _FAILURES.items():
        try:
            there = import_module(module)
        except ModuleNotFoundError:
            continue
        found += [getattr(there, name) for name in names]
    return tuple(found)


def status_of(error: BaseException) -> int | None:
    """Return the HTTP status of a failure, or None without a response."""
    return getattr(_cause(error), "status", None)


def _cause(error: BaseException) -> BaseException:
    """Return the underlying library error behind fsspec's."""
    replaced = isinstance(error, FileNotFoundError | TimeoutError) and error.__cause__ is not None
    return error.__cause__ or error if replaced else error


def error_text(error: BaseException) -> str:
    """Return the text of a fetching library's error."""
    if isinstance(_cause(error), TimeoutError):
        return f"no answer within {SILENCE:g} s, {len(WAITS) + 1} tries"
    if type(error) is OSError:  # said already
        return str(error)
    if type(error) is ValueError:  # what fsspec says of it speaks of its own settings
        return "the server sends only whole files, not ranges"
    return f"{type(error).__name__}: {error}"


def persistently(ask: Callable[[], Answer]) -> Answer:
    """Return a server's response, retrying lost connections, silence and overload.

    Parameters
    ----------
    ask : callable
        Asks once.

    Raises
    ------
    Exception
        What the last attempt raised, or the first that another attempt would not help.
    """
    for wait in WAITS:
        try:
            return ask()
        except failures() as error:
            if not _may_pass(error):
                raise
        time.sleep(wait)
    return ask()


def _may_pass(error: BaseException) -> bool:
    """Return whether a failure may be temporary."""
    status = status_of(error)
    if status:
        return status in _BUSY or status >= HTTPStatus.INTERNAL_SERVER_ERROR
    cause = _cause(error)
    if isinstance(cause, TimeoutError | ConnectionError):
        return True
    try:
        aiohttp = import_module("aiohttp")
    except ModuleNotFoundError:
        return False
    hopeless = (aiohttp.ClientConnectorError, aiohttp.InvalidURL)
    return isinstance(cause, aiohttp.ClientError) and not isinstance(cause, hopeless)


class Ranges(SeekableFile):
    """A remote file for HDF5, whose failures are OSErrors with a reason.

    Parameters
    ----------
    stream : fsspec file
        Opened for reading, of known size, without a cache of its own.
    url : str
        Address of the file.
    """

    def __init__(self, stream: Any, url: str) -> None:
        super().__init__(int(stream.size))
        self._stream, self._url = stream, url
        self._row = range(0)
        self._kept: OrderedDict[int, bytes] = OrderedDict()
        self._failures = failures()

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return self._size

    def __repr__(self) -> str:
        """Return the address, which h5py uses as the file name."""
        return self._url

    def readinto(self, into: Any) -> int:
        """Fill a buffer with the bytes from the current position."""
        start, stop = self._place, min(self._place + len(into), self._size)
        if start >= stop:
            return 0
        try:
            part = self._between(start, stop)
        except self._failures as error:
            raise OSError(error_text(error)) from error
        into[: len(part)] = part
        self._place = stop
        return len(part)

    def _between(self, start: int, stop: int) -> bytes:
        """Return the bytes of a range, fetching adjacent missing blocks together."""
        first, last = start // BLOCK, -(-stop // BLOCK)
        found = {number: self._kept[number] for number in range(first, last) if number in self._kept}
        missing = [number for number in range(first, last) if number not in found]
        for _, run in groupby(enumerate(missing), lambda pair: pair[1] - pair[0]):
            numbers = self._and_ahead([number for _, number in run])
            part = self._fetch_blocks(numbers[0] * BLOCK, min((numbers[-1] + 1) * BLOCK, self._size))
            found |= {number: part[place * BLOCK : (place + 1) * BLOCK] for place, number in enumerate(numbers)}
        self._keep(found)
        whole = b"".join(found[number] for number in range(first, last))
        return whole[start - first * BLOCK : stop - first * BLOCK]

    def _and_ahead(self, numbers: list[int]) -> range:
        """Return adjacent blocks, plus as many read-ahead blocks as fetched in sequence."""
        row = self._row if self._row.stop == numbers[0] else range(numbers[0], numbers[0])
        stop = min(numbers[-1] + 1 + min(len(row), AHEAD), -(-self._size // BLOCK))
        self._row = range(row.start, stop)
        return range(numbers[0], stop)

    def _keep(self, blocks: dict[int, bytes]) -> None:
        """Keep blocks, and drop the least recently used ones."""
        for number, block in blocks.items():
            self._kept[number] = block
            self._kept.move_to_end(number)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)

    def _fetch_blocks(self, start: int, stop: int) -> bytes:
        # HDF5's lock is held while an answer is awaited. The thread that fetches would wait for that lock if it
        # happened to collect an object of h5py, and neither thread would ever go on.
        with not_collecting():
            part = persistently(lambda: self._ask_server(start, stop))
        if len(part) != stop - start:  # what follows would be taken for what was asked for
            raise OSError(f"the server sent {len(part)} bytes instead of {stop - start}, from byte {start}")
        return part

    def _ask_server(self, start: int, stop: int) -> bytes:
        self._stream.seek(start)
        return bytes(self._stream.read(stop - start))
