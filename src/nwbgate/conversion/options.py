"""Validation of conversion options before anything is read."""

from collections.abc import Mapping
from typing import Any

from jsonschema.exceptions import ValidationError
from neuroconv import BaseDataInterface, NWBConverter

from nwbgate.errors import UsageError, nearest


def check_options(converter: BaseDataInterface | NWBConverter, options: Mapping[str, Any]) -> None:
    """Reject conversion options that a converter does not take.

    Parameters
    ----------
    converter : BaseDataInterface or NWBConverter
        Whose options they are.
    options : mapping
        For an interface, option to value; for a converter, interface name to such a mapping.

    Raises
    ------
    UsageError
        Naming the first wrong option or value, and the nearest valid option.
    """
    if isinstance(converter, NWBConverter):
        try:
            converter.validate_conversion_options(conversion_options=dict(options))
        except ValidationError as problem:
            raise _error(problem, converter) from problem
        return
    # NeuroConv does not validate the values of a single interface; its own type checks do, where it has them.
    schema = converter.get_conversion_options_schema()
    for name in options:
        if name not in schema["properties"] and not schema.get("additionalProperties"):
            raise _unknown(name, schema, converter)


def _error(problem: ValidationError, converter: object) -> UsageError:
    if problem.validator == "additionalProperties":
        wrong = next(name for name in problem.instance if name not in problem.schema.get("properties", {}))
        return _unknown(wrong, problem.schema, converter, ".".join(map(str, problem.absolute_path)))
    return UsageError(
        f"invalid value of the conversion option {'.'.join(map(str, problem.absolute_path))}",
        where=type(converter).__name__,
        got=repr(problem.instance)[:200],
        expected=problem.message[:300],
        fix="give a value of the expected type",
    )


def _unknown(name: str, schema: Mapping[str, Any], converter: object, interface: str = "") -> UsageError:
    known = list(schema.get("properties", {}))
    return UsageError(
        f"unknown conversion option {name!r}",
        where=" ".join(filter(None, (type(converter).__name__, interface))),
        got=name,
        expected=f"one of {', '.join(known)}" if known else "no options",
        fix=nearest(name, known) or "leave the option out",
    )
