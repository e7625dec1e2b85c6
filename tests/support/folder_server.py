"""An HTTP server of a folder on this machine, the base of those that give ranges or misbehave."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class FolderServer(ThreadingHTTPServer):
    """Serves a folder; `over` is set when it ends, so that answers that hang can end too."""

    daemon_threads = True

    def __init__(self, folder: Path, handler: type["FolderHandler"]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.folder = folder
        self.over = threading.Event()

    def handle_error(self, request, client_address):
        """A client that has gone away is not an event."""


class FolderHandler(BaseHTTPRequestHandler):
    """Answers HEAD and GET in one method, and prints nothing."""

    def log_message(self, format, *args):
        pass

    def do_HEAD(self):
        self.answer(body=False)

    def do_GET(self):
        self.answer(body=True)

    def answer(self, *, body: bool) -> None:
        raise NotImplementedError


@contextmanager
def running(server: FolderServer):
    """Run a server during the block, in a thread."""
    with server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.over.set()
            server.shutdown()
            thread.join()
