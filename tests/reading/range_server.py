"""A real HTTP server on this machine that gives ranges of files, counts what it sent, and fails when it is told to."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote


class RangeServer(ThreadingHTTPServer):
    """Serves a folder.

    Parameters
    ----------
    folder : pathlib.Path
        Its files are served.

    Attributes
    ----------
    ranges : bool
        Whether parts are given; else every answer is the whole file.
    sent : list of int
        Bytes of the body of each answer.
    broken : bool
        Whether every answer breaks off halfway.
    """

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.folder, self.ranges, self.broken, self.sent = folder, True, False, []

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.server_port}/{name}"

    def handle_error(self, request, client_address):
        """A client that has gone away is not an event."""


@contextmanager
def serving(folder: Path):
    with RangeServer(folder) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


class Handler(BaseHTTPRequestHandler):
    server: RangeServer
    protocol_version = "HTTP/1.1"

    def log_message(self, format, *args):
        pass

    def do_HEAD(self):
        self.answer(body=False)

    def do_GET(self):
        self.answer(body=True)

    def answer(self, *, body: bool) -> None:
        path = self.server.folder / unquote(self.path).removeprefix("/")
        if not path.is_file():
            self.send_response(404)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        size = path.stat().st_size
        span = self.headers.get("Range") if self.server.ranges else None
        first, _, last = (span or "bytes=0-").removeprefix("bytes=").partition("-")
        start, stop = int(first), min(int(last) + 1 if last else size, size)
        self.send_response(206 if span else 200)
        if self.server.ranges:
            self.send_header("Accept-Ranges", "bytes")
        if span:
            self.send_header("Content-Range", f"bytes {start}-{stop - 1}/{size}")
        self.send_header("Content-Length", str(stop - start))
        self.end_headers()
        if body:
            self.put(path, start, stop - start)

    def put(self, path: Path, start: int, length: int) -> None:
        self.server.sent.append(length)
        with path.open("rb") as file:
            file.seek(start)
            self.wfile.write(file.read(length // 2 if self.server.broken else length))
        if self.server.broken:
            self.close_connection = True
