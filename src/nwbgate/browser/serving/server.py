"""HTTP server of this computer alone: the page and the answers to its keys.

Only GET and HEAD are answered, only below a secret path, and only to requests whose Host is this computer, so that
neither another user of the network nor a page of another site can read the files. There is no CORS header: a script of
another site may send a request, but never sees the answer.
"""

import re
import secrets
import socket
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from nwbgate import __version__
from nwbgate.browser.serving.keys import UnknownKeyError
from nwbgate.browser.serving.library import Answer, Library
from nwbgate.browser.serving.page_files import TYPES, index_page, page_file
from nwbgate.errors import NwbgateError

#: Names of this computer that a Host header may have.
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
#: Nothing but the page's own files; pictures are also made by the page (``blob:``, ``data:``).
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
#: Bytes of a file that are sent at once.
_PIECE = 2**20
#: Characters that a name in a header must not have.
_PLAIN = re.compile(r"[^A-Za-z0-9_.+-]")


class BrowserServer(ThreadingHTTPServer):
    """Server of a library on a loopback address.

    Parameters
    ----------
    library : Library
        What is browsed.
    port : int
        Port; 0 for a free one.
    behind_proxy : bool
        Answer whatever Host is asked for, as behind jupyter-server-proxy. The secret in the path stays.
    """

    daemon_threads = True
    allow_reuse_address = False

    def __init__(self, library: Library, port: int = 0, *, behind_proxy: bool = False) -> None:
        self.library, self.behind_proxy = library, behind_proxy
        self.secret = secrets.token_urlsafe(24)
        super().__init__(("127.0.0.1", port), _Handler)

    @property
    def address(self) -> str:
        """Address of the page, with its secret."""
        return f"http://127.0.0.1:{self.server_address[1]}/{self.secret}/"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore a page that went away while it was being answered."""


class _Handler(BaseHTTPRequestHandler):
    """One request."""

    server: BrowserServer
    protocol_version = "HTTP/1.1"
    server_version = f"nwbgate/{__version__}"
    sys_version = ""
    timeout = 60.0

    def setup(self) -> None:
        """Send small answers at once."""
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def do_GET(self) -> None:
        """Answer a request."""
        self._answer(body=True)

    def do_HEAD(self) -> None:
        """Answer a request without its content."""
        self._answer(body=False)

    def log_message(self, *_: object) -> None:
        """Print nothing; the terminal belongs to the person."""

    def _answer(self, *, body: bool) -> None:
        if not self._is_for_here():
            self._send(HTTPStatus.FORBIDDEN, Answer(b"wrong Host", "text/plain"), body=body)
            return
        path = self._path_below_secret()
        try:
            found = None if path is None else self._find_answer(path)
        except UnknownKeyError:
            found = None
        except NwbgateError as error:
            self._send(HTTPStatus.CONFLICT, Answer(str(error).encode(), "text/plain; charset=utf-8"), body=body)
            return
        if found is None:
            self._send(HTTPStatus.NOT_FOUND, Answer(b"not found", "text/plain"), body=body)
        else:
            self._send(HTTPStatus.OK, found, body=body)

    def _is_for_here(self) -> bool:
        """Return whether the Host header names this computer."""
        if self.server.behind_proxy:
            return True
        hosts = self.headers.get_all("Host") or []
        name, _, port = hosts[0].rpartition(":") if len(hosts) == 1 else ("", "", "")
        return name.lower() in _LOOPBACK and port == str(self.server.server_address[1])

    def _path_below_secret(self) -> str | None:
        """Return the path below the secret, or None where the secret is wrong."""
        path = self.path.partition("?")[0]
        given, slash, rest = path.removeprefix("/").partition("/")
        right = secrets.compare_digest(given.encode(), self.server.secret.encode())
        return rest if slash and right and path.startswith("/") and "%" not in rest else None

    def _find_answer(self, path: str) -> Answer | None:
        if path == "":
            return Answer(index_page().encode(), TYPES[".html"])
        folder, _, rest = path.partition("/")
        if folder == "page":
            content = page_file(rest)
            return None if content is None else Answer(content, TYPES[Path(rest).suffix])
        return self.server.library.answer(rest) if folder == "data" else None

    def _send(self, status: HTTPStatus, answer: Answer, *, body: bool) -> None:
        size = len(answer.content) if answer.path is None else answer.path.stat().st_size
        with suppress(BrokenPipeError, ConnectionResetError):
            self.send_response(status)
            self.send_header("Content-Type", answer.kind)
            self.send_header("Content-Length", str(size))
            if answer.name:
                self.send_header("Content-Disposition", f'attachment; filename="{_PLAIN.sub("_", answer.name)}"')
            for name, value in _HEADERS.items():
                self.send_header(name, value)
            self.end_headers()
            if body:
                self._send_content(answer, size)

    def _send_content(self, answer: Answer, size: int) -> None:
        if answer.path is None:
            self.wfile.write(answer.content)
            return
        with answer.path.open("rb") as stream:
            while size > 0 and (piece := stream.read(min(_PIECE, size))):
                self.wfile.write(piece)
                size -= len(piece)
