"""A folder of sessions or recordings: its tables, and what they name, opened."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

import pandas as pd

from nwbgate.errors import TableError, UsageError, nearest
from nwbgate.manifest.declaration import Spec
from nwbgate.manifest.filters import Filters, chosen, listed
from nwbgate.manifest.tables import tables_folder
from nwbgate.reading.container import Container
from nwbgate.reading.history import mice, training_history, with_performance
from nwbgate.reading.missing_files import MissingFiles
from nwbgate.reading.project_files import ProjectFiles
from nwbgate.reading.project_tables import INDEX, manifest_spec, manifest_table
from nwbgate.reading.tables_of_facts import TABLES

if TYPE_CHECKING:
    from nwbgate.reading.behavior_session import Session
    from nwbgate.reading.plane import Plane
    from nwbgate.reading.recording import Recording

#: One value of a filter, or several.
Values = str | int | Sequence[str | int] | None


class Project:
    """A folder of converted or released files, with a manifest or without.

    The tables are those of AllenSDK's cache: the same names, index, columns and types. They come from the CSV files of
    a manifest, if the folder or a ``project_metadata`` in it has them, else from what the files say of themselves.
    Nothing is read before it is asked for.

    Parameters
    ----------
    folder : str or Path
        Searched for NWB files at any depth. A release in either layout of AllenSDK's caches, downloaded whole, in part
        or as its tables alone; converted files, with the CSV files of a manifest or without; or recordings.
    manifest : str or Path, optional
        Folder with the CSV files of the manifest, where they are elsewhere.
    spec : str, Path or Spec, optional
        Specification of the tables (``dataset@version`` or a folder); by default the nearest shipped one.

    Attributes
    ----------
    folder : Path
        The folder.

    Raises
    ------
    UsageError
        If a folder does not exist, or has neither files nor tables.
    SpecError
        If there is no such specification.

    Examples
    --------
    >>> project = Project("converted")  # doctest: +SKIP
    >>> project.sessions(mouse=457841, where="session_number == 4")  # doctest: +SKIP
    >>> project.experiment(951980471).dff_traces  # doctest: +SKIP
    """

    def __init__(
        self, folder: str | Path, *, manifest: str | Path | None = None, spec: "str | Path | Spec | None" = None
    ) -> None:
        self.folder = Path(folder)
        for given in (self.folder, *([Path(manifest)] if manifest is not None else [])):
            if not given.is_dir():
                raise UsageError(
                    "there is no such folder",
                    where=str(given),
                    got="a file" if given.exists() else "nothing of this name",
                    fix="give the folder; a single file is opened with nwbgate.open" if given.exists() else "",
                )
        self._manifest = Path(manifest) if manifest is not None else self.folder
        self._spec = manifest_spec(self._manifest, spec)
        self._opened: WeakValueDictionary[tuple[Path, ...], Any] = WeakValueDictionary()
        if self._spec is None and (manifest is not None or not self.files.paths):
            raise UsageError(
                "the folder is no project",
                where=str(self._manifest),
                got=f"{len(self.files.paths)} NWB files and no table of a manifest",
                expected="NWB files, the CSV tables of a manifest, or both",
                fix="give the folder that the files or tables are in",
            )

    @cached_property
    def files(self) -> ProjectFiles:
        """The NWB files below the folder."""
        return ProjectFiles(self.folder)

    @property
    def dataset(self) -> str:
        """Title of the dataset that the manifest is of; empty without one."""
        return self._spec.title if self._spec is not None else ""

    # Tables ------------------------------------------------------------------------------------------------------

    @cached_property
    def behavior_sessions(self) -> pd.DataFrame:
        """One row per behavior session, of training too (index ``behavior_session_id``).

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
        facts = TABLES["recordings"](self.files.facts())
        known = self._of_manifest("recordings")
        if known is None:
            return facts
        more = facts[[name for name in facts if name not in known]]
        return known.join(more, how="outer" if known.empty else "left")

    @cached_property
    def mice(self) -> pd.DataFrame:
        """One row per mouse (index ``mouse_id``): what its sessions say of it, how many there are, and when.

        ``project_code`` is that of its imaging sessions, which the table of behavior sessions leaves empty for
        training; ``n_behavior_sessions``, ``n_ophys_sessions``, ``first_session`` and ``last_session`` are counted.
        """
        return mice(self.behavior_sessions)

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the tables that have rows: attributes of the project."""
        return tuple(name for name in INDEX if self._has(name))

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
                got="neither its CSV file nor NWB files that it could be made of",
                fix="add the CSV file to the manifest",
            )
        return TABLES[name](self.files.facts())

    # Filters -----------------------------------------------------------------------------------------------------

    def sessions(
        self, sessions: Values = None, *, mouse: Values = None, project_code: Values = None, where: str = ""
    ) -> pd.DataFrame:
        """Return the rows of `behavior_sessions` that pass all filters.

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
        """Return the rows of `ophys_sessions` that pass all filters, which are those of `sessions`."""
        return self.select("ophys_sessions", sessions, mouse=mouse, project_code=project_code, where=where)

    def experiments(
        self, sessions: Values = None, *, mouse: Values = None, project_code: Values = None, where: str = ""
    ) -> pd.DataFrame:
        """Return the rows of `ophys_experiments` that pass all filters, which are those of `sessions`."""
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
        """Return the rows of any table of the project that pass all filters, which are those of `sessions`."""
        if table not in INDEX:
            raise UsageError(
                f"a project has no table {table!r}",
                where=str(self.folder),
                expected=", ".join(INDEX),
                fix=nearest(table, INDEX),
            )
        filters = Filters(listed(sessions), listed(mouse), listed(project_code), where)
        return chosen(getattr(self, table), filters, place=f"{self.folder}, table {table}", spelled="{}=".format)

    # What the tables name ----------------------------------------------------------------------------------------

    def session(self, number: int | str) -> "Session":
        """Open a session by its ``behavior_session_id`` or ``ophys_session_id``.

        A session whose planes have a file each is put together from those that are there; planes whose file is not
        there are named in a `SourceWarning`.

        Raises
        ------
        UsageError
            If the project has no such session, or none of its files is there; it says how to get them.
        """
        wanted = self._number(number, "session")
        behavior, experiments = self._session_of(wanted)
        paths = self.files.of_session(behavior if behavior is not None else wanted, experiments)
        if not paths:
            raise self._without_session(wanted, behavior, experiments)
        return self._open(tuple(paths), experiments)

    def experiment(self, ophys_experiment_id: int | str) -> "Plane":
        """Open an imaging plane; its ``session`` is the one of its own file.

        Raises
        ------
        UsageError
            If the project has no such plane, or its file is not there; it says how to get it.
        """
        number = self._number(ophys_experiment_id, "experiment")
        path = self.experiment_path(number)
        if path is None:
            raise self._without_experiment(number)
        session = self._open((path,), ())
        return session.planes_by_experiment[number]

    def experiment_path(self, ophys_experiment_id: int) -> Path | None:
        """Return the file that holds an imaging plane, or None where it is not there."""
        session = None
        if self._spec is not None and ophys_experiment_id in self.ophys_experiments.index:
            session = int(self.ophys_experiments.at[ophys_experiment_id, "behavior_session_id"])
        return self.files.of_experiment(ophys_experiment_id, session)

    def container(self, ophys_container_id: int | str) -> Container:
        """Return a container: one field of view in all the sessions in which it was imaged.

        Raises
        ------
        UsageError
            If the project has no such container.
        """
        number = self._number(ophys_container_id, "container")
        if not (self.ophys_experiments["ophys_container_id"] == number).any():
            raise self._missing.unknown("container", number, self.ophys_experiments["ophys_container_id"])
        return Container(self, number)

    def mouse(self, mouse_id: int | str, *, performance: bool = False) -> pd.DataFrame:
        """Return the history of a mouse: all its sessions in the order of their dates.

        Parameters
        ----------
        mouse_id : int or str
            The mouse.
        performance : bool
            Compute the performance metrics of each session whose file is there (hit rate, d', engaged trials ...).

        Returns
        -------
        DataFrame
            Rows of `behavior_sessions`, with ``day`` (days since the first session), ``hit_rate`` and
            ``false_alarm_rate`` of the whole session where the table counts trials, and the metrics asked for.

        Raises
        ------
        UsageError
            If the project has no session of this mouse.
        """
        history = training_history(self.sessions(mouse=mouse_id))
        return with_performance(history, self._metrics) if performance else history

    def recording(self, recording_id: int | str) -> "Recording":
        """Open a recording.

        Raises
        ------
        UsageError
            If the project has no such recording, or its file is not there.
        """
        path = self.files.of_recording(str(recording_id))
        if path is None:
            if str(recording_id) in self.recordings.index:
                raise self._missing.not_there(f"recording {recording_id}", recording_id)
            raise self._missing.unknown("recording", recording_id, self.recordings.index)
        opened: Recording = self._open((path,), ())
        return opened

    @cached_property
    def _missing(self) -> MissingFiles:
        return MissingFiles(self.folder, self._manifest, self._spec, self.files.unreadable)

    def _without_session(self, number: int, behavior: int | None, experiments: Sequence[int]) -> UsageError:
        if behavior is None:
            sessions = self.behavior_sessions
            known = [*sessions.index, *sessions["ophys_session_id"].dropna()]
            return self._missing.unknown("session", number, known)
        planes = f" (planes {', '.join(map(str, experiments))})" if experiments else ""
        places = self._missing.places(behavior, experiments)
        return self._missing.not_there(f"session {number}{planes}", behavior, places)

    def _without_experiment(self, number: int) -> UsageError:
        if number not in self.ophys_experiments.index:
            return self._missing.unknown("experiment", number, self.ophys_experiments.index)
        session = int(self.ophys_experiments.at[number, "behavior_session_id"])
        return self._missing.not_there(f"experiment {number}", session, self._missing.places(session, [number]))

    def _number(self, given: int | str, noun: str) -> int:
        try:
            return int(given)
        except (TypeError, ValueError):
            raise UsageError(
                f"this is no number of a {noun}",
                where=str(self.folder),
                got=repr(given),
                expected="a whole number, as in the tables of the project",
                fix="take it from the table, or filter the table with a query",
            ) from None

    def _session_of(self, number: int) -> tuple[int | None, tuple[int, ...]]:
        """Return the behavior session that a number names, and its planes, as the manifest says."""
        if self._of_manifest_sessions is None:
            return None, ()
        sessions = self._of_manifest_sessions
        if number in sessions.index:
            behavior = number
        else:
            rows = sessions.index[(sessions["ophys_session_id"] == number).fillna(False)]
            if rows.empty:
                return None, ()
            behavior = int(rows[0])
        planes = self.ophys_experiments
        return behavior, tuple(int(each) for each in planes.index[planes["behavior_session_id"] == behavior])

    @property
    def _of_manifest_sessions(self) -> pd.DataFrame | None:
        has = self._spec is not None and "behavior_sessions" in self._spec.manifest_tables
        return self.behavior_sessions if has else None

    def _metrics(self, behavior_session_id: int) -> dict[str, Any] | None:
        """Return the performance metrics of a session, None where its file is not there."""
        _, experiments = self._session_of(behavior_session_id)
        paths = self.files.of_session(behavior_session_id, experiments)
        return self._open((paths[0],), ()).performance_metrics if paths else None

    def _open(self, paths: tuple[Path, ...], experiments: Sequence[int]) -> Any:
        """Return what is opened from files; the same object as long as somebody holds it."""
        from nwbgate.reading.session_of_files import open_session

        opened = self._opened.get(paths)
        if opened is None:
            opened = self._opened[paths] = open_session(paths, experiments)
        return opened

    def __repr__(self) -> str:
        """Say where it is and how many files there are; no table is read for it."""
        kind = f"{self.dataset}, " if self.dataset else ""
        return f"Project {str(self.folder)!r}: {kind}{len(self.files.paths)} NWB files"
