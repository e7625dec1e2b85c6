"""Tables of a folder, from its manifest or its files, with filters."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import pandas as pd

from nwbgate.errors import TableError, UsageError, nearest
from nwbgate.manifest.filters import Filters, as_list, choose_rows
from nwbgate.manifest.specification.declaration import Spec
from nwbgate.manifest.tables import tables_folder
from nwbgate.reading.cached_values import forget_cached
from nwbgate.reading.projects.files import ProjectFiles
from nwbgate.reading.projects.mouse_history import mice
from nwbgate.reading.projects.table_format import INDEX, manifest_spec, manifest_table, with_columns
from nwbgate.reading.projects.tables_from_files import TABLES

#: One value of a filter, or several.
Values = str | int | Sequence[str | int] | None


class Catalogue:
    """A folder's tables under AllenSDK's names, each read once.

    Parameters
    ----------
    folder : Path
        Folder with the files.
    manifest : Path
        Folder with the tables.
    spec : str, Path or Spec, optional
        Specification of the tables; by default the nearest shipped one.
    cache : bool
        Keep the facts of many files in a hidden file in the folder.

    Attributes
    ----------
    folder : Path
        Folder with the files.
    """

    def __init__(self, folder: Path, manifest: Path, spec: "str | Path | Spec | None", *, cache: bool = True) -> None:
        self.folder, self._manifest, self._given_spec, self._cache = folder, manifest, spec, cache
        self._spec = manifest_spec(manifest, spec)

    def refresh(self) -> None:
        """Forget all tables and files, so that they are read again.

        Nothing in the folder is watched: a file that is added, replaced or taken away after it was first looked at is
        seen only after this. What was opened before stays what it was.

        Raises
        ------
        TableError
            If a table is none any more.
        """
        self._spec = manifest_spec(self._manifest, self._given_spec)
        forget_cached(self)

    @cached_property
    def files(self) -> ProjectFiles:
        """The NWB files below the folder."""
        return ProjectFiles(self.folder, cache=self._cache)

    @property
    def dataset(self) -> str:
        """Title of the manifest's dataset, empty without one."""
        return self._spec.title if self._spec is not None else ""

    @cached_property
    def behavior_sessions(self) -> pd.DataFrame:
        """One row per behavior session, including training (index ``behavior_session_id``).

        AllenSDK: ``cache.get_behavior_session_table()``.
        """
        return self._table("behavior_sessions")

    @cached_property
    def ophys_sessions(self) -> pd.DataFrame:
        """One row per imaging session (index ``ophys_session_id``); AllenSDK: ``get_ophys_session_table()``."""
        return self._table("ophys_sessions")

    @cached_property
    def ophys_experiments(self) -> pd.DataFrame:
        """One row per imaging plane (index ``ophys_experiment_id``); AllenSDK: ``get_ophys_experiment_table()``."""
        return self._table("ophys_experiments")

    @cached_property
    def ophys_cells(self) -> pd.DataFrame:
        """One row per cell of a plane (index ``cell_roi_id``); AllenSDK: ``get_ophys_cells_table()``."""
        return self._table("ophys_cells")

    @cached_property
    def recordings(self) -> pd.DataFrame:
        """One row per file with an electrical recording (index ``recording_id``).

        Columns are what the files say (``path``, ``genotype``, ``duration`` in seconds, ``sampling_rate`` in hertz,
        ``n_spikes`` ...), and those of ``recordings.csv`` where there is one.
        """
        facts = TABLES["recordings"](self.files.facts)
        known = self._of_manifest("recordings")
        if known is None:
            return facts
        more = facts[[name for name in facts if name not in known]]
        return known.join(more, how="outer" if known.empty else "left")

    @cached_property
    def mice(self) -> pd.DataFrame:
        """One row per mouse (index ``mouse_id``): properties, number and dates of sessions.

        ``project_code`` is that of its imaging sessions, which the table of behavior sessions leaves empty for
        training; ``n_behavior_sessions``, ``n_ophys_sessions``, ``first_session`` and ``last_session`` are counted.
        """
        return mice(self._with("behavior_sessions", "mouse_id", "date_of_acquisition", "ophys_session_id"))

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the non-empty tables, as attributes of the project."""
        names = INDEX if self._spec is None else [name for name in INDEX if name in self._spec.manifest_tables]
        return tuple(name for name in names if self._has(name))

    def _with(self, table: str, *columns: str) -> pd.DataFrame:
        """Return a table after checking for certain columns."""
        return with_columns(getattr(self, table), f"{tables_folder(self._manifest)}, table {table}", *columns)

    def _has(self, name: str) -> bool:
        try:
            return len(getattr(self, name)) > 0
        except TableError:
            return False

    def _of_manifest(self, name: str) -> pd.DataFrame | None:
        if self._spec is None or name not in self._spec.manifest_tables:
            return None
        return manifest_table(self._manifest, self._spec, name)

    def _table(self, name: str) -> pd.DataFrame:
        found = self._of_manifest(name)
        if found is not None:
            return found
        if not self.files.paths and self._spec is not None:
            raise TableError(
                f"the project has no table {name}",
                where=str(tables_folder(self._manifest)),
                got="its CSV file, or NWB files that provide it",
                fix="add the CSV file to the manifest",
            )
        return TABLES[name](self.files.facts)

    def sessions(
        self, sessions: Values = None, *, mouse: Values = None, project_code: Values = None, where: str = ""
    ) -> pd.DataFrame:
        """Return the rows of `behavior_sessions` that match all filters.

        Parameters
        ----------
        sessions : int, str or sequence, optional
            Numbers of behavior or imaging sessions.
        mouse, project_code : int, str or sequence, optional
            Mice, and project codes.
        where : str
            Query of pandas on the table, as in ``"session_number == 4 and sex == 'F'"``.

        Raises
        ------
        UsageError
            If a filter names what the table does not have, the query cannot be answered, or no row passes.
        """
        return self.select("behavior_sessions", sessions, mouse=mouse, project_code=project_code, where=where)

    def imaged_sessions(
        self, sessions: Values = None, *, mouse: Values = None, project_code: Values = None, where: str = ""
    ) -> pd.DataFrame:
        """Return the rows of `ophys_sessions` that match all filters of `sessions`."""
        return self.select("ophys_sessions", sessions, mouse=mouse, project_code=project_code, where=where)

    def experiments(
        self, sessions: Values = None, *, mouse: Values = None, project_code: Values = None, where: str = ""
    ) -> pd.DataFrame:
        """Return the rows of `ophys_experiments` that match all filters of `sessions`."""
        return self.select("ophys_experiments", sessions, mouse=mouse, project_code=project_code, where=where)

    def select(
        self,
        table: str,
        sessions: Values = None,
        *,
        mouse: Values = None,
        project_code: Values = None,
        where: str = "",
    ) -> pd.DataFrame:
        """Return the rows of any table that match all filters of `sessions`."""
        if table not in INDEX:
            raise UsageError(
                f"unknown project table {table!r}",
                where=str(self.folder),
                expected=", ".join(INDEX),
                fix=nearest(table, INDEX) or "use one of these names",
            )
        filters = Filters(as_list(sessions), as_list(mouse), as_list(project_code), where)
        return choose_rows(getattr(self, table), filters, place=f"{self.folder}, table {table}", spelled="{}=".format)
