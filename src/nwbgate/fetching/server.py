"""An HTTP file server: listing, sizes, and content from any byte on.

What goes wrong on the way is told apart: an `InterruptionError` is worth another try, anything else is not.
"""

import http.client
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import IO, TypeVar
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from nwbgate import __version__
from nwbgate.errors import FetchError, UnreachableError, UsageError
from nwbgate.fetching.content import BeyondEndError, Content, InterruptionError, Patience, RefusedError
from nwbgate.fetching.manifest import RemoteFile

#: Answers that may be others a moment later.
_PASSING = {408, 425, 429, 500, 502, 503, 504}
_NOT_FOUND = {403, 404, 410}
_Result = TypeVar("_Result")


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
        refused = isinstance(problem, RefusedError)
        check = "check the address and the network, then " if refused else ""
        return UnreachableError(
            "the server cannot be reached" if refused else "the server does not answer correctly",
            where=f"{self.base_url}/{path}",
            got=f"{problem}, {failures} times",
            fix=f"{check}run the same command again: what has arrived is kept",
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
