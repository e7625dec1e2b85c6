"""Published checksums of a release's files, from its manifest JSON."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from nwbgate.manifest.release_files import ALGORITHM, read_release_list

#: What the manifest calls the table that makes a folder a release.
SESSIONS_TABLE = "behavior_session_table"


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
        If one that is met before cannot be read.
    """
    own = hashlib.new(ALGORITHM, table.read_bytes()).hexdigest()
    for path in manifests:
        manifest = read_release_list(path)
        known = manifest.metadata_files.get(SESSIONS_TABLE)
        if known is not None and known.file_hash == own:
            return {file.name: f"{ALGORITHM}:{file.file_hash}" for file in manifest.data_files.values()}
    return {}
