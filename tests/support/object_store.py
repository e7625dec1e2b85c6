"""An S3 server on this machine (moto), that fails when it is told to."""

import os
import socket
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import pytest

BUCKET = "release"


@dataclass
class ObjectStore:
    """A store with one bucket.

    Attributes
    ----------
    url : str
        Its address.
    client
        Client of botocore.
    faults : list of (method, part of the query or path, fault)
        Taken one by one by the requests that they fit: ``busy`` (503), ``broken`` (500), ``cut`` (no answer),
        ``altered`` (the first byte of the body changes on its way). One that begins with ``always`` stays.
    requests : list of (method, path and query)
        What was asked for.
    """

    url: str = ""
    client: Any = None
    faults: list[tuple[str, str, str]] = field(default_factory=list)
    requests: list[tuple[str, str]] = field(default_factory=list)

    def sizes(self) -> dict[str, int]:
        """Names and sizes of the objects."""
        return {each["Key"]: each["Size"] for each in self.client.list_objects_v2(Bucket=BUCKET).get("Contents", ())}

    def unfinished(self) -> list[str]:
        """Keys of the uploads that were neither completed nor aborted."""
        return [each["Key"] for each in self.client.list_multipart_uploads(Bucket=BUCKET).get("Uploads", ())]

    def fault_of(self, method: str, target: str) -> str:
        for each in self.faults:
            if each[0] == method and each[1] in target:
                if not each[2].startswith("always"):
                    self.faults.remove(each)
                return each[2].removeprefix("always ")
        return ""


@contextmanager
def object_store():
    """Run the server; the environment gets its credentials."""
    pytest.importorskip("moto")
    pytest.importorskip("flask_cors")
    from botocore.config import Config
    from botocore.session import get_session
    from moto.s3.models import s3_backends
    from moto.server import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Quiet(WSGIRequestHandler):
        def log(self, *_: object) -> None:
            pass

    s3_backends.reset()  # moto keeps the objects of an earlier server of this process
    store = ObjectStore()
    server = make_server(
        "127.0.0.1", 0, _failing(DomainDispatcherApplication(create_backend_app), store), True, request_handler=Quiet
    )
    store.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    with pytest.MonkeyPatch.context() as environment:
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            environment.delenv(name)
        for name, value in {
            "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": "/nowhere", "no_proxy": "127.0.0.1",
        }.items():  # fmt: skip
            environment.setenv(name, value)
        store.client = get_session().create_client(
            "s3", endpoint_url=store.url, region_name="us-east-1", config=Config(retries={"total_max_attempts": 2})
        )
        store.client.create_bucket(Bucket=BUCKET)
        try:
            yield store
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


def _failing(application, store):
    """Put the store's faults before a WSGI application."""

    def answer(environ, start_response):
        method, query = environ["REQUEST_METHOD"], environ.get("QUERY_STRING", "")
        target = environ["PATH_INFO"] + (f"?{query}" if query else "")
        store.requests.append((method, target))
        fault = store.fault_of(method, target)
        if fault in ("busy", "broken", "cut"):
            environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            if fault == "cut":
                environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
                raise ConnectionResetError
            start_response("503 Slow Down" if fault == "busy" else "500 Internal Error", [("Content-Length", "0")])
            return [b""]
        if fault == "altered":
            content = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
            environ["wsgi.input"] = BytesIO(bytes([content[0] ^ 1]) + content[1:])
        return application(environ, start_response)

    return answer
