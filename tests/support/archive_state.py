"""The state of a local archive of DANDI: dandisets, files, blobs, as the real one keeps and judges them."""

import hashlib
import threading
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from dandischema.digests.dandietag import DandiETag, PartGenerator
from dandischema.exceptions import JsonschemaValidationError, PydanticValidationError
from dandischema.metadata import validate

#: What the real archive says of a file that it has not judged yet.
PENDING = "asset is currently being validated, please wait."


def now() -> str:
    return datetime.now(UTC).isoformat()


def etag_of(content: bytes) -> str:
    etagger = DandiETag(len(content))
    for part in etagger.get_parts():
        etagger.update(content[part.offset : part.offset + part.size])
    return etagger.as_str()


@dataclass
class Blob:
    blob_id: str
    content: bytes
    etag: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


@dataclass
class Asset:
    asset_id: str
    path: str
    blob: Blob
    metadata: dict[str, Any]
    status: str = "Pending"
    errors: list[dict[str, str]] = field(default_factory=list)
    created: str = field(default_factory=now)

    def full_metadata(self, api: str) -> dict[str, Any]:
        storage = f"{api.removesuffix('/api')}/s3/{self.blob.blob_id}"
        return self.metadata | {
            "id": f"dandiasset:{self.asset_id}",
            "identifier": self.asset_id,
            "path": self.path,
            "contentSize": len(self.blob.content),
            "contentUrl": [f"{api}/assets/{self.asset_id}/download/", storage],
            "digest": {"dandi:dandi-etag": self.blob.etag, "dandi:sha2-256": self.blob.sha256},
            "schemaKey": "Asset",
        }  # fmt: skip

    def row(self, api: str, *, metadata: bool) -> dict[str, Any]:
        found = {
            "asset_id": self.asset_id, "blob": self.blob.blob_id, "zarr": None, "path": self.path,
            "size": len(self.blob.content), "created": self.created, "modified": self.created,
        }  # fmt: skip
        return found | ({"metadata": self.full_metadata(api)} if metadata else {})

    def judge(self, api: str) -> None:
        """Validate the metadata, as a task of the real archive does some time after the upload."""
        try:
            validate(self.full_metadata(api), schema_key="Asset", json_validation=True)
            self.status, self.errors = "Valid", []
        except (PydanticValidationError, JsonschemaValidationError) as problem:
            self.status, self.errors = "Invalid", [_error(each) for each in problem.errors]
        except ValueError as problem:
            self.status, self.errors = "Invalid", [{"field": "", "message": str(problem)}]


def _error(error: Any) -> dict[str, str]:
    if isinstance(error, dict):
        return {"field": str(error["loc"][0]) if error["loc"] else "", "message": error["msg"]}
    return {"field": ".".join(map(str, error.path)), "message": error.message}


@dataclass
class Upload:
    upload_id: str
    etag: str
    size: int
    parts: dict[int, bytes] = field(default_factory=dict)
    content: bytes | None = None

    def plan(self) -> list[Any]:
        return list(PartGenerator.for_file_size(self.size))


@dataclass
class Dandiset:
    identifier: str
    owner: str
    metadata: dict[str, Any]
    embargo: str = "OPEN"
    created: str = field(default_factory=now)
    versions: dict[str, dict[str, Asset]] = field(default_factory=lambda: {"draft": {}})

    def version_row(self, version: str) -> dict[str, Any]:
        assets = self.versions[version].values()
        return {
            "version": version, "name": self.metadata.get("name", ""), "asset_count": len(assets),
            "active_uploads": 0, "size": sum(len(one.blob.content) for one in assets),
            "status": "Pending" if any(one.status == "Pending" for one in assets) else "Valid",
            "created": self.created, "modified": self.created, "release_notes": "",
        }  # fmt: skip

    def row(self) -> dict[str, Any]:
        published = [version for version in self.versions if version != "draft"]
        return {
            "identifier": self.identifier, "created": self.created, "modified": self.created, "contact_person": "",
            "embargo_status": self.embargo, "star_count": 0, "is_starred": False,
            "most_recent_published_version": self.version_row(published[-1]) if published else None,
            "draft_version": self.version_row("draft"),
        }  # fmt: skip

    def info(self, version: str) -> dict[str, Any]:
        errors = [
            {"field": error["field"], "message": error["message"], "path": one.path}
            for one in self.versions[version].values()
            for error in ([{"field": "", "message": PENDING}] if one.status == "Pending" else one.errors)
        ]
        return self.version_row(version) | {
            "dandiset": self.row(), "asset_validation_errors": errors, "version_validation_errors": [],
            "metadata": self.metadata, "contact_person": "",
        }  # fmt: skip


class State:
    """Everything that an archive keeps; one lock for all of it."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.users: dict[str, str] = {}
        self.dandisets: dict[str, Dandiset] = {}
        self.blobs: dict[str, Blob] = {}
        self.uploads: dict[str, Upload] = {}

    def create(self, owner: str, metadata: dict[str, Any], *, embargo: bool = False) -> Dandiset:
        number = f"{len(self.dandisets) + 1:06}"
        made = Dandiset(number, owner, metadata, "EMBARGOED" if embargo else "OPEN")
        self.dandisets[number] = made
        return made

    def blob_of(self, etag: str) -> Blob | None:
        return next((blob for blob in self.blobs.values() if blob.etag == etag), None)

    def begin(self, etag: str, size: int) -> Upload:
        made = Upload(str(uuid.uuid4()), etag, size)
        self.uploads[made.upload_id] = made
        return made

    def keep(self, upload: Upload) -> Blob:
        """Make a blob of an upload that has ended."""
        made = Blob(upload.upload_id, upload.content or b"", upload.etag)
        self.blobs[made.blob_id] = made
        del self.uploads[upload.upload_id]
        return made

    def add(self, dandiset: Dandiset, blob_id: str, metadata: dict[str, Any]) -> Asset:
        made = Asset(str(uuid.uuid4()), metadata["path"], self.blobs[blob_id], metadata)
        dandiset.versions["draft"][made.path] = made
        return made
