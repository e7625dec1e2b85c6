"""NeuroConv interfaces by name, and the libraries that they need."""

import re
from importlib.metadata import PackageNotFoundError, metadata, requires, version
from pathlib import Path
from typing import Any, cast

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from nwbgate.conversion.recipes.converter_code import resolve
from nwbgate.errors import MissingExtraError, RecipeError, nearest

_LIBRARY = "neuroconv"
_INTERFACES = f"{_LIBRARY}.datainterfaces"


def interface_class(name: str, recipe: Path, *, where: str = "") -> type[Any]:
    """Return an interface class named by a recipe.

    Parameters
    ----------
    name : str
        Name in ``neuroconv.datainterfaces``, with or without "Interface" at its end, or code as
        `nwbgate.conversion.recipes.converter_code.resolve` takes it.
    recipe : Path
        The recipe's file.
    where : str
        Place in the recipe, for the error.

    Raises
    ------
    RecipeError
        If there is no such interface, naming the nearest.
    """
    if ":" in name:
        return cast("type[Any]", resolve(name, recipe))
    import neuroconv.datainterfaces as known

    for spelling in (name, f"{name}Interface", f"{name}DataInterface"):
        if hasattr(known, spelling):
            return cast("type[Any]", getattr(known, spelling))
    names = [each for each in dir(known) if each.endswith("Interface")]
    raise RecipeError(
        f"NeuroConv has no interface {name!r}",
        where=where or str(recipe),
        got=name,
        expected=f"one of the {len(names)} in {_INTERFACES}, or file.py:Class",
        fix=nearest(name, names) or nearest(f"{name}Interface", names) or "see NeuroConv's gallery of formats",
    )


def require_libraries(interface: type[Any], *, where: str) -> None:
    """Reject an interface of NeuroConv whose libraries are not installed.

    Parameters
    ----------
    interface : type
        The class; those that are not of NeuroConv need nothing.
    where : str
        Recipe and interface, for the error.

    Raises
    ------
    MissingExtraError
        With the command that installs what is missing.
    """
    extra = _extra_of(interface.__module__)
    missing = _missing(_LIBRARY, extra) if extra else []
    if missing:
        raise MissingExtraError(
            f"the interface {interface.__name__} needs {', '.join(missing)}",
            where=where,
            got="not installed" if len(missing) > 1 else f"{missing[0]} is not installed",
            expected=f"what NeuroConv needs for this format: {_LIBRARY}[{extra}]",
            fix=f'pip install "{_LIBRARY}[{extra}]"',
        )


def _extra_of(module: str) -> str:
    """Return NeuroConv's extra named like an interface's folder, or empty."""
    if not module.startswith(f"{_INTERFACES}."):
        return ""
    extras = {canonicalize_name(extra) for extra in metadata(_LIBRARY).get_all("Provides-Extra") or ()}
    folders = [canonicalize_name(part) for part in reversed(module.split(".")[2:-1])]
    return next((folder for folder in folders if folder in extras), "")


def _missing(package: str, extra: str) -> list[str]:
    """Return the distributions of an extra that are not installed."""
    found: list[str] = []
    for text in requires(package) or ():
        requirement = Requirement(text)
        if not re.search(r"\bextra\b", text) or not _is_asked(requirement, extra):
            continue
        if canonicalize_name(requirement.name) == package:
            for nested in requirement.extras:
                found += _missing(package, canonicalize_name(nested))
        elif not _is_installed(requirement.name):
            found.append(requirement.name)
    return list(dict.fromkeys(found))


def _is_asked(requirement: Requirement, extra: str) -> bool:
    marker = requirement.marker
    return marker is not None and marker.evaluate({"extra": extra})


def _is_installed(distribution: str) -> bool:
    try:
        version(distribution)
    except PackageNotFoundError:
        return False
    return True
