"""A folder with a ``conversion.yaml``, as an object: which converter, which sources, which name, which options."""

import importlib
import importlib.util
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from nwbgate.conversion.names import output_path
from nwbgate.errors import RecipeError, UsageError
from nwbgate.interfaces.plan import SessionPlan

_FILE = "conversion.yaml"
_TARGET = re.compile(r"^(?P<place>[\w.]+(?:\.py)?):(?P<name>\w+)$")
_LOADERS: dict[Path, Any] = {}


class Sources(BaseModel):
    """How sources are found in a folder."""

    model_config = ConfigDict(extra="forbid")
    pattern: str


class Option(BaseModel):
    """One option of a dataset, in JSON schema words; becomes an option of the command line."""

    model_config = ConfigDict(extra="forbid")
    type: str = Field(default="string", pattern="^(string|number|integer|boolean)$")
    format: str | None = Field(default=None, pattern="^(file-path|directory-path)$")
    description: str = ""
    enum: list[str] | None = None
    default: Any = None


class Options(BaseModel):
    """The options of a dataset."""

    model_config = ConfigDict(extra="forbid")
    properties: dict[str, Option] = Field(default_factory=dict)
    additionalProperties: bool = False  # noqa: N815  the word of JSON schema


class RecipeFile(BaseModel):
    """The content of a ``conversion.yaml``."""

    model_config = ConfigDict(extra="forbid")
    title: str
    converter: str = Field(pattern=_TARGET.pattern)
    planner: str | None = Field(default=None, pattern=_TARGET.pattern)
    sources: Sources
    source_data: dict[str, dict[str, Any]] | None = None
    output: str
    metadata: str | None = None
    options: Options = Field(default_factory=Options)


@dataclass(frozen=True)
class Recipe:
    """How the sessions of one dataset are converted."""

    folder: Path
    content: RecipeFile

    @property
    def name(self) -> str:
        """Name of the folder."""
        return self.folder.name

    @property
    def title(self) -> str:
        """One line about the dataset."""
        return self.content.title

    @property
    def options(self) -> dict[str, Option]:
        """The dataset's own options."""
        return self.content.options.properties

    @cached_property
    def metadata(self) -> dict[str, Any]:
        """Metadata of the dataset, the same for each session; empty where the recipe names no file."""
        return read_yaml(self.folder / self.content.metadata) if self.content.metadata else {}

    @property
    def converter(self) -> type[Any]:
        """The NeuroConv interface or converter class."""
        return cast("type[Any]", self._resolve(self.content.converter))

    def plan(self, sources: Sequence[Path], options: Mapping[str, Any] | None = None) -> list[SessionPlan]:
        """Return the sessions that these sources make.

        Parameters
        ----------
        sources : sequence of Path
            Source files, as `find_sources` returns them.
        options : mapping, optional
            Values of the dataset's own options.

        Raises
        ------
        UsageError
            If an option is unknown, or the planner refuses a side-car table or two sources of one session.
        """
        given = {name: value for name, value in (options or {}).items() if value is not None}
        for name in given:
            if name not in self.options:
                raise UsageError(
                    f"unknown option {name!r} of recipe {self.name}",
                    expected=", ".join(self.options) or "no options",
                    fix=nearest(name, self.options),
                )
        if self.content.planner:
            planner = cast("Callable[..., list[SessionPlan]]", self._resolve(self.content.planner))
            return planner(list(sources), given)
        return [self._plan(source) for source in sources]

    def _plan(self, source: Path) -> SessionPlan:
        filled = _fill(self.content.source_data or {}, str(source))
        return SessionPlan(
            session_id=source.stem,
            sources=(source,),
            source_data=cast("dict[str, dict[str, Any]]", filled),
            metadata={"NWBFile": {"session_id": source.stem}},
        )

    def find_sources(self, paths: Sequence[Path]) -> list[Path]:
        """Return the source files: files as given, folders searched recursively, each file once, in order of name.

        Raises
        ------
        UsageError
            If a path does not exist, or a folder holds no file of the recipe's pattern.
        """
        found: dict[Path, None] = {}
        for path in paths:
            if not path.exists():
                raise UsageError("source does not exist", where=str(path), fix="give files or folders that exist")
            matches = [path] if path.is_file() else sorted(p for p in path.rglob(self.content.sources.pattern))
            if not matches:
                raise UsageError(
                    "folder holds no source",
                    where=str(path),
                    got="no matching file in it or below it",
                    expected=f"files named {self.content.sources.pattern}",
                )
            found.update(dict.fromkeys(matches))
        return list(found)

    def output_path(self, folder: Path, subject_id: str, session_id: str) -> Path:
        """Return where the session's file belongs below the output folder."""
        return output_path(folder, self.content.output, subject_id=subject_id, session_id=session_id)

    def _resolve(self, target: str) -> object:
        match = _TARGET.match(target)
        assert match, target  # the model's pattern has seen to it
        place, name = match["place"], match["name"]
        module = _load_file(self.folder / place) if place.endswith(".py") else _import(place, self.folder)
        if not hasattr(module, name):
            raise RecipeError(
                f"{place} has no {name}",
                where=str(self.folder / _FILE),
                got=target,
                fix=nearest(name, [public for public in dir(module) if not public.startswith("_")]),
            )
        return cast("object", getattr(module, name))


