"""Metadata of one asset: extracted by dandi-cli, validated by dandischema."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nwbgate.archives.library import dandi_library
from nwbgate.dandi.files.digests import Digests
from nwbgate.dandi.files.schema_errors import schema_errors
from nwbgate.errors import MetadataError
from nwbgate.storage.safe_files.file_errors import unreadable
from nwbgate.storage.safe_files.refusals import system_errno

#: Identifier that stands for the one that the archive gives to an asset.
_UNKNOWN = "00000000-0000-4000-8000-000000000000"


def asset_metadata(file: Path, path: str, digests: Digests) -> dict[str, Any]:
    """Return the metadata of a file, as dandi-cli sends them.

    Parameters
    ----------
    file : Path
        An NWB file.
    path : str
        Its path in the dandiset.
    digests : Digests
        Those of the file.

    Raises
    ------
    MetadataError
        If dandi-cli cannot extract them.
    SourceError
        If the disk or the server of the file fails.
    """
    extract = dandi_library("dandi.metadata.nwb").nwb2asset
    digest = dandi_library("dandi.misctypes").Digest.dandi_etag(digests.dandi_etag)
    try:
        asset = extract(file, digest=digest)
    except Exception as problem:  # of any kind: it reads the whole file by PyNWB and interprets texts
        if system_errno(problem) is not None:
            raise unreadable(str(file), problem) from problem
        raise MetadataError(
            "dandi-cli cannot extract the metadata of the file",
            where=str(file),
            got=f"{type(problem).__name__}: {problem}",
            fix="correct the metadata of the session and write the file again",
        ) from problem
    asset.path = path
    metadata: dict[str, Any] = asset.model_dump(mode="json", exclude_none=True)
    return metadata


def metadata_errors(metadata: Mapping[str, Any], digests: Digests) -> list[tuple[str, str]]:
    """Return each field that the archive would refuse, with the reason.

    Parameters
    ----------
    metadata : mapping
        As `asset_metadata` returns them.
    digests : Digests
        Those of the file.
    """
    models = dandi_library("dandischema.models")
    of_the_archive = {
        "id": f"dandiasset:{_UNKNOWN}",
        "identifier": _UNKNOWN,
        "schemaKey": "Asset",
        "contentUrl": ["https://example.org/download/", "https://example.org/blob"],
        "digest": {"dandi:dandi-etag": digests.dandi_etag, "dandi:sha2-256": digests.sha256},
    }
    return schema_errors(models.Asset, {**metadata, **of_the_archive})
