"""A recipe folder with ``conversion.yaml``: converter, sources, names, options."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path, PurePath
from typing import Any, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from nwbgate.conversion.converter_code import TARGET, resolve
from nwbgate.conversion.names import check_template
from nwbgate.conversion.recipe_options import Option, Options, checked_options
from nwbgate.conversion.source_data import check_words, fill_template
from nwbgate.errors import NwbgateError, RecipeError, UsageError, nearest
from nwbgate.interfaces.plan import SessionPlan
from nwbgate.storage.folder_contents import visible_files
from nwbgate.yaml_file import read_yaml

#: Name of the file that makes a folder a recipe.
FILE = "conversion.yaml"


class Sources(BaseModel):
    """Search for sources in a folder."""

    model_config = ConfigDict(extra="forbid")
    pattern: str = Field(min_length=1)


class RecipeFile(BaseModel):
    """The content of a ``conversion.yaml``."""

    model_config = ConfigDict(extra="forbid")
    title: str
    converter: str = Field(pattern=TARGET)
    planner: str | None = Field(default=None, pattern=TARGET)
    sources: Sources
    source_data: dict[str, dict[str, Any]] | None = None
    output: str = Field(pattern=r"\.nwb$")
    metadata: str | None = None
    options: Options = Field(default_factory=Options)


@dataclass(frozen=True)
class Recipe:
    """Conversion of one dataset's sessions."""

    path: Path
    content: RecipeFile

    @property
    def name(self) -> str:
        """Name of the folder."""
        return self.path.parent.name

    @property
    def title(self) -> str:
        """One line about the dataset."""
        return self.content.title

    @property
    def options(self) -> dict[str, Option]:
        """The dataset's own options."""
        return self.content.options.properties

    @property
    def metadata_path(self) -> Path | None:
        """File with the metadata of the dataset."""
        return self.path.parent / self.content.metadata if self.content.metadata else None

    @cached_property
    def metadata(self) -> dict[str, Any]:
        """Metadata shared by all sessions of the dataset; empty if none is named."""
        return read_yaml(self.metadata_path, error=RecipeError) if self.metadata_path else {}

    @cached_property
    def converter(self) -> type[Any]:
        """The NeuroConv interface or converter class."""
        return cast("type[Any]", resolve(self.content.converter, self.path))

    def build(self, plan: SessionPlan) -> Any:
        """Return the converter of one session, built with its sources.

        Raises
        ------
        RecipeError
            If the plan names an interface that the converter does not have; NeuroConv would leave it out in silence.
        """
        known = getattr(self.converter, "data_interface_classes", None)
        names = list(known) if known is not None else [self.converter.__name__]
        for name in plan.source_data:
            if name not in names:
                raise RecipeError(
                    f"{self.converter.__name__} has no interface {name!r}",
                    where=str(self.path),
                    expected=f"one of {', '.join(names)}",
                    fix=nearest(name, names) or "name one of these in source_data",
                )
        if known is None:
            return self.converter(**plan.source_data.get(self.converter.__name__, {}))
        # NeuroConv writes into what it is given.
        return self.converter(source_data={name: dict(given) for name, given in plan.source_data.items()})

    def plan(self, sources: Sequence[Path], options: Mapping[str, Any] | None = None) -> list[SessionPlan]:
        """Return the sessions of these sources.

        Parameters
        ----------
        sources : sequence of Path
            Source files, as `find_sources` returns them.
        options : mapping, optional
            Values of the dataset's own options.

        Raises
        ------
        UsageError
            If an option is unknown or its value does not fit, or the planner refuses a side-car table or two sources
            of one session.
        """
        values = checked_options(options or {}, self.options, recipe=self.name)
        if self.content.planner is None:
            return [self._plan(source, values) for source in sources]
        planner = cast("Callable[..., list[SessionPlan]]", resolve(self.content.planner, self.path))
        try:
            return [self._check_plans(plan) for plan in planner(list(sources), values)]
        except NwbgateError:
            raise
        except Exception as problem:
            if self.content.planner.startswith("nwbgate."):
                raise
            got = f"{type(problem).__name__}: {problem}"
            raise RecipeError(
                "the recipe's planner failed",
                where=f"{self.path}: planner",
                got=got,
                fix="correct the planner: run it alone on these sources",
            ) from problem

    def _check_plans(self, plan: object) -> SessionPlan:
        """Return a planner's result after checking its types."""
        if isinstance(plan, SessionPlan) and all(isinstance(source, Path) for source in plan.sources):
            return plan
        raise RecipeError(
            "the recipe's planner did not return plans",
            where=f"{self.path}: planner",
            got=repr(plan)[:200],
            expected="SessionPlan objects of nwbgate.interfaces.plan, whose sources are Path objects",
            fix="correct the planner",
        )

    def _plan(self, source: Path, options: Mapping[str, Any]) -> SessionPlan:
        values = {"source": str(source), **options}
        return SessionPlan(
            session_id=source.stem,
            sources=(source,),
            source_data=cast("dict[str, dict[str, Any]]", fill_template(self.content.source_data or {}, values)),
            metadata={"NWBFile": {"session_id": source.stem}},
        )

    def find_sources(self, paths: Sequence[Path]) -> list[Path]:
        """Return the unique source files, searching folders recursively, sorted by name.

        Hidden files are passed over in folders: some systems leave one beside each file they copy.

        Raises
        ------
        UsageError
            If a path does not exist, a folder holds no file of the recipe's pattern, or some of it cannot be read.
        """
        found: dict[Path, Path] = {}
        for path in paths:
            for match in self._matches(path):
                found.setdefault(match.resolve(), match)
        return list(found.values())

    def _matches(self, path: Path) -> list[Path]:
        if not path.exists():
            raise UsageError("the source does not exist", where=str(path), fix="name existing files or folders")
        if not path.is_dir():
            return [path]
        pattern = self.content.sources.pattern
        files = visible_files(path, _refuse_unreadable_folder)
        matches = sorted(each for each in files if each.is_file() and _fits(each, pattern))
        if not matches:
            raise UsageError(
                "the folder contains no source",
                where=str(path),
                got="no matching file in it or below it",
                expected=f"files named {pattern}",
                fix="name the folder with the sources, or the files themselves",
            )
        return matches