def shipped_recipes() -> dict[str, Path]:
    """Return name and folder of each recipe that nwbgate ships."""
    root = Path(str(files("nwbgate.conversions")))
    return {path.parent.name: path.parent for path in sorted(root.glob(f"*/{_FILE}"))}


def load_recipe(name: str | Path) -> Recipe:
    """Return the recipe of a shipped name (``-`` and ``_`` are equal) or of a folder with a ``conversion.yaml``.

    Raises
    ------
    RecipeError
        If there is none, or its ``conversion.yaml`` is wrong.
    """
    shipped = shipped_recipes()
    folder = shipped.get(str(name).replace("-", "_"), Path(name))
    path = folder / _FILE
    if not path.is_file():
        known = ", ".join(shipped).replace("_", "-")
        raise RecipeError(
            f"no recipe {str(name)!r}",
            where=str(path),
            expected=f"one of {known}, or a folder with a {_FILE}",
            fix=nearest(str(name).replace("-", "_"), shipped),
        )
    return Recipe(folder.resolve(), _validated(path))


def _validated(path: Path) -> RecipeFile:
    try:
        return RecipeFile.model_validate(read_yaml(path))
    except ValidationError as problem:
        first = problem.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        keys = RecipeFile.model_fields
        raise RecipeError(
            f"wrong recipe: {key}: {first['msg']}",
            where=str(path),
            got=repr(first.get("input"))[:200],
            expected=f"keys {', '.join(keys)}" if first["type"] == "extra_forbidden" else "",
            fix=nearest(str(first["loc"][-1]), keys),
        ) from None


def read_yaml(path: Path) -> dict[str, Any]:
    """Return a YAML file as a dict, by the safe loader.

    Raises
    ------
    UsageError
        If the file is missing or is not a YAML mapping.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as problem:
        raise UsageError("file cannot be read", where=str(path), got=str(problem.strerror)) from problem
    except (yaml.YAMLError, UnicodeDecodeError) as problem:
        raise UsageError("file is not YAML", where=str(path), got=str(problem), fix="mend the line named") from problem
    if not isinstance(content, dict):
        raise UsageError("file is not a mapping", where=str(path), got=type(content).__name__, expected="key: value")
    return content


def nearest(word: str, known: Sequence[str] | Mapping[str, object]) -> str:
    """Return advice that names the known word nearest to a wrong one; empty where none is near."""
    close = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"did you mean {close[0]!r}?" if close else ""


def _fill(template: object, source: str) -> object:
    if isinstance(template, Mapping):
        return {key: _fill(value, source) for key, value in template.items()}
    return template.replace("{source}", source) if isinstance(template, str) else template


def _import(module: str, folder: Path) -> object:
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as problem:
        where = str(folder / _FILE)
        raise RecipeError(f"no module {problem.name!r}", where=where, fix="install the package it is in") from problem


def _load_file(path: Path) -> object:
    """Load a Python file beside the recipe, once per process, under a name that pickles."""
    if path not in _LOADERS:
        if not path.is_file():
            raise RecipeError("the recipe's Python file is missing", where=str(path))
        spec = importlib.util.spec_from_file_location(f"nwbgate_recipe_{path.parent.name}_{path.stem}", path)
        assert spec, path
        assert spec.loader, path
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
        _LOADERS[path] = module
    return _LOADERS[path]
