"""Content of an arriving file, patient with slow and broken connections."""

import http.client
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass

#: Bytes that are read at once.
BLOCK = 1024 * 1024
_RANGE = re.compile(r"bytes (\d+)-\d+/(?:\d+|\*)")


class InterruptionError(Exception):
    """A temporary failure worth another try."""


class RefusedError(InterruptionError):
    """The server could not be reached at all: it is probably not there."""


class BeyondEndError(Exception):
    """A request for bytes past the end of a file."""


@dataclass(frozen=True)
class Patience:
    """Waiting times and number of tries.

    Parameters
    ----------
    stall : float
        Seconds without an answer, or with less than `slowest`, after which a connection is given up.
    tries : int
        Failures in a row, without a byte more, after which a file is given up.
    pause, longest_pause : float
        Seconds before the second try, doubled before each further one, and the most that this grows to.
    slowest : float
        Bytes per second that a connection must reach.
    refusals : int
        Connections in a row that may be refused.
    """

    stall: float = 30.0
    tries: int = 8
    pause: float = 1.0
    longest_pause: float = 30.0
    slowest: float = 1000.0
    refusals: int = 4

    def is_over(self, failures: int, problem: InterruptionError) -> bool:
        """Return whether enough requests have failed in a row."""
        return failures >= (min(self.refusals, self.tries) if isinstance(problem, RefusedError) else self.tries)

    def wait(self, failures: int) -> None:
        """Wait, longer after each consecutive failure."""
        time.sleep(self.pause_after(failures))

    def pause_after(self, failures: int) -> float:
        """Return the seconds to wait after a number of failures in a row."""
        return min(self.pause * 2.0 ** (failures - 1), self.longest_pause)


class Content:
    """The content of a file as it is received.

    Parameters
    ----------
    response : http.client.HTTPResponse
        The answer.
    patience : Patience
        How slow it may be.
    """

    def __init__(self, response: http.client.HTTPResponse, patience: Patience) -> None:
        self._response, self._patience = response, patience
        self.start = _start(response)
        self._promised = response.length

    def blocks(self) -> Iterator[bytes]:
        """Yield the content in blocks.

        Raises
        ------
        InterruptionError
            If it ends before its time, or comes too slowly.
        """
        received, since, counted = 0, time.monotonic(), 0
        while block := self._read():
            received += len(block)
            yield block
            elapsed = time.monotonic() - since
            if elapsed > self._patience.stall:
                if received - counted < self._patience.slowest * elapsed:
                    raise InterruptionError(f"only {received - counted} bytes in {elapsed:.0f} s")
                since, counted = time.monotonic(), received
        if self._promised is not None and received < self._promised:
            raise InterruptionError(f"the connection ended after {received} of {self._promised} bytes")

    def _read(self) -> bytes:
        """Return the received bytes, separating connection errors from disk errors."""
        try:
            return self._response.read1(BLOCK)
        except TimeoutError:
            raise InterruptionError(f"no data for {self._patience.stall:g} s") from None
        except (OSError, http.client.HTTPException) as error:
            raise InterruptionError(f"the connection was lost ({error or type(error).__name__})") from None


def _start(response: http.client.HTTPResponse) -> int:
    """Return the position of the first byte; 0 for a server that ignores ranges."""
    if response.status != http.client.PARTIAL_CONTENT:
        return 0
    found = _RANGE.fullmatch(response.headers.get("Content-Range", ""))
    if found is None:
        raise InterruptionError("the server sent a part without naming its range")
    return int(found[1])
