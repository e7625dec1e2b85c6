"""Errors for unknown sessions, planes and recordings, and for missing files."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from nwbgate.errors import UsageError
from nwbgate.manifest.release_folder import ReleaseFolder, fetch_command
from nwbgate.manifest.tables import RELEASE_FOLDER, tables_folder
from nwbgate.reading.projects.session_numbers import SessionNumbers

if TYPE_CHECKING:
    from nwbgate.manifest.specification.declaration import Spec

#: Unreadable files that an error names.
_SHOWN = 3
#: Table of a project in which each kind of thing is looked up.
_TABLES = {
    "session": "behavior_sessions",
    "experiment": "ophys_experiments",
    "container": "ophys_experiments",
    "recording": "recordings",
}


class MissingFiles:
    """Makes the errors of one project.

    Parameters
    ----------
    folder : Path
        Where files are searched for.
    manifest : Path
        Where the tables are.
    spec : Spec or None
        Specification of the tables; None where there are none.
    unreadable : callable
        Gives the files that could not be read.
    """

    def __init__(self, folder: Path, manifest: Path, spec: "Spec | None", unreadable: Iterable[Path]) -> None:
        self.folder, self._unreadable = folder, unreadable
        self._tables = tables_folder(manifest) if spec is not None else None
        self._dataset = spec.dataset if spec is not None else ""

    def session(self, number: int, numbers: SessionNumbers | None, known: Iterable[object]) -> UsageError:
        """Return the error for a session without files; `numbers` is None if unknown."""
        if numbers is None:
            return self.unknown("session", number, known)
        planes = ", ".join(map(str, numbers.ophys_experiment_ids))
        places = self._places(numbers)
        said = f"session {number}" + (f" (planes {planes})" if planes else "")
        return self._not_there(said, numbers.behavior_session_id, places)

    def experiment(self, number: int, session: int | None, known: Iterable[object]) -> UsageError:
        """Return the error for an imaging plane without a file."""
        if session is None:
            return self.unknown("experiment", number, known)
        return self._not_there(f"experiment {number}", session, self._places(SessionNumbers(session, (number,))))

    def recording(self, name: str, known: Iterable[object]) -> UsageError:
        """Return the error for a recording without a file."""
        names = [str(each) for each in known]
        return self._not_there(f"recording {name}", name) if name in names else self.unknown("recording", name, names)

    def unknown(self, noun: str, given: object, known: Iterable[object]) -> UsageError:
        """Return the error for an unknown number, with some known ones."""
        names = list(dict.fromkeys(str(each) for each in known))
        place = self.folder if self._tables is None else self._tables
        return UsageError(
            f"the project has no {noun} {given}",
            where=str(place),
            got=str(given),
            expected=_one_of(noun, names),
            fix=f"look it up in project.{_TABLES[noun]}",
        )

    def _not_there(self, what: str, sessions: object, would_be: Iterable[Path] = ()) -> UsageError:
        """Return the error for a known object without a local file.

        Parameters
        ----------
        what : str
            What was asked for.
        sessions : object
            Number of its session, for the command that fetches it.
        would_be : iterable of Path
            Where its files would be in a copy of the release.
        """
        unread = [str(path) for path in self._unreadable]
        counted = f"; {len(unread)} file{'s' if len(unread) > 1 else ''} cannot be read: {', '.join(unread[:_SHOWN])}"
        broken = counted if unread else ""
        places = ", ".join(str(path) for path in would_be)
        command = fetch_command(self._dataset, self._copy, str(sessions))
        return UsageError(
            f"the file of {what} is missing",
            where=f"{self.folder}, at any depth",
            got=f"no NWB file with it{broken}",
            expected=places,
            fix=command or "add the file to the folder",
        )

    @property
    def _copy(self) -> Path:
        """The folder given to ``nwbgate fetch``, for a local copy."""
        if self._tables is not None and self._tables.name == RELEASE_FOLDER:
            return self._tables.parent.parent
        return self.folder

    def _places(self, numbers: SessionNumbers) -> list[Path]:
        """Return the expected paths of a session's files, for a release."""
        if self._tables is None or self._tables.name != RELEASE_FOLDER:
            return []
        release = ReleaseFolder(self._tables)
        planes = [release.experiment_file(number) for number in numbers.ophys_experiment_ids]
        return planes or [release.session_file(numbers.behavior_session_id)]


def _one_of(noun: str, names: list[str]) -> str:
    """Return the valid numbers, shortened if many."""
    if not names:
        return f"a {noun} of the project, which has none"
    more = len(names) - _SHOWN
    shown = names if more <= 1 else [*names[:_SHOWN], f"{more} more"]
    listed = " or ".join(filter(None, [", ".join(shown[:-1]), shown[-1]]))
    return f"one of its {len(names)} {noun} ids: {listed}" if len(names) > 1 else f"its only {noun} id: {listed}"


def no_folder(path: Path) -> UsageError:
    """Return the error for a folder that does not exist."""
    return UsageError(
        "no such folder",
        where=str(path),
        got="a file" if path.exists() else "no such name",
        fix="open a single file with nwbgate.open" if path.exists() else "check the spelling of the path",
    )


def several_releases(folder: Path, releases: list[Path]) -> UsageError:
    """Return the error for a folder with several releases."""
    return UsageError(
        "the folder contains several releases",
        where=str(folder),
        got=", ".join(path.name for path in releases),
        expected="a single release",
        fix=f"give the folder of one, or select one by manifest={str(releases[-1])!r}",
    )


def empty_folder(folder: Path, files: int) -> UsageError:
    """Return the error for a folder without what a project needs."""
    return UsageError(
        "no NWB files or manifest tables found in this folder",
        where=str(folder),
        got=f"{files} NWB files, no manifest tables",
        expected="NWB files, the CSV tables of a manifest, or both",
        fix="give the folder of the files or tables",
    )
