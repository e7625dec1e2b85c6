"""NWB files below a folder, with their session, plane or recording.

A name usually says it (``ses-<behavior_session_id>``, ``behavior_ophys_experiment_<id>``), so files with the number in
their name are looked at first, and the rest only when none of them is the one.
"""

import re
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd

from nwbgate.cache.folder_cache import FolderCache
from nwbgate.errors import NwbgateError, SourceError, SourceWarning
from nwbgate.reading.facts.file_frames import session_frames
from nwbgate.reading.facts.files import FileFacts, file_facts
from nwbgate.reading.facts.plain_facts import KIND, JoinedFacts, PlainFacts, are_facts, facts_version, plain_facts
from nwbgate.reading.projects.file_rows import file_row, is_row
from nwbgate.storage.hdf5 import readable
from nwbgate.storage.nwb_paths import contents
from nwbgate.storage.remote_files.address import Address
from nwbgate.storage.safe_files.folder_contents import folder_contents

#: Layouts in the order in which they are preferred where two files hold the same.
_PREFERRED = ("standard", "released", "other")
#: Unreadable files that are named; more are counted.
_SHOWN = 3
#: Kind of the entries that hold rows of `file_row`.
_ROW = "row"
#: Files of a folder from which on their facts are kept in it: fewer are read in no time.
FEWEST_KEPT = 20
_NUMBER = re.compile(r"\d+")

Read = TypeVar("Read")


@dataclass(frozen=True)
class Identity:
    """Identity of a file.

    Parameters
    ----------
    path : Path
        The file.
    layout : str
        ``standard``, ``released`` or ``other``.
    session_id : str
        Session or recording, as the file names it.
    behavior_session_id, ophys_session_id : int or None
        Numbers of the session.
    ophys_experiment_ids : tuple of int
        Numbers of its imaging planes.
    """

    path: Path
    layout: str
    session_id: str
    behavior_session_id: int | None
    ophys_session_id: int | None
    ophys_experiment_ids: tuple[int, ...]


class ProjectFiles:
    """The NWB files below a folder.

    Parameters
    ----------
    folder : Path
        A folder, or an `Address`. Searched at any depth; hidden files and folders are left out.
    cache : bool
        Keep the facts of `FEWEST_KEPT` files or more in a hidden file in the folder, for the next time.

    Attributes
    ----------
    paths : list of Path
        The files, sorted.
    unreadable : dict of Path to NwbgateError
        Files and folders that could not be read so far; each is named in a `SourceWarning`, too.
    """

    def __init__(self, folder: Path, *, cache: bool = True) -> None:
        self._identities: dict[Path, Identity | None] = {}
        self.unreadable: dict[Path, NwbgateError] = {}
        found = contents(folder) if isinstance(folder, Address) else folder_contents(folder, self._leave_folder_out)
        self.paths = list(found.files)
        for other in found.not_judged:
            fix = "convert or rename it to an HDF5 file named *.nwb, or move it out of the folder"
            self._leave_out(other.path, SourceError(other.reason, where=str(other.path), fix=fix))
        kept = cache and len(self.paths) >= FEWEST_KEPT and not isinstance(folder, Address)
        self._cache = FolderCache(folder, in_use=kept)

    def _leave_folder_out(self, error: OSError) -> None:
        said, fix = f"cannot list the folder ({error.strerror})", "check its permissions"
        self._leave_out(Path(error.filename), SourceError(said, where=str(error.filename), fix=fix))

    @property
    def unreadable_ones(self) -> str:
        """Number of unreadable files and folders, and the first names."""
        first = [str(path) for path in [*self.unreadable][:_SHOWN]]
        more = ["..."] if len(self.unreadable) > _SHOWN else []
        return f"{len(self.unreadable)}: {', '.join(first + more)}"

    @cached_property
    def _by_number(self) -> dict[int, list[Path]]:
        found: dict[int, list[Path]] = {}
        for path in self.paths:
            for number in {int(text) for text in _NUMBER.findall(path.stem)}:
                found.setdefault(number, []).append(path)
        return found

    def identity(self, path: Path) -> Identity | None:
        """Return a file's identity; None if unreadable, with the reason in `unreadable`."""
        if path not in self._identities:
            self._identities[path] = self._read(path, _identity)
        return self._identities[path]

    def _known_identities(self, paths: Sequence[Path]) -> list[Identity]:
        """Return the identities of the readable ones of several files."""
        unknown = [path for path in paths if path not in self._identities]
        kept = self._cache.entries(KIND, facts_version(), self._cache.stamps(unknown))
        for path, entry in kept.items():
            self._note_identity(path, entry.content)
        return [identity for path in paths if (identity := self.identity(path)) is not None]

    def _note_identity(self, path: Path, facts: object) -> None:
        """Note the identity that the facts of a file state."""
        if are_facts(facts) and (identity := _stated_identity(path, facts)) is not None:
            self._identities[path] = identity

    def rows(self) -> list[dict[str, Any]]:
        """Return the facts of each readable file; the others are in `unreadable`."""

        def read(path: Path) -> dict[str, Any] | None:
            return self._read(path, _plain_row)

        found = self._cache.contents(_ROW, facts_version(), self.paths, read, is_row)
        return [{**row, "path": str(path)} for path, row in found]

    @cached_property
    def facts(self) -> FileFacts:
        """The facts of all readable files, as three tables."""

        def read(path: Path) -> PlainFacts | None:
            return self._read(path, _facts)

        joined = JoinedFacts()
        for path, facts in self._cache.contents(KIND, facts_version(), self.paths, read, are_facts):
            self._note_identity(path, facts)
            joined.add(str(path), facts)
        return joined.facts

    def _read(self, path: Path, reader: Callable[[Path], Read]) -> Read | None:
        """Return what a reader finds in a file, None if it is unreadable."""
        try:
            with readable(str(path)):
                return reader(path)
        except NwbgateError as problem:
            self._leave_out(path, problem)
            return None

    def _leave_out(self, path: Path, problem: NwbgateError) -> None:
        if path not in self.unreadable:
            self.unreadable[path] = problem
            warnings.warn(SourceWarning(f"{path} cannot be read and is ignored: {problem.what}"), stacklevel=5)

    def of_session(self, number: int, experiments: tuple[int, ...] = ()) -> list[Path]:
        """Return a session's files: one, one per plane, or none.

        Parameters
        ----------
        number : int
            Number of the behavior session, or of the imaging session.
        experiments : tuple of int
            Numbers of its planes, where they are known: files may be named for them.
        """
        for paths in (self._files_named(number, *experiments), self.paths):
            known = self._known_identities(paths)
            found = [each for each in known if number in (each.behavior_session_id, each.ophys_session_id)]
            if found:
                return self._without_copies(_one_layout(found))
        return []

    @staticmethod
    def _without_copies(found: list[Identity]) -> list[Path]:
        """Return a session's files without duplicates, which are reported."""
        kept: list[Identity] = []
        planes: set[int] = set()
        for each in sorted(found, key=lambda identity: -len(identity.ophys_experiment_ids)):
            if not kept or not planes.issuperset(each.ophys_experiment_ids):
                kept.append(each)
                planes.update(each.ophys_experiment_ids)
            elif each.ophys_experiment_ids or not planes:  # the behavior alone, beside files of planes, is no copy
                held = set(each.ophys_experiment_ids)
                _warn_of_copy(next((one for one in kept if held & set(one.ophys_experiment_ids)), kept[0]), each)
        return [each.path for each in kept]

    @staticmethod
    def _first(found: list[Identity]) -> Path:
        """Return the first of several copies, reporting the others."""
        kept, *others = _one_layout(found)
        for each in {other.path: other for other in others if other.path != kept.path}.values():
            _warn_of_copy(kept, each)
        return kept.path

    def of_experiment(self, ophys_experiment_id: int, behavior_session_id: int | None = None) -> Path | None:
        """Return the file of an imaging plane, or None.

        Parameters
        ----------
        ophys_experiment_id : int
            Number of the plane.
        behavior_session_id : int, optional
            Number of its session, where it is known: the file may be named for it.
        """
        numbers = [ophys_experiment_id] if behavior_session_id is None else [ophys_experiment_id, behavior_session_id]
        found = self._holding(ophys_experiment_id, self._files_named(*numbers))
        found = found or self._holding(ophys_experiment_id, self.paths)
        # A file named for the plane tells the session, for which another file may be named that is preferred.
        sessions = {each.behavior_session_id for each in found if each.behavior_session_id is not None}
        found += self._holding(ophys_experiment_id, self._files_named(*sessions))
        return self._first(found) if found else None

    def _files_named(self, *numbers: int) -> list[Path]:
        """Return the files with one of the numbers in their name."""
        return list(dict.fromkeys(path for number in numbers for path in self._by_number.get(number, ())))

    def _holding(self, ophys_experiment_id: int, paths: list[Path]) -> list[Identity]:
        """Return the identities of files that contain a plane."""
        return [each for each in self._known_identities(paths) if ophys_experiment_id in each.ophys_experiment_ids]

    def of_recording(self, recording_id: str) -> Path | None:
        """Return the file of a recording by its session id, or None."""
        for paths in ([path for path in self.paths if recording_id in path.stem], self.paths):
            found = [each for each in self._known_identities(paths) if each.session_id == recording_id]
            if found:
                return self._first(found)
        return None


