"""A real HTTP server on this machine that gives ranges of files, counts what it sent, and fails when it is told to."""

import gc
import gzip
import mimetypes
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote

import pytest

from support.folder_server import FolderHandler, FolderServer, running


class RangeServer(FolderServer):
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
    trouble : iterator of str
        What goes wrong with the next answers that have a body, one after the other: ``break`` off halfway, stay
        ``silent``, give a ``short`` part, or be ``busy``.
    refused : int
        Status of every answer, where it is not 0.
    collecting : list of bool
        Whether Python collected garbage by itself while each answer was made.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, Handler)
        self.ranges, self.refused = True, 0
        self.trouble: Iterator[str] = iter(())
        self.sent: list[int] = []
        self.collecting: list[bool] = []

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.server_port}/{name}"


@contextmanager
def serving(folder: Path):
    with running(RangeServer(folder)) as server, pytest.MonkeyPatch.context() as environment:
        environment.setenv("no_proxy", "127.0.0.1")
        yield server


class Handler(FolderHandler):
    server: RangeServer
    protocol_version = "HTTP/1.1"

    def answer(self, *, body: bool) -> None:
        path = self.server.folder / unquote(self.path).removeprefix("/")
        trouble = next(self.server.trouble, "") if body else ""
        status = 503 if trouble == "busy" else self.server.refused or (0 if path.is_file() else 404)
        if status:
            self.begin(status, 0)
            return
        size = path.stat().st_size
        span = self.headers.get("Range") if self.server.ranges else None
        first, _, last = (span or "bytes=0-").removeprefix("bytes=").partition("-")
        start, stop = int(first), min(int(last) + 1 if last else size, size)
        if body:
            self.put(path, start, stop, trouble, span=span)
        else:
            self.begin(200, size)

    def begin(self, status: int, length: int, **headers: str) -> None:
        self.send_response(status)
        if self.server.ranges:
            self.send_header("Accept-Ranges", "bytes")
        for name, value in {"Content-Length": str(length), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def put(self, path: Path, start: int, stop: int, trouble: str, *, span: str | None) -> None:
        self.server.collecting.append(gc.isenabled())
        stop -= (stop - start) // 2 if trouble == "short" else 0
        with path.open("rb") as file:
            file.seek(start)
            part = file.read(stop - start)
        headers = {"Content_Type": mimetypes.guess_type(path.name)[0] or "application/octet-stream"}
        headers |= {"Content_Range": f"bytes {start}-{stop - 1}/{path.stat().st_size}"} if span else {}
        if "gzip" in self.headers.get("Accept-Encoding", ""):  # as some servers do with any file
            part, headers = gzip.compress(part, 1), headers | {"Content_Encoding": "gzip"}
        self.server.sent.append(len(part))
        self.begin(206 if span else 200, len(part), **headers)
        self.wfile.write(part[: len(part) // 2] if trouble in ("break", "silent") else part)
        if trouble == "silent":
            self.server.over.wait()
        if trouble in ("break", "silent"):
            self.close_connection = True
