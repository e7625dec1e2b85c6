"""NeuroConv's YAML specification of a conversion, converted as it is."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Any

from nwbgate.conversion.recipes.recipe_file import InterfaceEntry, RecipeFile
from nwbgate.errors import RecipeError, UsageError, nearest
from nwbgate.interfaces.plan import SessionPlan
from nwbgate.storage.safe_files.folder_contents import visible_files
from nwbgate.yaml_file import read_yaml

#: Keys of a specification, of an experiment and of a session (NeuroConv 0.10, yaml_conversion_specification_schema).
_KEYS = ("metadata", "conversion_options", "data_interfaces", "upload_to_dandiset", "experiments")
_KEYS_OF_EXPERIMENT = ("metadata", "sessions")
_KEYS_OF_SESSION = ("nwbfile_name", "source_data", "metadata", "conversion_options")
#: Name of a session's file where the specification gives none.
_OUTPUT = "sub-{subject_id}/sub-{subject_id}_ses-{session_id}.nwb"


@dataclass(frozen=True)
class Experiments:
    """The sessions that a specification lists, and its interfaces as a recipe."""

    path: Path
    content: Mapping[str, Any]

    @property
    def recipe(self) -> RecipeFile:
        """The interfaces as those of a ``conversion.yaml``."""
        entries = {name: InterfaceEntry(interface=each) for name, each in self.content["data_interfaces"].items()}
        return RecipeFile(title=f"NeuroConv specification {self.path.name}", interfaces=entries, output=_OUTPUT)

    def plans(self, folders: Sequence[Path]) -> list[SessionPlan]:
        """Return one plan for each session.

        Parameters
        ----------
        folders : sequence of Path
            One folder, which the paths of the source data are relative to.

        Raises
        ------
        UsageError
            If there is more than one, or it is not a folder.
        """
        if len(folders) != 1 or not folders[0].is_dir():
            raise UsageError(
                "a specification of NeuroConv has one data folder",
                where=str(self.path),
                got=", ".join(map(str, folders)),
                expected="the folder that its paths are relative to",
                fix="name this folder alone",
            )
        return [
            self._plan(number, experiment, session, folders[0].absolute())
            for number, (experiment, session) in enumerate(self._sessions(), start=1)
        ]

    def _sessions(self) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
        for experiment in self.content["experiments"].values():
            yield from ((experiment, session) for session in experiment["sessions"])

    def _plan(
        self, number: int, experiment: Mapping[str, Any], session: Mapping[str, Any], folder: Path
    ) -> SessionPlan:
        metadata = _merge_metadata(*(part.get("metadata") or {} for part in (self.content, experiment, session)))
        name = str(session.get("nwbfile_name") or "").removesuffix(".nwb")
        session_id = str((metadata.get("NWBFile") or {}).get("session_id") or name or f"session{number}")
        shared, own = self.content.get("conversion_options") or {}, session.get("conversion_options") or {}
        source_data = {each: _absolute(given, folder) for each, given in session["source_data"].items()}
        options = {each: {**shared, **own.get(each, {})} for each in source_data}
        return SessionPlan(
            session_id=session_id,
            sources=tuple(dict.fromkeys(path for given in source_data.values() for path in _files(given))),
            source_data=source_data,
            metadata=_merge_metadata(metadata, {"NWBFile": {"session_id": session_id}}),
            conversion_options={each: given for each, given in options.items() if given},
            output=f"{name}.nwb" if name else "",
            remarks=("not uploaded: nwbgate does not follow upload_to_dandiset, `dandi upload` does it",)
            if "upload_to_dandiset" in self.content
            else (),
            origin=str(self.path),
        )


def is_specification(path: Path) -> bool:
    """Return whether a YAML file is a specification of NeuroConv."""
    return "experiments" in read_yaml(path, error=RecipeError)


def read_specification(path: Path) -> Experiments:
    """Return the sessions of a specification, after checking its keys.

    Raises
    ------
    RecipeError
        If a key is unknown or missing, or a session names an interface that is not declared.
    """
    content = read_yaml(path, error=RecipeError)
    _check_keys(content, _KEYS, ("experiments", "data_interfaces"), str(path))
    for name, experiment in content["experiments"].items():
        place = f"{path}: experiments.{name}"
        _check_keys(experiment, _KEYS_OF_EXPERIMENT, ("sessions",), place)
        for number, session in enumerate(experiment["sessions"]):
            _check_keys(session, _KEYS_OF_SESSION, ("source_data",), f"{place}.sessions[{number}]")
            declared = list(content["data_interfaces"])
            _check_keys(session["source_data"], declared, (), f"{place}.sessions[{number}].source_data")
    return Experiments(path, content)


def _check_keys(part: object, known: Sequence[str], required: Sequence[str], where: str) -> None:
    """Reject a part of a specification with an unknown or missing key."""
    if not isinstance(part, Mapping):
        raise RecipeError("not a mapping", where=where, got=repr(part)[:200], expected="keys and values", fix="indent")
    for key in part:
        if key not in known:
            raise RecipeError(
                f"unknown key {key!r} in a specification of NeuroConv",
                where=where,
                expected=f"one of {', '.join(known)}",
                fix=nearest(str(key), known) or "remove the key",
            )
    for key in required:
        if key not in part:
            raise RecipeError(
                f"key {key!r} is missing in a specification of NeuroConv",
                where=where,
                expected=f"the keys {', '.join(required)}",
                fix="add the key",
            )


def _merge_metadata(*parts: Mapping[str, Any]) -> dict[str, Any]:
    """Return metadata merged, the later over the earlier."""
    from neuroconv.utils import dict_deep_update

    return reduce(
        lambda below, above: dict(dict_deep_update(dict(below), dict(above), copy=True)),
        parts,
        {},
    )


def _absolute(given: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Return the arguments of an interface with absolute paths, as NeuroConv makes them."""
    found = dict(given)
    for key, value in given.items():
        if key == "file_paths":
            found[key] = [str(folder / each) for each in value]
        elif key in ("file_path", "folder_path"):
            found[key] = str(folder / value)
    return found


def _files(given: Mapping[str, Any]) -> Iterator[Path]:
    for key, value in given.items():
        if key in ("file_path", "folder_path", "file_paths"):
            for path in map(Path, value if isinstance(value, list) else [value]):
                yield from sorted(visible_files(path)) if path.is_dir() else [path]
