"""Published checksums of a release's files, from its manifest JSON."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from pydantic import BaseModel, Field, ValidationError

from nwbgate.errors import TableError

#: How the release computes the checksums of its files.
ALGORITHM = "blake2b"
#: What the manifest calls the table that makes a folder a release.
SESSIONS_TABLE = "behavior_session_table"


class _Published(BaseModel):
    url: str
    file_hash: str = Field(pattern="^[0-9a-f]{128}$")


class _Manifest(BaseModel):
    metadata_files: dict[str, _Published]
    data_files: dict[str, _Published]


def published_checksums(manifests: Iterable[Path], table: Path) -> dict[str, str]:
    """Return the checksum of each published file by name, if a manifest fits.

    Parameters
    ----------
    manifests : iterable of Path
        Manifest JSONs; of several versions, the one is taken that has the checksum of this very table.
    table : Path
        The table of behavior sessions.

    Raises
    ------
    TableError
        If one that is met before is no manifest.
    """
    own = hashlib.new(ALGORITHM, table.read_bytes()).hexdigest()
    for path in manifests:
        manifest = _read_manifest(path)
        known = manifest.metadata_files.get(SESSIONS_TABLE)
        if known is not None and known.file_hash == own:
            files = manifest.data_files.values()
            return {each.url.rpartition("/")[2]: f"{ALGORITHM}:{each.file_hash}" for each in files}
    return {}


def _read_manifest(path: Path) -> _Manifest:
    try:
        return _Manifest.model_validate_json(path.read_bytes())
    except OSError as problem:
        got = str(problem.strerror)
    except ValidationError as problem:
        first = problem.errors(include_url=False)[0]
        got = ": ".join(part for part in (".".join(map(str, first["loc"])), first["msg"]) if part)
    raise TableError(
        "cannot read the manifest",
        where=str(path),
        got=got,
        expected="a JSON object with metadata_files and data_files, each with its url and its BLAKE2b file_hash",
        fix="download it again, or remove it to convert without verifying checksums",
    )
