"""Command-line options added by a recipe, and validation of their values."""

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
_EXISTS = {"file-path": (Path.is_file, "an existing file"), "directory-path": (Path.is_dir, "an existing folder")}


class Option(BaseModel):
    """One option of a dataset, in JSON schema terms."""

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
    """Return the values of a recipe's options, with defaults.

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
    """Reject a value that does not fit its option."""
    expected = _misfit(value, option)
    if expected:
        raise UsageError(
            f"invalid value of the option {name!r}",
            where=name,
            got=str(value),
            expected=expected,
            fix="give a value of the expected type",
        )


def _misfit(value: Any, option: Option) -> str:
    """Return the requirement that a value violates, or an empty text."""
    if not _is_a(option.type, value):
        return f"a {option.type}"
    if option.enum is not None and value not in option.enum:
        return f"one of {', '.join(option.enum)}"
    if option.minimum is not None and not value >= option.minimum:
        return f"{option.minimum:g} or more"
    if option.maximum is not None and not value <= option.maximum:
        return f"{option.maximum:g} or less"
    exists, kind = _EXISTS.get(option.format or "", (None, ""))
    return kind if exists and not exists(Path(value)) else ""


def _is_a(kind: str, value: object) -> bool:
    """Return whether a value has a JSON schema type, with booleans not numbers."""
    return isinstance(value, _TYPES[kind]) and isinstance(value, bool) == (kind == "boolean")
