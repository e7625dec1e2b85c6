"""A small archive of DANDI on this machine, which fails on demand.

It speaks the API of dandi-archive (its views of August 2026): description, keys, dandisets, versions, files, uploads in
parts to presigned addresses of a storage, and downloads by ranges. `archive` in tests/dandi takes a real archive
instead, where NWBGATE_TEST_ARCHIVE names one; where the two differ, the real one is right.
"""

import fnmatch
import json
import re
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from dandischema.consts import ALLOWED_INPUT_SCHEMAS, DANDI_SCHEMA_VERSION

from support.archive_state import Asset, Dandiset, State, Upload, etag_of

_ROUTES: list[tuple[str, re.Pattern[str], str]] = []


def route(method: str, pattern: str):
    """Register a function for a method and a path."""

    def register(function):
        _ROUTES.append((method, re.compile(pattern), function.__name__))
        return function

    return register


class Refusal(Exception):
    """An answer other than success."""

    def __init__(self, status: int, detail: Any, **headers: str) -> None:
        self.status, self.detail, self.headers = status, detail, headers


class ArchiveServer(ThreadingHTTPServer):
    """The server.

    Attributes
    ----------
    state : State
        What it keeps.
    faults : list of tuple
        Regular expression of "METHOD path", fault, and number of times: ``500``, ``drop`` (the connection ends without
        an answer), ``drop_after`` (it ends after the work is done), ``slow`` (a second), ``wrong_digest`` (of a part),
        ``flip`` (the storage keeps another byte).
    judging : bool
        Whether files are validated at once.
    requests : list of str
        "METHOD path" of each request.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.state, self.judging = State(), True
        self.faults: list[list[Any]] = []
        self.requests: list[str] = []
        self.sent = 0

    @property
    def api(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/api"

    def fail(self, pattern: str, fault: str, times: int = 1) -> None:
        """Let the next requests of a pattern fail."""
        self.faults.append([re.compile(pattern), fault, times])

    def fault_of(self, request: str) -> str:
        with self.state.lock:
            for one in self.faults:
                if one[2] > 0 and one[0].search(request):
                    one[2] -= 1
                    return one[1]
        return ""

    def count(self, pattern: str) -> int:
        """Return the number of requests of a pattern."""
        return sum(bool(re.search(pattern, one)) for one in self.requests)

    def handle_error(self, request, client_address):
        """A client that has gone away is not an event."""


@contextmanager
def serving_archive():
    with ArchiveServer() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


class Handler(BaseHTTPRequestHandler):
    server: ArchiveServer
    protocol_version = "HTTP/1.1"

    def log_message(self, format, *args):
        pass

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(6, 1, 1)  # TCP_NODELAY: an answer is several writes

    def answer(self) -> None:
        parts = urlsplit(self.path)
        self.query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        request = f"{self.command} {unquote(parts.path)}"
        self.server.requests.append(request)
        self.fault = self.server.fault_of(request)
        if self.fault == "slow":
            time.sleep(1)
        if self.fault == "drop":
            self.close_connection = True
            return
        try:
            if self.fault.isdecimal():
                raise Refusal(int(self.fault), "a fault on demand")
            with self.server.state.lock:
                answer = self.dispatch(unquote(parts.path))
        except Refusal as refused:
            self.put(refused.status, json.dumps(refused.detail).encode(), **refused.headers)
            return
        if self.fault == "drop_after":
            self.close_connection = True
        elif answer is not None:
            self.put(200, json.dumps(answer).encode())

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = answer

    def dispatch(self, path: str) -> Any:
        for method, pattern, name in _ROUTES:
            match = pattern.fullmatch(path.rstrip("/") or "/")
            if match and method == ("GET" if self.command == "HEAD" else self.command):
                return getattr(self, name)(**match.groupdict())
        raise Refusal(404, {"detail": "Not found."})

    def put(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    @property
    def user(self) -> str | None:
        key = self.headers.get("Authorization", "").removeprefix("token ")
        if not key:
            return None
        if key not in self.server.state.users:
            raise Refusal(401, {"detail": "Invalid token."})
        return self.server.state.users[key]

    def required_user(self) -> str:
        user = self.user
        if user is None:
            raise Refusal(401, {"detail": "Authentication credentials were not provided."})
        return user

    def dandiset(self, number: str) -> Dandiset:
        found = self.server.state.dandisets.get(number)
        if found is None:
            raise Refusal(404, {"detail": "Not found."})
        if found.embargo != "OPEN" and self.user != found.owner:
            if self.user is None:
                raise Refusal(401, {"detail": "Authentication credentials were not provided."})
            raise Refusal(403, {"detail": "You do not have permission to perform this action."})
        return found

    def owned(self, number: str) -> Dandiset:
        user, found = self.required_user(), self.dandiset(number)
        if found.owner != user:
            raise Refusal(403, {"detail": "You do not have permission to perform this action."})
        if found.embargo == "UNEMBARGOING":
            raise Refusal(400, "Dandiset modification not allowed during unembargo")
        return found

    # --- description and keys

    @route("GET", "/api/info")
    def info(self) -> Any:
        services = {"api": {"url": self.server.api}, "webui": {"url": "http://127.0.0.1:1"}, "jupyterhub": {"url": ""}}
        return {
            "schema_version": DANDI_SCHEMA_VERSION, "allowed_schema_versions": ALLOWED_INPUT_SCHEMAS,
            "version": "0.0.0", "cli-minimal-version": "0.74.0", "cli-bad-versions": [], "services": services,
        }  # fmt: skip

    @route("GET", "/api/auth/token")
    def token(self) -> Any:
        self.required_user()
        return self.headers["Authorization"].removeprefix("token ")

    # --- dandisets and versions

    @route("POST", "/api/dandisets")
    def create(self) -> Any:
        wanted = json.loads(self.body)
        metadata = {**wanted["metadata"], "name": wanted["name"]}
        return self.server.state.create(
            self.required_user(), metadata, embargo=self.query.get("embargo") == "true"
        ).row()

    @route("GET", r"/api/dandisets/(?P<number>\d{6})")
    def show(self, number: str) -> Any:
        return self.dandiset(number).row()

    @route("GET", r"/api/dandisets/(?P<number>\d{6})/versions/(?P<version>[\w.]+)/info")
    def version_info(self, number: str, version: str) -> Any:
        self.assets(number, version)
        return self.dandiset(number).info(version)

    @route("POST", r"/api/dandisets/(?P<number>\d{6})/versions/draft/publish")
    def publish(self, number: str) -> Any:
        dandiset = self.owned(number)
        if dandiset.info("draft")["asset_validation_errors"]:
            raise Refusal(400, "Dandiset metadata or asset metadata is not valid")
        version = f"0.261128.{len(dandiset.versions)}"
        dandiset.versions[version] = dict(dandiset.versions["draft"])
        return dandiset.version_row(version)

    # --- files

    def assets(self, number: str, version: str) -> dict[str, Asset]:
        found = self.dandiset(number).versions.get(version)
        if found is None:
            raise Refusal(404, {"detail": "Not found."})
        return found

    @route("GET", r"/api/dandisets/(?P<number>\d{6})/versions/(?P<version>[\w.]+)/assets")
    def list_assets(self, number: str, version: str) -> Any:
        rows = sorted(self.assets(number, version).values(), key=lambda one: one.path)
        rows = [one for one in rows if one.path.startswith(self.query.get("path", ""))]
        glob = self.query.get("glob", "*")
        rows = [one for one in rows if fnmatch.fnmatch(one.path.lower(), glob.lower())]
        page, size = int(self.query.get("page", 1)), min(int(self.query.get("page_size", 100)), 1000)
        start, more = (page - 1) * size, page * size < len(rows)
        following = re.sub(r"[?&]page=\d+", "", f"{self.server.api.removesuffix('/api')}{self.path}")
        link = f"{following}{'&' if '?' in following else '?'}page={page + 1}"
        wanted = self.query.get("metadata", "false").lower() == "true"
        return {
            "count": len(rows) if page == 1 else None, "next": link if more else None, "previous": None,
            "results": [one.row(self.server.api, metadata=wanted) for one in rows[start : start + size]],
        }  # fmt: skip

    def sent_metadata(self) -> dict[str, Any]:
        wanted = json.loads(self.body)
        path = wanted["metadata"].get("path")
        if not path or path.startswith("/") or ".." in path.split("/"):
            raise Refusal(400, {"metadata": ["No path specified in metadata."]})
        if wanted.get("blob_id") not in self.server.state.blobs:
            raise Refusal(404, {"detail": "No AssetBlob matches the given query."})
        return wanted

    def kept(self, dandiset: Dandiset, wanted: dict[str, Any]) -> Any:
        asset = self.server.state.add(dandiset, wanted["blob_id"], wanted["metadata"])
        if self.server.judging:
            asset.judge(self.server.api)
        return asset.row(self.server.api, metadata=True)

    @route("POST", r"/api/dandisets/(?P<number>\d{6})/versions/draft/assets")
    def create_asset(self, number: str) -> Any:
        dandiset, wanted = self.owned(number), self.sent_metadata()
        path, there = wanted["metadata"]["path"], dandiset.versions["draft"]
        if path in there:
            raise Refusal(409, "An asset with that path already exists")
        if any(path.startswith(f"{one}/") or one.startswith(f"{path}/") for one in there):
            raise Refusal(409, f'Path of new asset "{path}" conflicts with existing assets')
        return self.kept(dandiset, wanted)

    def by_id(self, number: str, asset_id: str) -> Asset:
        there = self.assets(number, "draft").values()
        found = next((one for one in there if one.asset_id == asset_id), None)
        if found is None:
            raise Refusal(404, {"detail": "Not found."})
        return found

    @route("PUT", r"/api/dandisets/(?P<number>\d{6})/versions/draft/assets/(?P<asset_id>[0-9a-f-]{36})")
    def replace_asset(self, number: str, asset_id: str) -> Any:
        dandiset, old, wanted = self.owned(number), self.by_id(number, asset_id), self.sent_metadata()
        del dandiset.versions["draft"][old.path]
        return self.kept(dandiset, wanted)

    @route("DELETE", r"/api/dandisets/(?P<number>\d{6})/versions/draft/assets/(?P<asset_id>[0-9a-f-]{36})")
    def remove_asset(self, number: str, asset_id: str) -> Any:
        dandiset, old = self.owned(number), self.by_id(number, asset_id)
        del dandiset.versions["draft"][old.path]
        self.put(204, b"")

    def any_asset(self, asset_id: str) -> Asset:
        for dandiset in self.server.state.dandisets.values():
            for assets in dandiset.versions.values():
                for one in assets.values():
                    if one.asset_id == asset_id:
                        self.dandiset(dandiset.identifier)
                        return one
        raise Refusal(404, {"detail": "Not found."})

    @route("GET", r"/api(/dandisets/\d{6}/versions/[\w.]+)?/assets/(?P<asset_id>[0-9a-f-]{36})")
    def asset_metadata(self, asset_id: str) -> Any:
        return self.any_asset(asset_id).full_metadata(self.server.api)

    @route("GET", r"/api(/dandisets/\d{6}/versions/[\w.]+)?/assets/(?P<asset_id>[0-9a-f-]{36})/info")
    def asset_info(self, asset_id: str) -> Any:
        return self.any_asset(asset_id).row(self.server.api, metadata=True)

    @route("GET", r"/api(/dandisets/\d{6}/versions/[\w.]+)?/assets/(?P<asset_id>[0-9a-f-]{36})/download")
    def download(self, asset_id: str) -> Any:
        blob = self.any_asset(asset_id).blob
        self.put(302, b"", Location=f"{self.server.api.removesuffix('/api')}/s3/{blob.blob_id}?X-Amz-Signature=1")

    # --- uploads, and the storage

    @route("POST", "/api/blobs/digest")
    def digest(self) -> Any:
        wanted = json.loads(self.body)
        blobs = self.server.state.blobs.values()
        found = next((one for one in blobs if wanted["value"] in (one.etag, one.sha256)), None)
        if found is None:
            raise Refusal(404, {"detail": "Not found."})
        return {"blob_id": found.blob_id, "etag": found.etag, "sha256": found.sha256, "size": len(found.content)}

    @route("POST", "/api/uploads/initialize")
    def initialize(self) -> Any:
        self.required_user()
        wanted = json.loads(self.body)
        self.owned(wanted["dandiset"])
        etag = wanted["digest"]["value"]
        if blob := self.server.state.blob_of(etag):
            raise Refusal(409, "Blob already exists.", Location=blob.blob_id)
        upload = self.server.state.begin(etag, wanted["contentSize"])
        storage = f"{self.server.api.removesuffix('/api')}/s3/{upload.upload_id}"
        parts = [
            {"part_number": part.number, "size": part.size, "upload_url": f"{storage}?partNumber={part.number}"}
            for part in upload.plan()
        ]
        return {"upload_id": upload.upload_id, "parts": parts}

    def upload(self, upload_id: str) -> Upload:
        if upload_id not in self.server.state.uploads:
            raise Refusal(404, {"detail": "No Upload matches the given query."})
        return self.server.state.uploads[upload_id]

    @route("PUT", r"/s3/(?P<upload_id>[0-9a-f-]{36})")
    def put_part(self, upload_id: str) -> Any:
        number, content = int(self.query["partNumber"]), self.body
        self.server.sent += len(content)
        if self.fault == "flip":
            content = bytes([content[0] ^ 1]) + content[1:]
        self.upload(upload_id).parts[number] = content
        digest = "0" * 32 if self.fault == "wrong_digest" else _md5(self.body)
        self.put(200, b"", ETag=f'"{digest}"')

    @route("POST", r"/api/uploads/(?P<upload_id>[0-9a-f-]{36})/complete")
    def complete(self, upload_id: str) -> Any:
        self.required_user()
        self.upload(upload_id)
        address = f"{self.server.api.removesuffix('/api')}/s3/{upload_id}?uploadId=1"
        return {"complete_url": address, "body": "<CompleteMultipartUpload/>"}

    @route("POST", r"/s3/(?P<upload_id>[0-9a-f-]{36})")
    def assemble(self, upload_id: str) -> Any:
        upload = self.upload(upload_id)
        upload.content = b"".join(upload.parts[number] for number in sorted(upload.parts))
        result, etag = "CompleteMultipartUploadResult", etag_of(upload.content)
        text = f'<{result} xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><ETag>"{etag}"</ETag></{result}>'
        self.put(200, text.encode(), Content_Type="application/xml")

    @route("POST", r"/api/uploads/(?P<upload_id>[0-9a-f-]{36})/validate")
    def validate(self, upload_id: str) -> Any:
        self.required_user()
        upload = self.upload(upload_id)
        if upload.content is None:
            raise Refusal(400, ["Object does not exist."])
        if etag_of(upload.content) != upload.etag:
            raise Refusal(400, [f"ETag {upload.etag} does not match actual ETag {etag_of(upload.content)}."])
        blob = self.server.state.keep(upload)
        return {"blob_id": blob.blob_id, "etag": blob.etag, "sha256": None, "size": len(blob.content)}

    @route("GET", r"/s3/(?P<blob_id>[0-9a-f-]{36})")
    def get_blob(self, blob_id: str) -> Any:
        content = self.server.state.blobs[blob_id].content
        first, _, last = self.headers.get("Range", "bytes=0-").removeprefix("bytes=").partition("-")
        start, stop = int(first), min(int(last) + 1 if last else len(content), len(content))
        part = content[start:stop]
        self.server.sent += 0 if self.command == "HEAD" else len(part)
        headers = {"Accept_Ranges": "bytes", "Content_Type": "application/octet-stream"}
        if "Range" in self.headers:
            headers["Content_Range"] = f"bytes {start}-{stop - 1}/{len(content)}"
        self.put(206 if "Range" in self.headers else 200, part, **headers)


def _md5(content: bytes) -> str:
    from hashlib import md5

    return md5(content).hexdigest()
