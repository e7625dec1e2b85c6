"""A file of the public release: opening, tables, arrays and validation."""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt
import pandas as pd

from nwbgate.errors import SourceError
from nwbgate.interfaces.visual_behavior.release.array import ReleasedArray
from nwbgate.interfaces.visual_behavior.release.held_file import HeldFile
from nwbgate.interfaces.visual_behavior.release.ids import released_ids
from nwbgate.reading.facts.imaging.planes import plane_names
from nwbgate.reading.format.dynamic_table import column_names
from nwbgate.reading.format.layouts import Home, session_tables
from nwbgate.reading.format.session_table import find_table, places
from nwbgate.storage.hdf5 import at, dataset_at, group_at
from nwbgate.storage.values import text

#: Columns of intervals that PyNWB fills by itself: a constant text, and references that repeat start and stop time.
OF_PYNWB = frozenset({"tags", "timeseries"})

FloatArray = npt.NDArray[np.float64]


class ReleasedFile:
    """One file of the public release of Visual Behavior 2P, validated as such.

    Parameters
    ----------
    path : path
        A ``behavior_session_<id>.nwb`` or ``behavior_ophys_experiment_<id>.nwb``. It is opened for each thing that is
        asked for; the object itself holds no open file, and is pickled as its path.

    Attributes
    ----------
    path : Path
        As given.
    held : HeldFile
        Opens the file, and keeps it open where asked to.
    behavior_session_id : int
        Identifier of the behavior session, which every file has.
    ophys_session_id, ophys_experiment_id, ophys_container_id : int or None
        Identifiers of the imaging session, of the plane in it and of the plane across sessions; None without imaging.
    session_type : str
        Name of the stimulus protocol.
    identifier : int
        What the file is of: the experiment (one plane of one session), or the behavior session.
    plane : str or None
        Name of the imaging plane, ``<targeted_structure>_<targeted_imaging_depth>``; None without imaging.

    Raises
    ------
    UsageError
        If there is no such file.
    SourceError
        If it is not a file of the release, is truncated or damaged, or its ids contradict each other.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self.held = HeldFile(self.path)
        with self.held.opened() as file:
            ids = released_ids(file)
            planes = list(plane_names(file, "released").values())
        self.plane = planes[0] if planes else None
        self.behavior_session_id, self.session_type = ids.behavior_session_id, ids.session_type
        self.ophys_session_id, self.ophys_experiment_id = ids.ophys_session_id, ids.ophys_experiment_id
        self.ophys_container_id, self.identifier = ids.ophys_container_id, ids.identifier

    def __reduce__(self) -> tuple[type["ReleasedFile"], tuple[Path]]:
        """Pickle as the path; the file is validated again when unpickled."""
        return ReleasedFile, (self.path,)

    def table(self, name: str) -> pd.DataFrame:
        """Return a session table.

        Parameters
        ----------
        name : str
            A name under ``tables`` of `session_tables.yaml`; of matrices (traces, images) take the `dataset`.

        Returns
        -------
        pandas.DataFrame
            Every column that is described there, typed; columns that the file lacks hold missing values.

        Raises
        ------
        SourceError
            If the file has no such table, the table lacks columns, or values cannot be read as their type.
        """
        with self.held.opened() as file:
            try:
                found = find_table(file, name, "released", plane_names(file, "released"))
            except ValueError as problem:  # such as an index of a ragged column that is no number
                raise self._unreadable(name, problem) from problem
        if found is None:
            raise SourceError(
                f"the file has no {name.replace('_', ' ')}",
                where=f"{self.path}:{self._places(name)}",
                got="no such path",
                expected=session_tables().tables[name].description,
                fix="leave this stream out (test with `has`), or download the file again",
            )
        self._refuse_lost_columns(name)
        missing = [fact for fact in found.columns if fact["required"] and not fact["found"]]
        wrong = missing or [fact for fact in found.columns if fact["n_unreadable"]]
        if found.frame is None or wrong:
            raise self._unusable(name, wrong)
        return found.frame

    def has(self, name: str) -> bool:
        """Return whether the file has any part of a session table."""
        table = session_tables().tables[name]
        with self.held.opened() as file:
            return any(
                _holds(group, home)
                for home in table.homes.get("released", ())
                for path, _ in places(file, home, plane_names(file, "released"))
                if (group := group_at(file, path)) is not None
            )

    def other_columns(self, name: str) -> list[str]:
        """Return the undescribed columns of a session table in the file."""
        with self.held.opened() as file:
            found = {column for group in _tables(file, name) for column in column_names(group)}
        return sorted(found - set(session_tables().tables[name].columns) - OF_PYNWB)

    def dataset(self, name: str) -> ReleasedArray:
        """Return the dataset at an HDF5 path as a lazy array."""
        return ReleasedArray(self.held, name)

    def array(self, name: str) -> npt.NDArray[Any]:
        """Return the values of the dataset at an HDF5 path, as stored."""
        return self.dataset(name)[()]

    def numbers(self, name: str, length: int | None = None, *, each: str = "timestamp") -> ReleasedArray:
        """Return the dataset at an HDF5 path as a lazy array of numbers.

        Parameters
        ----------
        name : str
            HDF5 path.
        length : int, optional
            How many values it has along its first axis.
        each : str
            What there is one of for each of these.

        Raises
        ------
        SourceError
            If there is none, it holds something else, or is of another length.
        """
        found = self.dataset(name)
        if found.dtype.kind not in "biuf":
            raise self._refusal("values are not numbers", name, f"values of type {found.dtype}", "numbers")
        if length is not None and found.shape[:1] != (length,):
            values = f"{found.shape[0]} values" if found.shape else "a single value"
            what = f"wrong length: one value per {each} expected"
            raise self._refusal(what, name, values, f"{length}, one per {each}")
        return found

    def number(self, name: str) -> float:
        """Return the single number at an HDF5 path.

        Raises
        ------
        SourceError
            If there is none, or something else.
        """
        found = self.numbers(name)
        if found.shape:
            raise self._refusal("a value is not a single number", name, f"shape {found.shape}", "one number")
        return float(found[()])

    def timestamps(self, name: str) -> FloatArray:
        """Return the timestamps at an HDF5 path, in seconds, shape (n,).

        Raises
        ------
        SourceError
            If there are none, they are not numbers, or one lies before its predecessor.
        """
        times = np.asarray(self.numbers(name)[()], dtype=np.float64)
        self.refuse_backwards(times, name)
        return times

    def refuse_backwards(self, times: FloatArray, name: str) -> None:
        """Reject timestamps that are not numbers or go backwards.

        Raises
        ------
        SourceError
            Naming the first of them.
        """
        wrong = np.flatnonzero(~np.isfinite(times))
        if not wrong.size:
            wrong = np.flatnonzero(np.diff(times) < 0) + 1
        if wrong.size:
            first = int(wrong[0])
            before = f" after {times[first - 1]} s" if first else ""
            what = "timestamps go backwards" if np.isfinite(times[first]) else "a timestamp is not a number"
            got = f"{times[first]} s{before}, at index {first}"
            raise self._refusal(what, name, got, "timestamps that never decrease")

    def attributes(self, name: str) -> dict[str, Any]:
        """Return the attributes at an HDF5 path, empty without an object there."""
        with self.held.opened() as file:
            item = at(file, name)
            return {} if item is None else dict(item.attrs.items())

    def names(self, name: str) -> list[str]:
        """Return the names in the group at an HDF5 path, empty without one."""
        with self.held.opened() as file:
            return list(group_at(file, name) or ())

    def text(self, name: str) -> str:
        """Return the text at an HDF5 path, empty without one."""
        with self.held.opened() as file:
            found = dataset_at(file, name)
            return "" if found is None else text(found[()])

    def needed_text(self, name: str) -> str:
        """Return a text required of every released file.

        Raises
        ------
        SourceError
            If it is absent or empty.
        """
        found = self.text(name)
        if not found:
            raise self._refusal("the file lacks a text", name, "nothing", "a text, as in every released file")
        return found

    def _places(self, name: str) -> str:
        return " or ".join(home.path for home in session_tables().tables[name].homes.get("released", ()))

    def _refuse_lost_columns(self, name: str) -> None:
        """Reject a table that names missing columns."""
        with self.held.opened() as file:
            for group in _tables(file, name):
                lost = [column for column in column_names(group) if column not in group and column not in OF_PYNWB]
                if lost:
                    what, expected = f"the {name.replace('_', ' ')} lack columns", "every column that the table names"
                    raise self._refusal(what, group.name, f"no {', '.join(lost)}", expected)

    def _unreadable(self, name: str, problem: ValueError) -> SourceError:
        words = f"cannot read the {name.replace('_', ' ')}"
        return self._refusal(words, self._places(name), str(problem), session_tables().tables[name].description)

    def _refusal(self, what: str, name: str, got: str, expected: str) -> SourceError:
        fix = "download the file again; if it is as released, leave this session out"
        return SourceError(what, where=f"{self.path}:{name}", got=got, expected=expected, fix=fix)

    def _unusable(self, name: str, facts: list[dict[str, Any]]) -> SourceError:
        columns = ", ".join(fact["column"] for fact in facts)
        lacking = not facts[0]["found"]
        return self._refusal(
            f"the {name.replace('_', ' ')} " + ("lack columns" if lacking else "hold values of another type"),
            facts[0]["home"],
            f"no {columns}" if lacking else f"{columns} stored as {', '.join(fact['stored'] for fact in facts)}",
            ", ".join(f"{fact['column']} ({fact['type']})" for fact in facts),
        )


def _tables(file: h5py.File, name: str) -> Iterator[h5py.Group]:
    """Yield every HDF5 table that belongs to a session table."""
    for home in session_tables().tables[name].homes.get("released", ()):
        for path, _ in places(file, home, plane_names(file, "released")) if home.table else ():
            if (group := group_at(file, path)) is not None:
                yield group


def _holds(group: h5py.Group, home: Home) -> bool:
    """Return whether a group has any value of a home, or is it."""
    paths = {source.partition("@")[0].partition(":")[0] for source in home.values.values()}
    return not paths or any(at(group, path) is not None if path else True for path in paths)


def released_file(path: Path | str) -> ReleasedFile:
    """Return a released file, validated once unless it has changed."""
    path = Path(path)
    try:
        status = path.stat()
    except OSError:
        return ReleasedFile(path)  # which says what is wrong
    return _validated_file(path, status.st_size, status.st_mtime_ns)


@lru_cache(maxsize=256)
def _validated_file(path: Path, _size: int, _mtime_ns: int) -> ReleasedFile:
    return ReleasedFile(path)
