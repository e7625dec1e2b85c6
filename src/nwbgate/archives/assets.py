"""Files of a dandiset in the archive: paths, sizes and digests."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from nwbgate.archives.client import explain_failures

#: Files that one answer of the archive lists.
_PAGE = 1000


@dataclass(frozen=True)
class RemoteAsset:
    """A file of a dandiset.

    Attributes
    ----------
    path : str
        Path in the dandiset.
    identifier : str
        Of the asset.
    bytes : int
        Size.
    dandi_etag, sha256 : str
        Digests; empty where the archive has not computed them.
    metadata : mapping
        All metadata that the archive has of it.
    row : mapping
        What the list of files holds besides.
    """

    path: str
    identifier: str
    bytes: int
    dandi_etag: str = ""
    sha256: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)
    row: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)


def remote_assets(dandiset: Any) -> dict[str, RemoteAsset]:
    """Return the files of one version of a dandiset by their path.

    Parameters
    ----------
    dandiset : dandi.dandiapi.RemoteDandiset
        Dandiset and version.

    Raises
    ------
    UnreachableError, FetchError
        If the archive does not answer, or refuses.
    """
    with explain_failures(str(dandiset.identifier)):
        rows = list(
            dandiset.client.paginate(
                f"{dandiset.version_api_path}assets/", page_size=_PAGE, params={"metadata": "true", "order": "path"}
            )
        )
    return {row["path"]: _asset(row) for row in rows}


def _asset(row: dict[str, Any]) -> RemoteAsset:
    metadata = row.get("metadata") or {}
    digest = metadata.get("digest") or {}
    return RemoteAsset(
        path=row["path"],
        identifier=row["asset_id"],
        bytes=row["size"],
        dandi_etag=digest.get("dandi:dandi-etag", ""),
        sha256=digest.get("dandi:sha2-256", ""),
        metadata=metadata,
        row={key: value for key, value in row.items() if key != "metadata"},
    )


def another_recording(here: Mapping[str, Any], there: Mapping[str, Any]) -> str:
    """Return what shows that two files are different recordings; empty if nothing does."""
    for name, facts in (("subject", _subjects), ("start", _starts)):
        mine, other = facts(here), facts(there)
        if mine and other and mine != other:
            return f"{name} {', '.join(sorted(other))} there, {', '.join(sorted(mine))} here"
    return ""


def _subjects(metadata: Mapping[str, Any]) -> set[str]:
    found = {str(one.get("identifier") or "") for one in metadata.get("wasAttributedTo") or []}
    return found - {""}


def _starts(metadata: Mapping[str, Any]) -> set[str]:
    """Return the starts of the sessions in metadata, in UTC."""
    sessions = [one for one in metadata.get("wasGeneratedBy") or [] if one.get("schemaKey") == "Session"]
    starts = [str(one["startDate"]) for one in sessions if one.get("startDate")]
    return {datetime.fromisoformat(start).astimezone(UTC).isoformat() for start in starts}
