"""A folder of sessions or recordings, with its tables."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

import pandas as pd

from nwbgate.manifest.filters import as_text
from nwbgate.manifest.specification.declaration import Spec
from nwbgate.manifest.tables import RELEASE_FOLDER
from nwbgate.reading.html_summary import html_summary
from nwbgate.reading.name_hints import no_attribute
from nwbgate.reading.projects.container import Container
from nwbgate.reading.projects.file_rows import file_named, file_table, select_rows
from nwbgate.reading.projects.missing_files import MissingFiles, empty_folder, no_folder, several_releases
from nwbgate.reading.projects.mouse_history import require_one_mouse, training_history, with_performance
from nwbgate.reading.projects.session_numbers import SessionNumbers, session_numbers, whole_number
from nwbgate.reading.projects.tables import Catalogue
from nwbgate.storage.remote_files.address import Address, as_path

if TYPE_CHECKING:
    from nwbgate.reading.nwb_data import NWBData
    from nwbgate.reading.planes.plane import Plane
    from nwbgate.reading.recording import Recording
    from nwbgate.reading.sessions.session import Session


class Project(Catalogue):
    """A folder of converted or released files, with or without a manifest.

    The tables are those of AllenSDK's cache: the same names, index, columns and types. They come from the CSV files of
    a manifest, if the folder or a ``project_metadata`` in it has them, else from what the files say of themselves.
    Nothing is read before it is asked for, and what was read is kept: `refresh` looks again, after files were added,
    replaced or taken away. Of two files of one session, plane or recording, one is taken; a `SourceWarning` names both.

    Parameters
    ----------
    folder : str or Path
        A folder, or an address: ``dandi://000711``, or a prefix ``s3://bucket/folder/``. Its files are read in ranges.
        Searched for NWB files at any depth. A release in either layout of AllenSDK's caches, downloaded whole, in part
        or as its tables alone; converted files, with the CSV files of a manifest or without; or recordings.
    manifest : str or Path, optional
        Folder with the CSV files of the manifest, where they are elsewhere.
    spec : str, Path or Spec, optional
        Specification of the tables (``dataset@version`` or a folder); by default the nearest shipped one.
    cache : bool
        Keep the facts in 20 files or more in the hidden file ``.nwbgate-facts.sqlite`` in the folder. The
        next project of the folder reads only files that changed. A folder that cannot be written is read each time.

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
        self,
        folder: str | Path,
        *,
        manifest: str | Path | None = None,
        spec: "str | Path | Spec | None" = None,
        cache: bool = True,
    ) -> None:
        for given in (folder, manifest):
            if given is not None and not isinstance(as_path(given), Address) and not Path(given).is_dir():
                raise no_folder(Path(given))
        super().__init__(as_path(folder), as_path(folder if manifest is None else manifest), spec, cache=cache)
        self._opened: WeakValueDictionary[tuple[Path, ...], Any] = WeakValueDictionary()
        releases = sorted(self._manifest.glob(f"*/{RELEASE_FOLDER}")) if self._spec is None else []
        if len(releases) > 1:
            raise several_releases(self._manifest, [place.parent for place in releases])
        if self._spec is None and (manifest is not None or not self.files.paths):
            raise empty_folder(self._manifest, len(self.files.paths))

    def refresh(self) -> None:  # noqa: D102 - that of the tables, and of what is open
        super().refresh()
        self._opened.clear()

    def session(self, number: int | str) -> "Session":
        """Open a session by its ``behavior_session_id`` or ``ophys_session_id``.

        A session whose planes have a file each is put together from those that are there; planes whose file is not
        there are named in a `SourceWarning`.

        Raises
        ------
        UsageError
            If the project has no such session, or none of its files is there; it says how to get them.
        """
        wanted = whole_number(number, "session", self.folder)
        numbers = self._numbers(wanted)
        paths = self._paths(wanted, numbers)
        if not paths:
            sessions = self.behavior_sessions
            imaged = sessions["ophys_session_id"].dropna() if "ophys_session_id" in sessions else ()
            raise self._missing.session(wanted, numbers, [*sessions.index, *imaged])
        experiments = numbers.ophys_experiment_ids if numbers is not None else ()
        session: Session = self._open(tuple(paths), experiments)
        return session

    def experiment(self, ophys_experiment_id: int | str) -> "Plane":
        """Open an imaging plane; its ``session`` belongs to the same file.

        Raises
        ------
        UsageError
            If the project has no such plane, or its file is not there; it says how to get it.
        """
        number = whole_number(ophys_experiment_id, "experiment", self.folder)
        path = self.experiment_path(number)
        if path is None:
            raise self._missing.experiment(number, self._session_of(number), self.ophys_experiments.index)
        session: Session = self._open((path,))
        return session.planes_by_experiment[number]

    def experiment_path(self, ophys_experiment_id: int) -> Path | None:
        """Return the file of an imaging plane, or None."""
        return self.files.of_experiment(ophys_experiment_id, self._session_of(ophys_experiment_id))

    def container(self, ophys_container_id: int | str) -> Container:
        """Return a container: one field of view across its sessions.

        Raises
        ------
        UsageError
            If the project has no such container.
        """
        number = whole_number(ophys_container_id, "container", self.folder)
        columns = ("ophys_container_id", "ophys_session_id", "mouse_id", "date_of_acquisition")
        known = self._with("ophys_experiments", *columns)["ophys_container_id"]
        if not (known == number).any():
            raise self._missing.unknown("container", number, known)
        return Container(self, number)

    def mouse(self, mouse_id: int | str, *, performance: bool = False) -> pd.DataFrame:
        """Return the history of a mouse: all its sessions by date.

        Parameters
        ----------
        mouse_id : int or str
            The mouse.
        performance : bool
            Compute the performance metrics of each session whose file is there (hit rate, d', engaged trials ...), and
            the rates of the whole session where the table does not count trials.

        Returns
        -------
        DataFrame
            Rows of `behavior_sessions`, with ``day`` (days since the first session), ``hit_rate`` and
            ``false_alarm_rate`` of the whole session where the table counts trials, and the metrics asked for.

        Raises
        ------
        UsageError
            If the project has no session of this mouse, or not one mouse is given.
        """
        require_one_mouse(mouse_id, self.folder)
        self._with("behavior_sessions", "date_of_acquisition")
        history = training_history(self.sessions(mouse=mouse_id))
        return with_performance(history, self._metrics) if performance else history

    def recording(self, recording_id: int | str) -> "Recording":
        """Open a recording.

        Raises
        ------
        UsageError
            If the project has no such recording, or its file is not there.
        """
        name = as_text(recording_id)
        path = self.files.of_recording(name)
        if path is None:
            raise self._missing.recording(name, self.recordings.index)
        recording: Recording = self._open((path,))
        return recording

    @cached_property
    def nwb_files(self) -> pd.DataFrame:
        """One row per NWB file: session, subject, start, counts and length."""
        return file_table(self.files.rows())

    def select_files(self, where: str | None = None, **equal: Any) -> pd.DataFrame:
        """Return the rows of `nwb_files` that have the given values and fulfil a query.

        Parameters
        ----------
        where : str, optional
            Query of pandas, such as ``n_units > 10 and sex == 'F'``.
        **equal
            Column to the value, or list of values, that it must have.

        Raises
        ------
        UsageError
            If there is no such column, or the query is invalid.
        """
        return select_rows(self.nwb_files, where, equal)

    def open(self, which: str | Path) -> "NWBData":
        """Open a file by its ``session_id`` or path.

        Raises
        ------
        UsageError
            If no file, or several, have this id or path.
        """
        from nwbgate.reading.opening import open_nwb

        return open_nwb(file_named(which, self.files.paths, self.nwb_files, self.folder))

    @cached_property
    def _missing(self) -> MissingFiles:
        return MissingFiles(self.folder, self._manifest, self._spec, self.files.unreadable)

    @property
    def _has_sessions(self) -> bool:
        """Whether the manifest has tables of sessions and planes."""
        return self._spec is not None and "behavior_sessions" in self._spec.manifest_tables

    def _numbers(self, number: int) -> SessionNumbers | None:
        """Return the session that a number names in the manifest."""
        if not self._has_sessions:
            return None
        return session_numbers(number, self.behavior_sessions)

    def _session_of(self, ophys_experiment_id: int) -> int | None:
        """Return the session of a plane in the manifest."""
        if not self._has_sessions or ophys_experiment_id not in self.ophys_experiments.index:
            return None
        sessions = self._with("ophys_experiments", "behavior_session_id")["behavior_session_id"]
        first = sessions[sessions.index == ophys_experiment_id].iloc[0]
        return None if pd.isna(first) else int(first)

    def _paths(self, number: int, numbers: SessionNumbers | None) -> list[Path]:
        """Return the existing files of a session."""
        if numbers is None:
            return self.files.of_session(number)
        return self.files.of_session(numbers.behavior_session_id, numbers.ophys_experiment_ids)

    def _metrics(self, behavior_session_id: int) -> dict[str, Any] | None:
        """Return the performance metrics of a session, or None without its file."""
        paths = self._paths(behavior_session_id, self._numbers(behavior_session_id))
        if not paths:
            return None
        session: Session = self._open((paths[0],))
        return session.performance_metrics

    def _open(self, paths: tuple[Path, ...], experiments: Sequence[int] = ()) -> Any:
        """Return the opened object of files, shared while it is in use."""
        from nwbgate.reading.projects.merged_session import open_session

        opened = self._opened.get(paths)
        if opened is None:
            opened = self._opened[paths] = open_session(paths, experiments)
        return opened

    def __getattr__(self, name: str) -> Any:
        """Raise for a missing attribute, suggesting the correct or nearest name."""
        if hasattr(type(self), name):
            return object.__getattribute__(self, name)  # raises again what the property raised
        raise no_attribute(self, "project", name)

    def glance(self) -> dict[str, str]:
        """Return a summary of the project as short texts by name."""
        rows = {name: str(len(getattr(self, name))) for name in self.tables}
        mice = {"mice": str(len(self.mice))} if "behavior_sessions" in rows else {}
        unread = {"cannot be read": self.files.unreadable_ones} if self.files.unreadable else {}
        return {
            "folder": str(self.folder),
            **({"dataset": self.dataset} if self.dataset else {}),
            "NWB files": str(len(self.files.paths)),
            **unread,
            **mice,
            **rows,
        }

    def _repr_html_(self) -> str:
        return html_summary("Project", self.glance())

    def __repr__(self) -> str:
        """Return folder and number of files, without reading any table."""
        kind = f"{self.dataset}, " if self.dataset else ""
        return f"Project {str(self.folder)!r}: {kind}{len(self.files.paths)} NWB files"
