"""A real HTTP server with ranges on this machine, that misbehaves when it is told to."""

import time
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

from support.folder_server import FolderHandler, FolderServer, running


class FaultyServer(FolderServer):
    """Serves a folder; each GET of a path with faults left takes the first of them.

    Faults: ``break_off`` (the connection ends halfway), ``stall`` (nothing more comes halfway), ``drip`` (a byte now
    and then), ``too_long`` and ``too_short`` (the length is a lie), ``no_range`` (all is sent, whatever was asked for),
    ``half`` (that, and it ends halfway), ``other_range`` (another part is sent), ``unsaid_range`` (a part, and not
    which), ``wrong_byte``, ``busy`` (503), ``gone`` (404), ``mute`` (the connection ends without an answer).
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, Handler)
        self.faults: dict[str, list[str]] = {}
        self.requests: list[tuple[str, str, str]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def gets(self, name: str) -> list[str]:
        """The ranges asked for, of files of that name."""
        return [span for method, path, span in self.requests if method == "GET" and path.endswith(name)]


@contextmanager
def serving(folder: Path):
    with running(FaultyServer(folder)) as server:
        yield server


class Handler(FolderHandler):
    server: FaultyServer

    def answer(self, *, body: bool) -> None:
        path = unquote(urlsplit(self.path).path)
        span = self.headers.get("Range", "")
        self.server.requests.append((self.command, self.path.partition("?")[0], span))
        faults = self.server.faults.get(Path(path).name, []) if body else []
        fault = faults.pop(0) if faults else ""
        file = self.server.folder / path.removeprefix("/")
        if file.is_dir():
            self.put_listing(file, body)
        elif fault == "mute":
            self.close_connection = True
        elif fault in ("busy", "gone") or not file.is_file():
            self.send_error(503 if fault == "busy" else 404)
        else:
            self.file(file.read_bytes(), span, fault, body)

    def put_listing(self, folder: Path, body: bool) -> None:
        self.put("\n".join(f'<a href="{one.name}">' for one in folder.iterdir()).encode(), body=body)

    def file(self, content: bytes, span: str, fault: str, body: bool) -> None:
        start = int(span.removeprefix("bytes=").rstrip("-")) if span and fault not in ("no_range", "half") else 0
        if start >= len(content) > 0 and start:
            self.send_error(416)
            return
        if fault == "other_range":
            start += 1
        if fault == "wrong_byte":
            content = content[:-1] + bytes([content[-1] ^ 1])
        part = content[start:]
        lie = {"too_long": 10, "too_short": -10}.get(fault, 0)
        said = f"bytes {start}-{len(content) - 1}/{len(content)}" if fault != "unsaid_range" else ""
        self.put(part, status=206 if start else 200, length=len(part) + lie, range=said, fault=fault, body=body)

    def put(self, part: bytes, *, body: bool, status=200, length=None, range="", fault="") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(part) if length is None else length))
        if status == 206 and range:
            self.send_header("Content-Range", range)
        self.end_headers()
        if not body:
            return
        cut = len(part) // 2 if fault in ("break_off", "stall", "drip", "half") else len(part)
        self.wfile.write(part[:cut])
        if fault == "stall":
            self.server.over.wait(20)
        for byte in part[cut : cut + 400] if fault == "drip" else b"":
            if self.server.over.is_set():
                return
            self.wfile.write(bytes([byte]))
            time.sleep(0.02)
