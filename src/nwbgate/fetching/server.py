"""An HTTP file server: listing, sizes, and content from any byte on.

What goes wrong on the way is told apart: an `InterruptionError` is worth another try, anything else is not.
"""

import http.client
import re
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import IO, TypeVar
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from nwbgate import __version__
from nwbgate.errors import FetchError, UnreachableError, UsageError
from nwbgate.fetching.manifest import RemoteFile

#: Bytes that are read at once.
BLOCK = 1024 * 1024
#: Answers that may be others a moment later.
_PASSING = {408, 425, 429, 500, 502, 503, 504}
_NOT_FOUND = {403, 404, 410}
_RANGE = re.compile(r"bytes (\d+)-\d+/(?:\d+|\*)")
_Result = TypeVar("_Result")


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
        time.sleep(min(self.pause * 2 ** (failures - 1), self.longest_pause))


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


class _Redirects(HTTPRedirectHandler):
    """A redirect handler that rejects less private addresses."""

    def redirect_request(  # noqa: PLR0917, as the standard library calls it
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: http.client.HTTPMessage, newurl: str
    ) -> Request | None:
        scheme = urlsplit(newurl).scheme
        elsewhere = urlsplit(newurl).hostname != urlsplit(req.full_url).hostname
        if elsewhere or scheme not in ("http", "https") or (req.type == "https" and scheme != "https"):
            raise HTTPError(newurl, code, f"redirects to {newurl[:200]}", headers, fp)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


class Server:
    """The server of a release.

    Parameters
    ----------
    base_url : str
        Address that the paths of the release are below, of HTTP or HTTPS.
    patience : Patience
        How long to wait, and how often to try.

    Raises
    ------
    UsageError
        If the address is not one of HTTP or HTTPS.
    """

    def __init__(self, base_url: str, patience: Patience | None = None) -> None:
        parts = urlsplit(base_url)
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
            raise UsageError(
                "unsupported address",
                got=base_url,
                expected="https://host/folder",
                where="--base-url",
                fix="give the address of the folder with the manifests",
            )
        self.base_url, self.patience = base_url.rstrip("/"), patience or Patience()
        self._opener = build_opener(_Redirects())
        self._opener.addheaders = [("User-Agent", f"nwbgate/{__version__}")]

    def text(self, path: str, *, most: int) -> bytes:
        """Return a small document.

        Raises
        ------
        FetchError
            If it is not there, or longer than `most` bytes.
        UnreachableError
            If the server does not answer.
        """

        def whole() -> bytes:
            with self._answer(path) as response:
                return b"".join(self._up_to(Content(response, self.patience), most, path))

        return self.patiently(whole, path)

    def size(self, file: RemoteFile) -> int | None:
        """Return a file's length in bytes, or None if not reported."""

        def length() -> int | None:
            with self._answer(file.address, method="HEAD") as response:
                text = response.headers.get("Content-Length", "")
                return int(text) if text.isdecimal() else None

        return self.patiently(length, file.address)

    @contextmanager
    def content(self, file: RemoteFile, start: int) -> Iterator[Content | None]:
        """Yield a file's content from a byte on; None past its end.

        Raises
        ------
        FetchError
            If the file is not there.
        InterruptionError
            If something went wrong that may go right the next time.
        """
        headers = {"Range": f"bytes={start}-"} if start else {}
        with ExitStack() as stack:
            try:
                response = stack.enter_context(self._answer(file.address, headers=headers))
            except BeyondEndError:
                yield None
                return
            yield Content(response, self.patience)

    def patiently(self, action: Callable[[], _Result], path: str) -> _Result:
        """Return an action's result, retrying temporary failures."""
        failures = 0
        while True:
            try:
                return action()
            except InterruptionError as problem:
                failures += 1
                if self.patience.is_over(failures, problem):
                    raise self.unreachable(path, problem, failures) from problem
                self.patience.wait(failures)

    def unreachable(self, path: str, problem: Exception, failures: int) -> UnreachableError:
        """Return the error that says that the server was given up."""
        return UnreachableError(
            "the server does not answer correctly",
            where=f"{self.base_url}/{path}",
            got=f"{problem}, {failures} times",
            fix="run the same command again: what has arrived is kept",
        )

    @staticmethod
    def _up_to(content: Content, most: int, path: str) -> Iterator[bytes]:
        length = 0
        for block in content.blocks():
            length += len(block)
            if length > most:
                raise FetchError(
                    "the document is too long",
                    where=path,
                    expected=f"{most} bytes",
                    fix="contact the server's operator, or name another server with --base-url",
                )
            yield block

    @contextmanager
    def _answer(
        self, path: str, *, method: str = "GET", headers: dict[str, str] | None = None
    ) -> Iterator[http.client.HTTPResponse]:
        """Open a response, turning failures into our errors."""
        request = Request(f"{self.base_url}/{path}", method=method, headers=headers or {})  # noqa: S310, checked above
        try:
            response = self._opener.open(request, timeout=self.patience.stall)
        except HTTPError as error:
            with error:
                raise self._refusal(error, path) from None
        except URLError as error:
            raise self._unreached_error(error, path) from None
        except TimeoutError:
            raise InterruptionError(f"no answer for {self.patience.stall:g} s") from None
        except (OSError, http.client.HTTPException) as error:
            raise InterruptionError(f"the connection was lost ({error or type(error).__name__})") from None
        with response:
            yield response

    def _refusal(self, error: HTTPError, path: str) -> Exception:
        answer = f"{error.code} {error.reason}"
        if error.code == http.client.REQUESTED_RANGE_NOT_SATISFIABLE:
            return BeyondEndError(answer)
        if error.code in _PASSING:
            return InterruptionError(f"the server answered {answer}")
        there = error.code in _NOT_FOUND
        return FetchError(
            "the server does not have this file" if there else "the server refuses access",
            where=f"{self.base_url}/{path}",
            got=answer,
            fix="check the address, including the folder of the release" if there else "",
        )

    def _unreached_error(self, error: URLError, path: str) -> Exception:
        if isinstance(error.reason, ssl.SSLCertVerificationError):
            return UnreachableError(
                "the server's certificate cannot be trusted",
                where=f"{self.base_url}/{path}",
                got=str(error.reason),
                fix="check for a proxy in between, and the clock of this machine",
            )
        if isinstance(error.reason, ConnectionRefusedError | socket.gaierror):
            return RefusedError(str(error.reason))
        return InterruptionError(str(error.reason))
