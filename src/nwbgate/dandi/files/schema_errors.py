"""Errors of dandischema's models as pairs of field and sentence."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError


def schema_errors(model: Any, values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return each field of `values` that a model rejects, with the reason.

    Parameters
    ----------
    model : type
        A model of dandischema.
    values : mapping
        Metadata, as JSON holds them.
    """
    try:
        model(**values)
    except ValidationError as problem:
        found = [(_field(error["loc"]), _sentence(error)) for error in problem.errors(include_url=False)]
        return list(dict.fromkeys(found))
    return []


def _field(place: tuple[int | str, ...]) -> str:
    return ".".join(map(str, place))


def _sentence(error: Any) -> str:
    """Return what is wrong at a field, with a short value."""
    field, message = _field(error["loc"]), str(error["msg"]).removeprefix("Value error, ")
    if error["type"] == "missing":
        return f"{field} is missing"
    shown = repr(error["input"])
    return f"{field}: {message}" + (f", got {shown}" if len(shown) <= 60 else "")
