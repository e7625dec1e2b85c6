"""The NWB files of a ``dandi://`` address, and where to read them."""

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from nwbgate.archives.assets import RemoteAsset, remote_assets
from nwbgate.archives.client import api_address, connect, explain_failures
from nwbgate.archives.library import dandi_library
from nwbgate.errors import FetchError, UsageError

#: ``dandi://[INSTANCE/]ID[@VERSION][/GLOB]``.
_ADDRESS = re.compile(
    r"dandi://(?:(?P<instance>[A-Za-z][\w-]*)/)?(?P<number>\d{6})(?:@(?P<version>[\w.]+))?(?:/(?P<glob>.*))?"
)
#: End of the name of a Zarr store of NWB; a store may also be named as a file is.
_STORE = ".nwb.zarr"
#: Variable of dandi-cli with the archive that is meant where none is named.
_INSTANCE = "DANDI_INSTANCE"


@dataclass(frozen=True)
class DandiAddress:
    """A ``dandi://`` address in its parts.

    Attributes
    ----------
    instance : str
        Name of the archive, or the address of its API.
    number : str
        Six digits of the dandiset.
    version : str or None
        Version; None for the last published one, or the draft where none is.
    glob : str
        Pattern of paths, or a folder; empty for all files.
    """

    instance: str
    number: str
    version: str | None
    glob: str

    @classmethod
    def parse(cls, address: str) -> "DandiAddress":
        """Return the parts of an address.

        Raises
        ------
        UsageError
            If it has another form.
        """
        match = _ADDRESS.fullmatch(address)
        if match is None:
            raise UsageError(
                "invalid address of a dandiset",
                where=address,
                expected="dandi://000711, dandi://000711@draft or dandi://000711@0.240101.1200/sub-*/*.nwb",
                fix="copy the identifier from the web page of the dandiset",
            )
        instance = match["instance"] or os.environ.get(_INSTANCE) or "dandi"
        return cls(instance, match["number"], match["version"], match["glob"] or "")

    def means(self, path: str) -> bool:
        """Return whether the address selects a path; ``*`` crosses folders."""
        if not path.lower().endswith((".nwb", _STORE)):
            return False
        folder = f"{self.glob.rstrip('/')}/"
        return not self.glob or path.startswith(folder) or fnmatchcase(path, self.glob)


@dataclass(frozen=True)
class DandiFile:
    """A file or Zarr store of a dandiset.

    Attributes
    ----------
    address : str
        Its own ``dandi://`` address, with version and path.
    url : str
        Where its bytes are.
    bytes : int
        Its size.
    is_store : bool
        Whether it is a Zarr store: a folder of many objects, which has no address of one file.
    """

    address: str
    url: str
    bytes: int
    is_store: bool


def dandi_files(address: str) -> list[DandiFile]:
    """Return the NWB files and stores of a ``dandi://`` address, sorted by path.

    Parameters
    ----------
    address : str
        ``dandi://[INSTANCE/]ID[@VERSION][/GLOB]``.

    Raises
    ------
    UsageError
        If the address is invalid, or means no NWB file.
    UnreachableError, FetchError
        If the archive does not answer, or does not have the dandiset.
    """
    meant = DandiAddress.parse(address)
    client = connect(meant.instance, with_key=False)
    with explain_failures(f"dandiset {meant.number} of {api_address(meant.instance)}"):
        dandiset = client.get_dandiset(meant.number, meant.version, lazy=False)
        hidden = dandiset.embargo_status is not dandi_library("dandi.consts").EmbargoStatus.OPEN
        version = dandiset.version_id
    found = [asset for path, asset in sorted(remote_assets(dandiset).items()) if meant.means(path)]
    if not found:
        raise UsageError(
            "the address means no NWB file of the dandiset",
            where=address,
            got=f"{dandiset.version.asset_count} files in version {version}",
            expected="a path or pattern of *.nwb files",
            fix="leave the pattern out to see all files",
        )
    named = "" if meant.instance.startswith("http") else f"{meant.instance}/"
    return [_file(f"dandi://{named}{meant.number}@{version}/{one.path}", one, client, hidden=hidden) for one in found]


def _file(address: str, asset: RemoteAsset, client: Any, *, hidden: bool) -> DandiFile:
    is_store = asset.row.get("zarr") is not None or asset.path.lower().endswith(_STORE)
    places = [str(url) for url in asset.metadata.get("contentUrl") or []]
    url = _signed_address(client, asset) if hidden and not is_store else _storage(places)
    url = url or f"{client.api_url.rstrip('/')}/assets/{asset.identifier}/download/"
    return DandiFile(address, url, asset.bytes, is_store)


def _storage(places: Iterable[str]) -> str:
    """Return the address in the storage, which gives ranges without a detour."""
    return next((url for url in places if "/assets/" not in url), "")


def _signed_address(client: Any, asset: RemoteAsset) -> str:
    """Return the signed address of an embargoed file; it expires and holds no key."""
    path = f"/assets/{asset.identifier}/download/"
    with explain_failures(asset.path):
        answer = client.get(path, json_resp=False, allow_redirects=False)
    location = answer.headers.get("Location")
    if not location:
        raise FetchError("the archive gives no address of this file", where=asset.path, fix="try again later")
    return str(location)
