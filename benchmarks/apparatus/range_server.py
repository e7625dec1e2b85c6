"""A server of one file that gives ranges and counts the bytes that it sends."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


@contextmanager
def serving(path: Path) -> Iterator[tuple[str, Callable[[], int]]]:
    """Serve a file on this computer; give its address, and a function that returns how many bytes of it were sent."""
    sent: list[int] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_HEAD(self) -> None:
            self._begin(200, path.stat().st_size)

        def do_GET(self) -> None:
            size = path.stat().st_size
            wanted = self.headers.get("Range")
            start, end = 0, size - 1
            if wanted:
                first, _, last = wanted.removeprefix("bytes=").partition("-")
                start, end = int(first), min(int(last or end), end)
            with path.open("rb") as file:
                file.seek(start)
                content = file.read(end - start + 1)
            self._begin(206 if wanted else 200, len(content), f"bytes {start}-{end}/{size}" if wanted else "")
            self.wfile.write(content)
            sent.append(len(content))

        def _begin(self, status: int, length: int, content_range: str = "") -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(length))
            self.send_header("Accept-Ranges", "bytes")
            if content_range:
                self.send_header("Content-Range", content_range)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/{path.name}", lambda: sum(sent)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
