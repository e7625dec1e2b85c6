"""A local copy of the release: its tables, the files that their rows name, and the checksums of these."""

import hashlib
import json
from pathlib import Path
from typing import Any

from nwbgate.errors import TableError
from nwbgate.manifest.release_folder import ReleaseFolder
from nwbgate.manifest.spec import load_spec
from nwbgate.manifest.tables import read_tables

#: The table that makes a folder a release, and the name that the manifest JSON has for it.
SESSIONS_TABLE = "behavior_session_table"
_MANIFESTS = "*project_manifest_v*.json"
#: How the release computes the checksums of its files.
ALGORITHM = "blake2b"


class Release(ReleaseFolder):
    """A folder with ``project_metadata``, in one of the two layouts of AllenSDK's caches.

    Parameters
    ----------
    table : Path
        Its ``behavior_session_table.csv``.

    Attributes
    ----------
    folder : Path
        Where ``behavior_sessions`` and ``behavior_ophys_experiments`` are.
    sessions, experiments : pandas.DataFrame
        The tables of behavior sessions and of imaging planes.

    Raises
    ------
    TableError
        If a table is missing or is not one.
    """

    def __init__(self, table: Path) -> None:
        self.table = table
        place = table.absolute().parent
        super().__init__(place)
        tables = read_tables(place, load_spec("visual_behavior"))
        self.sessions, self.experiments = tables["behavior_sessions"], tables["ophys_experiments"]
        self._refuse_missing_columns()

    def experiments_of(self, behavior_session_id: int) -> list[int]:
        """Return the identifiers of the planes of a session, ascending."""
        rows = self.experiments[self.experiments["behavior_session_id"] == behavior_session_id]
        return sorted(int(value) for value in rows["ophys_experiment_id"].dropna())

    def checksums(self) -> dict[str, str]:
        """Return the checksum of each published file by its name; none where no manifest JSON is of these tables.

        Of several manifests, the one is taken that has the checksum of this very table.
        """
        own = hashlib.new(ALGORITHM, self.table.read_bytes()).hexdigest()
        for path in self._manifests():
            manifest = _read(path)
            tables, files = manifest.get("metadata_files", {}), manifest.get("data_files", {})
            if tables.get(SESSIONS_TABLE, {}).get("file_hash") == own:
                return {
                    str(entry["url"]).rpartition("/")[2]: f"{ALGORITHM}:{entry['file_hash']}"
                    for entry in files.values()
                }
        return {}

    def _manifests(self) -> list[Path]:
        """Return the manifests: in ``manifests`` of a mounted bucket, beside the release in a cache."""
        places = (self.folder / "manifests", self.folder, self.folder.parent)
        return [path for place in places for path in sorted(place.glob(_MANIFESTS))]

    def _refuse_missing_columns(self) -> None:
        needed = {
            "behavior_session_table.csv": (
                self.sessions, ("behavior_session_id", "mouse_id", "session_type", "project_code")
            ),
            "ophys_experiment_table.csv": (self.experiments, ("ophys_experiment_id", "behavior_session_id")),
        }  # fmt: skip
        for file, (frame, columns) in needed.items():
            missing = [column for column in columns if column not in frame]
            if missing:
                raise TableError(
                    f"the table has no column {', '.join(missing)}",
                    where=str(self.table.with_name(file)),
                    expected="the tables of a release of Visual Behavior",
                    fix="download the table again",
                )


def _read(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        fix = "download the manifest again, or remove it: files are then converted without a look at their checksums"
        raise TableError("the manifest cannot be read", where=str(path), got=str(problem), fix=fix) from problem
    if not isinstance(content, dict):
        raise TableError(
            "the manifest is not a JSON object",
            where=str(path),
            got=type(content).__name__,
            fix="download the manifest again",
        )
    return content