def _fits(path: Path, pattern: str) -> bool:
    """Return whether a file is named as a pattern says, in upper or lower case: Windows writes ``.H5`` too."""
    return PurePath(str(path).lower()).match(pattern.lower())


def _refuse_unreadable_folder(problem: OSError) -> None:
    """Raise where a folder cannot be listed: there may be sources in it."""
    raise UsageError(
        "cannot read a folder of sources",
        where=str(problem.filename),
        got=problem.strerror or str(problem),
        expected="readable folders",
        fix="change its permissions, or name the other folders or files one by one",
    ) from problem


def shipped_recipes() -> dict[str, Path]:
    """Return name and folder of each shipped recipe."""
    root = Path(str(files("nwbgate.conversions")))
    return {path.parent.name: path.parent for path in sorted(root.glob(f"*/{FILE}"))}


def load_recipe(name: str | Path) -> Recipe:
    """Return a recipe by shipped name (``-`` and ``_`` are equal) or folder.

    Raises
    ------
    RecipeError
        If there is none, or its ``conversion.yaml`` is wrong.
    """
    shipped = shipped_recipes()
    folder = shipped.get(str(name).replace("-", "_"), Path(name))
    path = folder / FILE
    if not path.is_file():
        known = [each.replace("_", "-") for each in shipped]
        raise RecipeError(
            f"unknown recipe {str(name)!r}",
            where=str(path.absolute()) if folder.is_dir() else "",
            expected=f"one of {', '.join(known)}, or a folder with a {FILE}",
            fix=nearest(str(name).replace("_", "-"), known) or f"name one of these, or a folder with a {FILE}",
        )
    return _read_recipe(path.resolve())


def _read_recipe(path: Path) -> Recipe:
    try:
        content = RecipeFile.model_validate(read_yaml(path, error=RecipeError))
    except ValidationError as problem:
        raise _wrong_recipe(path, problem) from None
    check_template(content.output, where=str(path))
    check_words(content.source_data or {}, content.options.properties, where=str(path), planned=bool(content.planner))
    return Recipe(path, content)


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
    models = {"sources": Sources, "options": Options if len(first["loc"]) == 2 else Option}
    known = models.get(str(first["loc"][0]), RecipeFile) if len(first["loc"]) > 1 else RecipeFile
    return RecipeError(
        f"unknown key {key!r} in a recipe",
        where=str(path),
        expected=f"one of {', '.join(known.model_fields)}",
        fix=nearest(str(first["loc"][-1]), list(known.model_fields)) or _remedy(known, first["loc"]),
    )


def _remedy(known: type[BaseModel], place: tuple[int | str, ...]) -> str:
    """Return the remedy for an unknown key, including options at the wrong level."""
    misplaced = known is Options and len(place) == 2
    return f"write it below the key properties: {{properties: {{{place[-1]}: ...}}}}" if misplaced else "remove the key"
