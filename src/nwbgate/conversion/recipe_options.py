"""The options that a recipe adds to the command line: what they are, and whether a value fits."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from nwbgate.errors import UsageError, nearest

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str, Path),
    "number": (int, float),
    "integer": (int,),
    "boolean": (bool,),
}
_EXISTS = {"file-path": (Path.is_file, "a file"), "directory-path": (Path.is_dir, "a folder")}


class Option(BaseModel):
    """One option of a dataset, in JSON schema words."""

    model_config = ConfigDict(extra="forbid")
    type: str = Field(default="string", pattern="^(string|number|integer|boolean)$")
    format: str | None = Field(default=None, pattern="^(file-path|directory-path)$")
    description: str = ""
    enum: list[str] | None = None
    minimum: float | None = None
    maximum: float | None = None
    default: Any = None


class Options(BaseModel):
    """The options of a dataset."""

    model_config = ConfigDict(extra="forbid")
    properties: dict[str, Option] = Field(default_factory=dict)
    additionalProperties: bool = False  # noqa: N815  the word of JSON schema


def checked_options(given: Mapping[str, Any], known: Mapping[str, Option], *, recipe: str) -> dict[str, Any]:
    """Return the values of a recipe's options: those given, and the defaults of the others.

    Parameters
    ----------
    given : mapping
        Option name to value; None counts as not given.
    known : mapping
        Option name to `Option`.
    recipe : str
        Name of the recipe, for the errors.

    Raises
    ------
    UsageError
        If an option is unknown, or its value does not fit.
    """
    values = {name: option.default for name, option in known.items() if option.default is not None}
    for name, value in given.items():
        if name not in known:
            raise UsageError(
                f"recipe {recipe} has no option {name!r}",
                expected=f"one of {', '.join(known)}" if known else "no options",
                fix=nearest(name, known) or "leave the option out",
                where=name,
            )
        if value is not None:
            _check(name, value, known[name])
            values[name] = value
    return values


def _check(name: str, value: object, option: Option) -> None:
    """Refuse a value that does not fit its option."""
    expected = _misfit(value, option)
    if expected:
        raise UsageError(
            f"wrong value of the option {name!r}",
            where=name,
            got=str(value),
            expected=expected,
            fix="give the option a value of this kind",
        )


def _misfit(value: Any, option: Option) -> str:
    """Return what was expected instead of a value, or the empty string where it fits."""
    if not _is_a(option.type, value):
        return f"a {option.type}"
    if option.enum is not None and value not in option.enum:
        return f"one of {', '.join(option.enum)}"
    if option.minimum is not None and not value >= option.minimum:
        return f"{option.minimum:g} or more"
    if option.maximum is not None and not value <= option.maximum:
        return f"{option.maximum:g} or less"
    exists, kind = _EXISTS.get(option.format or "", (None, ""))
    return f"{kind} that exists" if exists and not exists(Path(value)) else ""


def _is_a(kind: str, value: object) -> bool:
    """Tell whether a value is of a JSON schema type; for Python, true is a number, too."""
    return isinstance(value, _TYPES[kind]) and isinstance(value, bool) == (kind == "boolean")
