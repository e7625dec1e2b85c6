"""The manifest of a release: its files, their places and hashes.

A manifest comes from outside and says where files are written: every path in it is judged before it is used.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from nwbgate.errors import FetchError
from nwbgate.fetching.release import Release, Version
from nwbgate.manifest.release_files import DIGEST

#: Letters that names in a release may have; anything else could mean something to a shell, a server or a file system.
_NAME = re.compile(r"[A-Za-z0-9_+=,@~][A-Za-z0-9._+=,@~ -]*")
#: BLAKE2b in its full length, as AllenSDK computes it.
_HASH = re.compile(DIGEST)
_LONGEST = 1024


@dataclass(frozen=True)
class RemoteFile:
    """A file of the release.

    Parameters
    ----------
    key : str
        Path in the bucket.
    version_id : str
        Which version of the object, or the empty string.
    path : PurePosixPath
        Path in the local copy.
    blake2b : str
        What its content hashes to, as 128 hexadecimal digits.
    """

    key: str
    version_id: str
    path: PurePosixPath
    blake2b: str

    @property
    def address(self) -> str:
        """Path and query of the request to the server."""
        query = f"?versionId={quote(self.version_id, safe='')}" if self.version_id else ""
        return quote(self.key) + query


@dataclass(frozen=True)
class ReleaseManifest:
    """A parsed manifest with validated paths.

    Parameters
    ----------
    name : str
        File name.
    content : bytes
        The manifest as it came.
    tables : mapping of str to RemoteFile
        The metadata tables by name.
    files : mapping of str to RemoteFile
        The data files by number.
    """

    name: str
    content: bytes
    tables: Mapping[str, RemoteFile]
    files: Mapping[str, RemoteFile]


def parse_manifest(content: bytes, release: Release, version: Version) -> ReleaseManifest:
    """Parse a manifest.

    Parameters
    ----------
    content : bytes
        The JSON file.
    release : Release
        The release that it must be of.
    version : Version
        The version that it must be of.

    Raises
    ------
    FetchError
        If it is not JSON, of another release or version, lacks something, or has a path that leads out of the copy.
    """
    name = release.manifest_file(version)
    data = _json(content, name)
    for key, wanted in (("project_name", release.project), ("manifest_version", str(version))):
        if data.get(key) != wanted:
            raise FetchError(
                "the manifest belongs to something else",
                where=f"{name}: {key}",
                got=repr(data.get(key)),
                expected=wanted,
                fix="contact the server's operator, or name another server with --base-url",
            )
    folder = f"{release.project}-{version}"
    tables = _files(data, "metadata_files", name, release.project, folder)
    data_files = _files(data, "data_files", name, release.project, folder)
    _refuse_equal_paths([*tables.values(), *data_files.values()], name)
    return ReleaseManifest(name, content, tables, data_files)


def _json(content: bytes, name: str) -> dict[str, Any]:
    try:
        data = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise FetchError(
            "the manifest is not JSON",
            where=name,
            got=str(error),
            fix="contact the server's operator, or name another server with --base-url",
        ) from None
    if not isinstance(data, dict):
        raise FetchError(
            "the manifest is not a mapping",
            where=name,
            got=type(data).__name__,
            fix="contact the server's operator, or name another server with --base-url",
        )
    return data


def _files(data: dict[str, Any], part: str, name: str, project: str, folder: str) -> dict[str, RemoteFile]:
    entries = data.get(part)
    if not isinstance(entries, dict) or not entries:
        raise FetchError(
            f"the manifest has no {part}",
            where=name,
            fix="contact the server's operator, or name another server with --base-url",
        )
    return {key: _file(entry, f"{name}: {part}: {key}", project, folder) for key, entry in entries.items()}


def _file(entry: object, where: str, project: str, folder: str) -> RemoteFile:
    fields = entry if isinstance(entry, dict) else {}
    url, version_id, digest = (fields.get(key) for key in ("url", "version_id", "file_hash"))
    if not isinstance(url, str) or not isinstance(version_id, str | None) or not isinstance(digest, str):
        raise FetchError(
            "an entry lacks url, version_id or file_hash",
            where=where,
            got=str(entry)[:200],
            fix="contact the server's operator, or name another server with --base-url",
        )
    if not _HASH.fullmatch(digest):
        raise FetchError(
            "invalid BLAKE2b hash",
            where=where,
            got=digest[:200],
            expected="128 hex digits",
            fix="contact the server's operator, or name another server with --base-url",
        )
    key = _judged_path(url, where, project)
    path = PurePosixPath(folder, *PurePosixPath(key).parts[1:])
    return RemoteFile(key, version_id or "", path, digest)


def _judged_path(url: str, where: str, project: str) -> str:
    """Return the path of an address, which must stay in the folder."""
    key = unquote(urlsplit(url).path).removeprefix("/") if len(url) <= _LONGEST else ""
    parts = key.split("/")
    if len(parts) < 2 or parts[0] != project or not all(_NAME.fullmatch(part) for part in parts):
        raise FetchError(
            "an address points outside the release",
            where=where,
            got=url[:200],
            expected=f".../{project}/ and plain names of folders and of a file",
            fix="do not use this manifest: it would write files elsewhere",
        )
    return key


def _refuse_equal_paths(files: list[RemoteFile], name: str) -> None:
    seen: dict[str, RemoteFile] = {}
    for file in files:
        other = seen.setdefault(str(file.path).lower(), file)
        if other is not file and other != file:
            raise FetchError(
                "two entries share a path",
                where=name,
                got=f"{other.path} and {file.path}",
                fix="contact the server's operator, or name another server with --base-url",
            )
