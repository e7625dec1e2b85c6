"""The local copy of a release, in the layout of AllenSDK's cache.

``<dir>/<manifest>.json``, ``<dir>/<project>-<version>/...``, ``<dir>/_downloaded_data.json`` (path to hash, of what was
fetched) and ``<dir>/_manifest_last_used.txt``: AllenSDK 2.16.2, ``allensdk/api/cloud_cache/cloud_cache.py``.
"""

import json
from enum import StrEnum
from pathlib import Path

from nwbgate.errors import UsageError
from nwbgate.fetching.download import blake2b_of, part_of
from nwbgate.fetching.manifest import ReleaseManifest, RemoteFile
from nwbgate.json_text import parse_json
from nwbgate.storage.safe_files.atomic import write_whole
from nwbgate.storage.safe_files.refusals import explain_refusals

RECORD = "_downloaded_data.json"
LAST_USED = "_manifest_last_used.txt"


class CopyState(StrEnum):
    """State of a file in the copy."""

    MISSING = "missing"
    WHOLE = "present and verified"
    DAMAGED = "present but different from the manifest"


class LocalCopy:
    """A folder with a copy of a release or part of it.

    Parameters
    ----------
    folder : Path
        The folder; made when something is written.

    Raises
    ------
    UsageError
        If it is a file.
    """

    def __init__(self, folder: Path) -> None:
        if folder.exists() and not folder.is_dir():
            raise UsageError("this is not a folder", where=str(folder), fix="name a folder for the copy")
        self.folder = folder.absolute()

    def path(self, file: RemoteFile) -> Path:
        """Return the path of a file in the copy."""
        return self.folder / file.path

    def state(self, file: RemoteFile) -> CopyState:
        """Read a file whole and return its state."""
        path = self.path(file)
        if not path.is_file():
            return CopyState.MISSING
        with explain_refusals(path), path.open("rb") as stream:
            whole = blake2b_of(stream).hexdigest() == file.blake2b
        return CopyState.WHOLE if whole else CopyState.DAMAGED

    def arrived_bytes(self, file: RemoteFile) -> int:
        """Return the bytes of a file that an earlier run left."""
        part = part_of(self.path(file))
        return part.stat().st_size if part.is_file() else 0

    def keep_beginning(self, file: RemoteFile, size: int | None) -> None:
        """Reuse a truncated file as the beginning of its download, unless more has arrived."""
        path = self.path(file)
        if path.is_symlink() or size is None or not self.arrived_bytes(file) <= path.stat().st_size < size:
            return
        with explain_refusals(path):
            path.replace(part_of(path))

    def write_manifest(self, manifest: ReleaseManifest) -> None:
        """Write the manifest and mark it as the last one used."""
        with explain_refusals(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
        _write(self.folder / manifest.name, manifest.content)
        _write(self.folder / LAST_USED, manifest.name.encode())

    def record(self, *files: RemoteFile) -> None:
        """Record files as present, with their hashes."""
        path = self.folder / RECORD
        noted = _recorded_hashes(path)
        added = {str(self.path(file).resolve()): file.blake2b for file in files}
        if not added.items() <= noted.items():
            _write(path, json.dumps({**noted, **added}, indent=2, sort_keys=True).encode())


def _recorded_hashes(path: Path) -> dict[str, str]:
    """Return the recorded hashes; a damaged record counts as empty."""
    try:
        with explain_refusals(path):
            noted = parse_json(path.read_bytes()) if path.exists() else {}
    except ValueError:
        return {}
    return noted if isinstance(noted, dict) else {}


def _write(path: Path, content: bytes) -> None:
    """Write a small file whole, or not at all."""
    write_whole(path, [content])
