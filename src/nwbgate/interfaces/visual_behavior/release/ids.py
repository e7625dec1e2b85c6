"""Session and plane identifiers in a released file."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py

from nwbgate.errors import SourceError
from nwbgate.reading.format.file_layout import file_layout
from nwbgate.reading.format.layouts import session_tables
from nwbgate.storage.hdf5 import at, dataset_at, group_at
from nwbgate.storage.values import text

#: Group whose attributes are the ids of session and plane.
METADATA = "/general/metadata"


@dataclass(frozen=True)
class ReleasedIds:
    """Identifiers in a released file.

    Attributes
    ----------
    behavior_session_id : int
        Identifier of the behavior session, which every file has.
    ophys_session_id, ophys_experiment_id, ophys_container_id : int or None
        Identifiers of the imaging session, of the plane in it and of the plane across sessions; None without imaging.
    session_type : str
        Name of the stimulus protocol.
    """

    behavior_session_id: int
    ophys_session_id: int | None
    ophys_experiment_id: int | None
    ophys_container_id: int | None
    session_type: str

    @property
    def identifier(self) -> int:
        """The experiment id (one plane of one session), or the behavior session id."""
        return self.behavior_session_id if self.ophys_experiment_id is None else self.ophys_experiment_id


def released_ids(file: h5py.File) -> ReleasedIds:
    """Return the identifiers of an open released file.

    Raises
    ------
    SourceError
        If it is not a file of the release, an id is missing or no number, or the ids contradict each other.
    """
    _refuse_other_layout(file)
    item, path = at(file, METADATA), Path(file.filename)
    found = {} if item is None else dict(item.attrs.items())
    ids = ReleasedIds(
        _needed_id(path, found, "behavior_session_id"),
        _number(path, found, "ophys_session_id"),
        _number(path, found, "ophys_experiment_id"),
        _number(path, found, "ophys_container_id"),
        text(found.get("session_type")),
    )
    name = dataset_at(file, "/identifier")
    _refuse_other_identifier(path, ids, "" if name is None else text(name[()]))
    return ids


def _needed_id(path: Path, found: dict[str, Any], name: str) -> int:
    value = _number(path, found, name)
    if value is None:
        raise SourceError(
            f"the file has no {name}",
            where=f"{path}:{METADATA}@{name}",
            got="nothing",
            expected="a number",
            fix="download the file again, or leave the session out",
        )
    return value


def _number(path: Path, found: dict[str, Any], name: str) -> int | None:
    try:
        return int(found[name]) if name in found else None
    except (TypeError, ValueError) as problem:
        raise SourceError(
            f"{name} is not a number",
            where=f"{path}:{METADATA}@{name}",
            got=text(found[name]),
            expected="a whole number",
            fix="download the file again, or leave the session out",
        ) from problem


def _refuse_other_identifier(path: Path, ids: ReleasedIds, name: str) -> None:
    if name != str(ids.identifier):
        raise SourceError(
            "the ids of the file contradict each other",
            where=f"{path}:/identifier",
            got=name or "nothing",
            expected=f"{ids.identifier}, as in {METADATA}",
            fix="download the file again",
        )


def _refuse_other_layout(file: h5py.File) -> None:
    if file_layout(file) == "released":
        return
    group = group_at(file, METADATA)
    raise SourceError(
        "this is not a file of the Visual Behavior release",
        where=f"{file.filename}:{METADATA}@neurodata_type",
        got=text(group.attrs.get("neurodata_type")) if group is not None else f"no {METADATA}",
        expected=" or ".join(session_tables().layouts["released"].recognised_by.is_),
        fix="give a behavior_session_<id>.nwb or behavior_ophys_experiment_<id>.nwb of the release",
    )
