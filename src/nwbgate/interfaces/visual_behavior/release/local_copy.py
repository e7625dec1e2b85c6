"""A local copy of the release: tables, files and checksums."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from nwbgate.errors import TableError
from nwbgate.interfaces.visual_behavior.release.checksums import published_checksums
from nwbgate.manifest.release_files import lists_in
from nwbgate.manifest.release_folder import ReleaseFolder
from nwbgate.manifest.specification.declaration import Spec
from nwbgate.manifest.specification.spec import load_spec
from nwbgate.manifest.tables import UNPARSED, read_tables

#: The tables that say which sessions and planes there are, by their names in the specification.
TABLES = {"behavior_sessions": "behavior_session_table.csv", "ophys_experiments": "ophys_experiment_table.csv"}
#: What the table of planes calls a plane of one session, and a plane across sessions.
IDS_OF_PLANE = ("ophys_experiment_id", "ophys_container_id")
#: What every row of each table has; the first is what the row is of.
_NEEDED = {
    "behavior_sessions": ("behavior_session_id", "mouse_id", "session_type"),
    "ophys_experiments": ("ophys_experiment_id", "behavior_session_id"),
}


class LocalRelease(ReleaseFolder):
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
        for name, columns in _NEEDED.items():
            _refuse_missing_values(tables[name], columns, tables[UNPARSED].query("table == @name"), self._path(name))
            _refuse_equal_rows(tables[name][columns[0]], self._path(name))

    def files_of(self, session: Mapping[Any, Any]) -> dict[Path, dict[str, int]]:
        """Return a session's files with the ids of their planes, empty without imaging.

        Parameters
        ----------
        session : mapping
            A row of the table of sessions. A plane that it lists belongs to it even if the table of planes lost it.

        Returns
        -------
        dict of Path to dict
            In the order of their ``ophys_experiment_id``.
        """
        listed = session.get("ophys_experiment_id")
        known = listed if isinstance(listed, tuple) else ()
        planes = {int(each): {"ophys_experiment_id": int(each)} for each in known}
        number = int(session["behavior_session_id"])
        for row in self.experiments[self.experiments["behavior_session_id"] == number].to_dict("records"):
            ids = {name: int(row[name]) for name in IDS_OF_PLANE if pd.notna(row.get(name))}
            planes[ids["ophys_experiment_id"]] = ids
        return {self.experiment_file(each): planes[each] for each in sorted(planes)} or {self.session_file(number): {}}

    def checksums(self) -> dict[str, str]:
        """Return the checksum of each published file by name, if a manifest fits.

        Of several manifests, the one is taken that has the checksum of this very table.
        """
        return published_checksums(self._manifests(), self.table)

    def _manifests(self) -> list[Path]:
        """Return the manifests: in ``manifests`` of a mounted bucket, or beside a cached release."""
        places = (self.folder / "manifests", self.folder, self.folder.parent)
        return [path for place in places for path in lists_in(place)]

    def _path(self, name: str) -> Path:
        return self.table.with_name(TABLES[name])

    def _refuse_missing_tables(self) -> None:
        missing = [path for name in TABLES if not (path := self._path(name)).is_file()]
        if missing:
            raise TableError(
                f"the release has no {missing[0].name}",
                where=str(missing[0]),
                got="no such file",
                expected=f"{' and '.join(TABLES.values())}",
                fix="download the table: `nwbgate fetch visual-behavior` fetches all of them with any session",
            )

    def _refuse_missing_columns(self) -> None:
        frames = dict(zip(TABLES, (self.sessions, self.experiments), strict=True))
        for name, columns in _NEEDED.items():
            missing = [column for column in columns if column not in frames[name]]
            if missing:
                raise TableError(
                    f"the table has no column {', '.join(missing)}",
                    where=str(self._path(name)),
                    expected="the tables of a release of Visual Behavior",
                    fix="download the table again",
                )


def _only(names: Iterable[str]) -> Spec:
    """Return the specification of only some tables of the release."""
    spec = load_spec("visual_behavior")
    return spec.model_copy(update={"tables": {name: spec.tables[name] for name in names}})


def _refuse_missing_values(frame: pd.DataFrame, columns: Iterable[str], unparsed: pd.DataFrame, path: Path) -> None:
    """Reject rows without ids: their files would be skipped or misnamed."""
    for column in columns:
        rows = frame.index[frame[column].isna()]
        if len(rows):
            texts = unparsed.query("column == @column").set_index("row")["text"]
            raise TableError(
                f"a row has no {column}",
                where=f"{path}, row {rows[0] + 1} below the header",
                got=repr(texts.get(rows[0], "")),
                expected=f"a value of {column} in every row",
                fix="download the table again",
            )


def _refuse_equal_rows(keys: pd.Series, path: Path) -> None:
    twice = keys[keys.duplicated()]
    if len(twice):
        raise TableError(
            f"two rows share one {keys.name}",
            where=f"{path}, row {twice.index[0] + 1} below the header",
            got=f"{twice.iloc[0]} again",
            expected=f"each {keys.name} once",
            fix="download the table again",
        )
