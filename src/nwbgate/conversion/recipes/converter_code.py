"""Python code named by a recipe: ``package.module:Name`` or ``file.py:Name``."""

import importlib
import importlib.util
import sys
import zlib
from pathlib import Path
from types import ModuleType
from typing import cast

from nwbgate.errors import RecipeError, nearest

#: How a recipe names Python.
TARGET = r"^[\w.]+:\w+$"
_LOADED: dict[Path, ModuleType] = {}


def resolve(target: str, recipe: Path) -> object:
    """Return the object named by a recipe.

    Parameters
    ----------
    target : str
        ``module:Name`` or ``file.py:Name``.
    recipe : Path
        The ``conversion.yaml``; Python files are looked for beside it.

    Raises
    ------
    RecipeError
        If there is no such module, file or name, or importing it fails.
    """
    place, _, name = target.partition(":")
    module = _load(recipe.parent / place, recipe) if place.endswith(".py") else _import(place, recipe)
    if not hasattr(module, name):
        public = [each for each in dir(module) if not each.startswith("_")]
        fix = nearest(name, public) or "name an existing class or function"
        raise RecipeError(f"{place} has no {name}", where=str(recipe), got=target, fix=fix)
    return cast("object", getattr(module, name))


def _import(module: str, recipe: Path) -> ModuleType:
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as problem:
        fix = "install its package, or name a file as file.py:Name"
        raise RecipeError(f"no module named {problem.name!r}", where=str(recipe), got=module, fix=fix) from problem
    except Exception as problem:  # importing runs other people's code
        raise _broken(module, recipe, problem) from problem


def _load(path: Path, recipe: Path) -> ModuleType:
    """Load a file once per process, under a unique module name."""
    if path in _LOADED:
        return _LOADED[path]
    if not path.is_file():
        near = nearest(path.name, [each.name for each in recipe.parent.glob("*.py")])
        raise RecipeError("the recipe's Python file does not exist", where=str(recipe), got=path.name, fix=near)
    name = f"nwbgate_recipe_{zlib.crc32(str(path).encode()):08x}_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None, path  # a .py file always has a loader
    assert spec.loader is not None, path
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as problem:  # loading a file runs other people's code
        del sys.modules[name]
        raise _broken(path.name, recipe, problem) from problem
    _LOADED[path] = module
    return module


def _broken(place: str, recipe: Path, problem: Exception) -> RecipeError:
    """Return the error for recipe code that fails to import."""
    return RecipeError(
        "cannot import the recipe's Python code",
        where=f"{recipe}: {place}",
        got=f"{type(problem).__name__}: {problem}",
        fix=f"correct it until `import` of {place} succeeds in this environment",
    )
