"""Final places of converted files: a folder, or a bucket of an object store."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from nwbgate.errors import UsageError, WriteError
from nwbgate.extras import import_extra
from nwbgate.storage.remote_files.address import Address, is_address
from nwbgate.streaming.multipart import PART, Parts, upload

#: Extra that installs the client of object stores.
EXTRA = "s3"
#: Name under which an object keeps the digest of everything that its content depends on.
KEY = "nwbgate-key"
_TIMES = {"connect_timeout": 15, "read_timeout": 60, "retries": {"mode": "standard", "total_max_attempts": 5}}


class Destination(Protocol):
    """Final place of the files of a run."""

    @property
    def folder(self) -> Path:
        """Folder that sessions are converted into."""

    @property
    def ledger(self) -> Path:
        """Folder of the ledger."""

    @property
    def on_scratch(self) -> bool:
        """Whether files lie in the scratch folder until they are delivered."""

    def place_of(self, file: Path) -> Path:
        """Return the final place of a file in `folder`."""

    def holds(self, entry: Mapping[str, Any], file: Path, key: str) -> bool:
        """Return whether the file of a session is there."""

    def deliver(self, file: Path, key: str) -> tuple[Path, dict[str, Any]]:
        """Bring a file to its place; return place and ledger facts."""


@dataclass(frozen=True)
class LocalFolder:
    """A folder, in which the writer gives each checked file its name."""

    folder: Path
    on_scratch = False

    @property
    def ledger(self) -> Path:
        """The folder itself."""
        return self.folder

    def place_of(self, file: Path) -> Path:
        """Return the path of the file itself."""
        return file

    def holds(self, entry: Mapping[str, Any], file: Path, key: str) -> bool:
        """Return whether the file has the size and time of the ledger's line."""
        try:
            return bool(entry) and entry.get("file") == _state(self.folder / str(entry.get("path")))
        except OSError:
            return False

    def deliver(self, file: Path, key: str) -> tuple[Path, dict[str, Any]]:
        """Return the file and its state."""
        return file, {"file": _state(file)}


@dataclass(frozen=True)
class Bucket:
    """A bucket, or a prefix in it.

    Parameters
    ----------
    url : str
        ``s3://bucket`` or ``s3://bucket/prefix``.
    scratch : Path
        Scratch folder, with the ledger.
    folder : Path
        Folder in it that sessions are converted into.
    endpoint : str
        Address of an object store other than that of Amazon; by default what ``AWS_ENDPOINT_URL`` says.
    bytes_of_part : int
        Size of the parts of an upload.
    """

    url: str
    scratch: Path
    folder: Path
    endpoint: str = ""
    bytes_of_part: int = PART
    on_scratch = True

    @property
    def ledger(self) -> Path:
        """The scratch folder."""
        return self.scratch

    @property
    def bucket(self) -> str:
        """Name of the bucket."""
        return urlsplit(self.url).netloc

    def name_of(self, file: Path) -> str:
        """Return the key of a file's object."""
        prefix = urlsplit(self.url).path.strip("/")
        return "/".join(filter(None, (prefix, file.relative_to(self.folder).as_posix())))

    def place_of(self, file: Path) -> Path:
        """Return the address of a file's object."""
        return Address(f"s3://{self.bucket}/{self.name_of(file)}")

    def require_access(self) -> None:
        """Reject a bucket that cannot be listed, before anything is fetched.

        Raises
        ------
        MissingExtraError
            If the extra ``s3`` is not installed.
        UsageError
            If the bucket does not exist, refuses, or does not answer.
        """
        client = _client(self.endpoint)
        try:
            with _explain(self.url):
                client.list_objects_v2(Bucket=self.bucket, MaxKeys=1)
        except WriteError as error:
            raise UsageError("the bucket cannot be used", where=error.where, got=error.got, fix=error.fix) from error

    def holds(self, entry: Mapping[str, Any], file: Path, key: str) -> bool:
        """Return whether the object is there, by ledger or metadata."""
        found = self._objects.get(self.name_of(file))
        if found is None:
            return False
        if entry and found == (entry.get("bytes"), entry.get("etag")):
            return True
        with _explain(self.url):
            head = _client(self.endpoint).head_object(Bucket=self.bucket, Key=self.name_of(file))
        return bool(head.get("Metadata", {}).get(KEY) == key)

    @cached_property
    def _objects(self) -> dict[str, tuple[int, str]]:
        """Size and ETag of each object below the prefix, as they were at first."""
        prefix = urlsplit(self.url).path.strip("/")
        pages = _client(self.endpoint).get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix)
        with _explain(self.url):
            objects = [each for page in pages for each in page.get("Contents", ())]
        return {each["Key"]: (each["Size"], each["ETag"].strip('"')) for each in objects}

    def deliver(self, file: Path, key: str) -> tuple[Path, dict[str, Any]]:
        """Upload a file; return its address and what the ledger keeps of it.

        Raises
        ------
        WriteError
            If the store does not answer, refuses, or holds something else afterwards.
        """
        place, parts = self.place_of(file), Parts(file, self.bytes_of_part)
        with _explain(str(place)):
            stored = upload(_client(self.endpoint), self.bucket, self.name_of(file), parts, {KEY: key})
        return place, stored


def _state(path: Path) -> list[int]:
    status = path.stat()
    return [status.st_size, status.st_mtime_ns]


def make_destination(output: Path, scratch: Path, folder: Path, endpoint: str = "") -> LocalFolder | Bucket:
    """Return the destination that an output names.

    Raises
    ------
    UsageError
        If it is an address, and not one of a bucket, or an endpoint is given for a folder.
    """
    text = str(output)
    if not is_address(output):
        if endpoint:
            raise UsageError(
                "an endpoint needs a bucket", where="--s3-endpoint", got=f"--output {text}",
                expected="--output s3://bucket/prefix", fix="leave --s3-endpoint out for a folder",
            )  # fmt: skip
        return LocalFolder(output.absolute())
    if not text.startswith("s3://") or not urlsplit(text).netloc:
        raise UsageError(
            "files cannot be written to this address",
            where="--output",
            got=text,
            expected="a folder, or s3://bucket/prefix",
            fix="name a folder or a bucket",
        )
    return Bucket(text, scratch, folder, endpoint)


@lru_cache(maxsize=4)
def _client(endpoint: str) -> Any:
    """Return the client of a store, by the usual environment of AWS."""
    session = import_extra("botocore.session", EXTRA).get_session()
    config = import_extra("botocore.config", EXTRA).Config(
        **_TIMES, **({"s3": {"addressing_style": "path"}} if endpoint else {})
    )
    region = session.get_config_variable("region") or "us-east-1"
    return session.create_client("s3", endpoint_url=endpoint or None, region_name=region, config=config)


@contextmanager
def _explain(where: str) -> Iterator[None]:
    """Turn errors of the store and of its client into a `WriteError`."""
    failures = import_extra("botocore.exceptions", EXTRA)
    try:
        yield
    except failures.NoCredentialsError as error:
        raise WriteError(
            "no credentials for the bucket",
            where=where,
            got=str(error),
            expected="AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, or the role of this machine",
            fix="set them as for the AWS command line",
        ) from error
    except (failures.ClientError, failures.BotoCoreError) as error:
        raise WriteError(
            "the bucket cannot be written to or read",
            where=where,
            got=f"{type(error).__name__}: {error}"[:300],
            expected="an existing bucket that your credentials may list, read and write",
            fix="check its name, the endpoint and the credentials; run again when it answers: what is done is kept",
        ) from error
