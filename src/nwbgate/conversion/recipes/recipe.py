"""A recipe folder with ``conversion.yaml``: converter, sources, names, options."""

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path, PurePath
from typing import Any, cast

from nwbgate.conversion.recipes.converter_code import resolve
from nwbgate.conversion.recipes.interface_classes import interface_class, require_libraries
from nwbgate.conversion.recipes.interface_plans import plan_interfaces, words_of
from nwbgate.conversion.recipes.neuroconv_specification import Experiments, is_specification, read_specification
from nwbgate.conversion.recipes.placeholders import refuse_placeholders
from nwbgate.conversion.recipes.recipe_file import RecipeFile, read_recipe_file
from nwbgate.conversion.recipes.recipe_options import Option, checked_options
from nwbgate.conversion.sources.session_rows import read_session_rows, with_rows
from nwbgate.conversion.sources.source_data import fill_template
from nwbgate.conversion.sources.source_patterns import visible_sources
from nwbgate.errors import NwbgateError, RecipeError, UsageError, nearest
from nwbgate.interfaces.plan import SessionPlan
from nwbgate.yaml_file import read_yaml

#: Name of the file that makes a folder a recipe.
FILE = "conversion.yaml"


class NoSourcesError(UsageError):
    """A folder without a file of the recipe's pattern."""


@dataclass(frozen=True)
class Recipe:
    """Conversion of one dataset's sessions."""

    path: Path
    content: RecipeFile
    experiments: Experiments | None = None

    @property
    def name(self) -> str:
        """Name of the folder, or of a specification of NeuroConv."""
        return self.home.name.removesuffix(self.path.suffix)

    @property
    def home(self) -> Path:
        """Path that `load_recipe` takes: a folder, or a specification file."""
        return self.path.parent if self.path.name == FILE else self.path

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
        content = read_yaml(self.metadata_path, error=RecipeError) if self.metadata_path else {}
        refuse_placeholders(content, str(self.metadata_path))
        return content

    @cached_property
    def converter(self) -> type[Any]:
        """The NeuroConv interface or converter class."""
        if self.content.converter is not None:
            return cast("type[Any]", resolve(self.content.converter, self.path))
        from nwbgate.conversion.recipes.recipe_converter import converter_class

        return converter_class(
            {
                name: interface_class(entry.interface, self.path, where=f"{self.path}: interfaces.{name}")
                for name, entry in self.content.interfaces.items()
            }
        )

    def require_libraries(self) -> None:
        """Reject a recipe whose interfaces need libraries that are not installed.

        Raises
        ------
        MissingExtraError
            With the command that installs them.
        """
        for name, interface in (getattr(self.converter, "data_interface_classes", None) or {}).items():
            require_libraries(interface, where=f"{self.path}: interface {name}")

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
        if self.content.interfaces:
            return self.converter(deepcopy(plan.source_data), plan.alignment)
        if known is None:
            return self.converter(**plan.source_data.get(self.converter.__name__, {}))
        # NeuroConv writes into what it is given.
        return self.converter(source_data={name: dict(given) for name, given in plan.source_data.items()})

    def plan(
        self, sources: Sequence[Path], options: Mapping[str, Any] | None = None, *, sessions: Path | None = None
    ) -> list[SessionPlan]:
        """Return the sessions of these sources.

        Parameters
        ----------
        sources : sequence of Path
            Source files, as `find_sources` returns them.
        options : mapping, optional
            Values of the dataset's own options.
        sessions : Path, optional
            Table of sessions; see `nwbgate.conversion.sources.session_rows.read_session_rows`.

        Raises
        ------
        UsageError
            If an option is unknown or its value does not fit, or the planner refuses a side-car table or two sources
            of one session.
        """
        values = checked_options(options or {}, self.options, recipe=self.name)
        rows = read_session_rows(sessions, words_of(self.content.interfaces)) if sessions else []
        if self.experiments is not None:
            plans = self.experiments.plans(sources)
        elif self.content.interfaces:
            plans = plan_interfaces(self.content.interfaces, sources, values, rows=rows, recipe=self.path)
        else:
            plans = self._plans_of_converter(sources, values)
        return with_rows(plans, rows, sessions) if sessions else plans

    def _plans_of_converter(self, sources: Sequence[Path], values: Mapping[str, Any]) -> list[SessionPlan]:
        """Return a converter recipe's sessions, planned or one per source."""
        if self.content.planner is None:
            return [self._plan(source, values) for source in sources]
        planner = cast("Callable[..., list[SessionPlan]]", resolve(self.content.planner, self.path))
        try:
            return [self._check_plans(plan) for plan in planner(list(sources), values)]
        except NwbgateError:
            raise
        except Exception as problem:  # planners are other people's code
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
        if self.content.sources is None or not path.is_dir():
            return [path]
        pattern = self.content.sources.pattern
        files = visible_sources(path)
        matches = sorted(each for each in files if each.is_file() and _fits(each, pattern))
        if not matches:
            raise NoSourcesError(
                "the folder contains no source",
                where=str(path),
                got="no matching file in it or below it",
                expected=f"files named {pattern}",
                fix="name the folder with the sources, or the files themselves",
            )
        return matches


def _fits(path: Path, pattern: str) -> bool:
    """Return whether a file's name fits a pattern, ignoring case."""
    return PurePath(str(path).lower()).match(pattern.lower())


def shipped_recipes() -> dict[str, Path]:
    """Return name and folder of each shipped recipe."""
    root = Path(str(files("nwbgate.conversions")))
    return {path.parent.name: path.parent for path in sorted(root.glob(f"*/{FILE}"))}


def load_recipe(name: str | Path) -> Recipe:
    """Return a recipe by shipped name, folder or NeuroConv specification.

    Raises
    ------
    RecipeError
        If there is none, or its ``conversion.yaml`` is wrong.
    """
    shipped = shipped_recipes()
    folder = shipped.get(str(name).replace("-", "_"), Path(name))
    path = folder if folder.is_file() else folder / FILE
    if not path.is_file():
        known = [each.replace("_", "-") for each in shipped]
        raise RecipeError(
            f"unknown recipe {str(name)!r}",
            where=str(path.absolute()) if folder.is_dir() else "",
            expected=f"one of {', '.join(known)}, a folder with a {FILE}, or a YAML specification of NeuroConv",
            fix=nearest(str(name).replace("_", "-"), known) or f"name one of these, or a folder with a {FILE}",
        )
    path = path.resolve()
    if is_specification(path):
        experiments = read_specification(path)
        return Recipe(path, experiments.recipe, experiments)
    return Recipe(path, read_recipe_file(path))
