"""A local copy of the release: its tables, the files that their rows name, and the checksums of these."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from nwbgate.errors import TableError
from nwbgate.manifest.declaration import Spec
from nwbgate.manifest.release_folder import ReleaseFolder
from nwbgate.manifest.spec import load_spec
from nwbgate.manifest.tables import read_tables

#: The table that makes a folder a release, and the name that the manifest JSON has for it.
SESSIONS_TABLE = "behavior_session_table"
#: The tables that say which sessions and planes there are, by their names in the specification.
TABLES = {"behavior_sessions": "behavior_session_table.csv", "ophys_experiments": "ophys_experiment_table.csv"}
_MANIFESTS = "*project_manifest_v*.json"
#: What the table of planes calls a plane of one session, and a plane across sessions.
IDS_OF_PLANE = ("ophys_experiment_id", "ophys_container_id")
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
        self._refuse_missing_tables()
        tables = read_tables(place, _only(TABLES))
        self.sessions, self.experiments = (tables[name] for name in TABLES)
        self._refuse_missing_columns()

    def files_of(self, behavior_session_id: int) -> dict[Path, dict[str, int]]:
        """Return the files of a session, with the ids of the plane that each is of; one without any if none was imaged.

        They are in the order of their ``ophys_experiment_id``.
        """
        rows = self.experiments[self.experiments["behavior_session_id"] == behavior_session_id]
        rows = rows.dropna(subset="ophys_experiment_id").sort_values("ophys_experiment_id")
        planes = [
            {name: int(row[name]) for name in IDS_OF_PLANE if pd.notna(row.get(name))}
            for row in rows.to_dict("records")
        ]
        files = {self.experiment_file(ids["ophys_experiment_id"]): ids for ids in planes}
        return files or {self.session_file(behavior_session_id): {}}

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

    def _refuse_missing_tables(self) -> None:
        missing = [path for name in TABLES.values() if not (path := self.table.with_name(name)).is_file()]
        if missing:
            raise TableError(
                f"the release has no {missing[0].name}",
                where=str(missing[0]),
                got="nothing there",
                expected=f"{' and '.join(TABLES.values())}, which say what there is",
                fix="download the table: `nwbgate fetch visual-behavior` fetches all of them with any session",
            )

    def _refuse_missing_columns(self) -> None:
        needed = {
            "behavior_sessions": (self.sessions, ("behavior_session_id", "mouse_id", "session_type", "project_code")),
            "ophys_experiments": (self.experiments, ("ophys_experiment_id", "behavior_session_id")),
        }
        for name, (frame, columns) in needed.items():
            missing = [column for column in columns if column not in frame]
            if missing:
                raise TableError(
                    f"the table has no column {', '.join(missing)}",
                    where=str(self.table.with_name(TABLES[name])),
                    expected="the tables of a release of Visual Behavior",
                    fix="download the table again",
                )


def _only(names: Iterable[str]) -> Spec:
    """Return the specification of some tables of the release; the others are not read, and need not be there."""
    spec = load_spec("visual_behavior")
    return spec.model_copy(update={"tables": {name: spec.tables[name] for name in names}})


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
