"""The content of a ``conversion.yaml``, with errors that name the nearest valid key."""

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from nwbgate.conversion.names import check_template
from nwbgate.conversion.recipes.converter_code import TARGET
from nwbgate.conversion.recipes.placeholders import refuse_placeholders
from nwbgate.conversion.recipes.recipe_options import Option, Options
from nwbgate.conversion.sources.source_data import check_words
from nwbgate.errors import RecipeError, nearest
from nwbgate.yaml_file import read_yaml


class Sources(BaseModel):
    """Search for sources in a folder."""

    model_config = ConfigDict(extra="forbid")
    pattern: str = Field(min_length=1)


class ClockColumn(BaseModel):
    """A table with the session time of each sample of a stream.

    Parameters
    ----------
    file_path : str
        Pattern of a CSV or ``.npy`` file, as in the source data of an interface.
    column : str, optional
        Column with the times in seconds; a ``.npy`` file has none.
    """

    model_config = ConfigDict(extra="forbid")
    file_path: str
    column: str | None = None


class Alignment(BaseModel):
    """One of three ways from an interface's times to session times.

    Parameters
    ----------
    shift : float or str, optional
        Seconds to add, or a word in braces of which the table of sessions has a column.
    clock : ClockColumn, optional
        File with the time of each sample.
    sync : str, optional
        Interface of the same recipe whose timestamps are those of the samples, such as the pulses of a camera.
    """

    model_config = ConfigDict(extra="forbid")
    shift: float | str | None = None
    clock: ClockColumn | None = None
    sync: str | None = None

    @model_validator(mode="after")
    def _one_way(self) -> "Alignment":
        if sum(way is not None for way in (self.shift, self.clock, self.sync)) != 1:
            raise ValueError("give one of shift, clock and sync")
        return self


class InterfaceEntry(BaseModel):
    """One stream of the recording: an interface, its sources and options.

    Parameters
    ----------
    interface : str
        Name in ``neuroconv.datainterfaces``, ``file.py:Class`` or ``module:Class``.
    source_data : dict
        Arguments of the interface; paths are patterns relative to the source folder.
    conversion_options : dict
        Options of its ``add_to_nwbfile``.
    optional : bool
        Sessions without its sources are converted without it.
    alignment : Alignment, optional
        How its times become times of the session.
    """

    model_config = ConfigDict(extra="forbid")
    interface: str = Field(pattern=rf"^\w+$|{TARGET}")
    source_data: dict[str, Any] = Field(default_factory=dict)
    conversion_options: dict[str, Any] = Field(default_factory=dict)
    optional: bool = False
    alignment: Alignment | None = None


class RecipeFile(BaseModel):
    """The content of a ``conversion.yaml``: a converter, or interfaces by name."""

    model_config = ConfigDict(extra="forbid")
    title: str
    converter: str | None = Field(default=None, pattern=TARGET)
    interfaces: dict[str, InterfaceEntry] = Field(default_factory=dict)
    planner: str | None = Field(default=None, pattern=TARGET)
    sources: Sources | None = None
    source_data: dict[str, dict[str, Any]] | None = None
    output: str = Field(pattern=r"\.nwb$")
    metadata: str | None = None
    options: Options = Field(default_factory=Options)


#: Keys that have a meaning only beside ``converter``, because each interface has its own sources.
_OF_CONVERTERS = ("planner", "sources", "source_data")


def read_recipe_file(path: Path) -> RecipeFile:
    """Return the checked content of a ``conversion.yaml``.

    Raises
    ------
    RecipeError
        If the file is not YAML, a key is unknown, missing or out of place, or a value is invalid or not filled in.
    """
    try:
        content = RecipeFile.model_validate(read_yaml(path, error=RecipeError))
    except ValidationError as problem:
        raise _wrong_recipe(path, problem) from None
    _refuse_mixture(content, path)
    refuse_placeholders(content.model_dump(), str(path))
    check_template(content.output, where=str(path))
    if content.interfaces:
        _check_synchronisation(content.interfaces, path)
    else:
        options = content.options.properties
        check_words(content.source_data or {}, options, where=str(path), planned=bool(content.planner))
    return content


def _refuse_mixture(content: RecipeFile, path: Path) -> None:
    """Reject a recipe with both converter and interfaces, or neither."""
    if bool(content.converter) == bool(content.interfaces):
        raise RecipeError(
            "a recipe needs either a converter or interfaces",
            where=str(path),
            got="both" if content.converter else "neither",
            expected="converter: file.py:Class, or interfaces: {Name: {interface: Class, source_data: {...}}}",
            fix="remove one of the two keys" if content.converter else "add one of the two keys",
        )
    if content.converter and content.sources is None:
        raise RecipeError("key 'sources' is missing in a recipe", where=str(path), fix="add the key")
    misplaced = [key for key in _OF_CONVERTERS if getattr(content, key) is not None]
    if content.interfaces and misplaced:
        raise RecipeError(
            f"the key {misplaced[0]!r} has no meaning in a recipe of interfaces",
            where=str(path),
            expected="source_data below each interface",
            fix="remove the key, and give each interface its own source_data",
        )


def _check_synchronisation(interfaces: dict[str, InterfaceEntry], path: Path) -> None:
    """Reject a stream that is synchronised to an absent interface or to itself."""
    for name, entry in interfaces.items():
        target = entry.alignment.sync if entry.alignment else None
        if target is not None and (target not in interfaces or target == name):
            known = [each for each in interfaces if each != name]
            raise RecipeError(
                f"the recipe has no interface {target!r} to synchronise with",
                where=f"{path}: interfaces.{name}.alignment.sync",
                got=target,
                expected=f"one of {', '.join(known)}" if known else "another interface",
                fix=nearest(target, known) or "name another interface of this recipe",
            )


def _wrong_recipe(path: Path, problem: ValidationError) -> RecipeError:
    """Return the error for the first unknown or invalid key, with a suggestion.

    A key that is misspelt is missing, too; what helps is to see the one that is there.
    """
    first = min(problem.errors(), key=lambda error: error["type"] != "extra_forbidden")
    key = ".".join(str(part) for part in first["loc"])
    if first["type"] == "missing":
        return RecipeError(f"key {key!r} is missing in a recipe", where=str(path), fix="add the key")
    if first["type"] != "extra_forbidden":
        got, expected = repr(first["input"])[:200], first["msg"]
        return RecipeError(
            f"invalid recipe at {key}", where=str(path), got=got, expected=expected, fix="correct the value"
        )
    known = _model_of(first["loc"])
    return RecipeError(
        f"unknown key {key!r} in a recipe",
        where=str(path),
        expected=f"one of {', '.join(known.model_fields)}",
        fix=nearest(str(first["loc"][-1]), list(known.model_fields)) or _remedy(known, first["loc"]),
    )


def _model_of(place: tuple[int | str, ...]) -> type[BaseModel]:
    """Return the part of a recipe in which a key stands."""
    if len(place) == 1:
        return RecipeFile
    if place[0] == "interfaces":
        return (InterfaceEntry, Alignment, ClockColumn)[min(len(place), 5) - 3]
    if place[0] == "options":
        return Options if len(place) == 2 else Option
    return Sources if place[0] == "sources" else RecipeFile


def _remedy(known: type[BaseModel], place: tuple[int | str, ...]) -> str:
    """Return the remedy for an unknown key, including options at the wrong level."""
    misplaced = known is Options and len(place) == 2
    return f"write it below the key properties: {{properties: {{{place[-1]}: ...}}}}" if misplaced else "remove the key"