def _facts(path: Path) -> PlainFacts:
    return plain_facts(file_facts(path))


def _plain_row(path: Path) -> dict[str, Any]:
    return {name: value for name, value in file_row(path).items() if name != "path"}


def _stated_identity(path: Path, facts: PlainFacts) -> Identity | None:
    """Return the identity that facts state, None where they state none."""
    file = {name: values[0] for name, values in facts["nwb_files"].items() if values}
    if file.get("dataset_layout") not in _PREFERRED:
        return None
    experiments = [number for number in facts["nwb_planes"]["ophys_experiment_id"] if number is not None]
    numbers = (file["behavior_session_id"], file["ophys_session_id"])
    return Identity(path, file["dataset_layout"], _text(file["session_id"]), *numbers, tuple(experiments))


def _one_layout(found: list[Identity]) -> list[Identity]:
    """Return the files in the preferred layout: converted before original."""
    layout = min((each.layout for each in found), key=_PREFERRED.index)
    return [each for each in found if each.layout == layout]


def _warn_of_copy(kept: Identity, copy: Identity) -> None:
    said = f"{copy.path} contains the same session as {kept.path} and is ignored: remove one of the two"
    warnings.warn(SourceWarning(said), stacklevel=6)


def _identity(path: Path) -> Identity:
    frames = session_frames(path, ("session", "planes"))
    if "session" not in frames:
        raise SourceError(
            "the file has no identifiers",
            where=str(path),
            got="no identifier",
            fix="make the file again, or remove it from the folder",
        )
    session = frames["session"].iloc[0]
    planes = frames.get("planes", pd.DataFrame({"ophys_experiment_id": []}))
    return Identity(
        path,
        str(session["layout"]),
        _text(session["session_id"]),
        _number(session["behavior_session_id"]),
        _number(session["ophys_session_id"]),
        tuple(int(number) for number in planes["ophys_experiment_id"].dropna()),
    )


def _text(value: Any) -> str:
    return "" if pd.isna(value) else str(value)


def _number(value: object) -> int | None:
    return int(str(value)) if pd.notna(value) else None  # type: ignore[call-overload]
