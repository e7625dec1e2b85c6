"""Remember which types of arguments HDMF has accepted.

HDMF tests each argument of each call of its own methods (``docval``), 3,000 calls for a small file: a third of the
time that its validator, reader and mapper take. Whether a call is right depends on the types of its arguments alone,
unless a shape or a set of values is required. So HDMF judges the first call of a kind, and later calls of the same
function with the same names and types are bound as that one was. A call that HDMF refused is never remembered.
"""

import copy
from collections.abc import Callable
from typing import Any, NamedTuple

import hdmf.utils
from hdmf.term_set import TermSetWrapper

#: The function of `hdmf.utils` that tests and binds the arguments of a call.
_PARSER = "__parse_args"

#: Types of defaults that need no copy.
_CONSTANT = (type(None), bool, int, float, str, type)

#: What HDMF takes: the specification of the arguments, positional values, values by name, and switches.
Parse = Callable[..., dict[str, Any]]


class _Binding(NamedTuple):
    """Source of each argument of a kind of call."""

    #: The specification of the arguments, kept alive because its identity is part of the key.
    specification: list[dict[str, Any]]
    #: All names in their order, with the defaults of those that the call leaves out.
    defaults: dict[str, Any]
    #: The names of the positional values.
    positional: tuple[str, ...]
    #: The names whose default each call needs for itself.
    copied: tuple[str, ...]


def remember_arguments() -> None:
    """Let HDMF accept at once what it has accepted before, in this process."""
    parse = getattr(hdmf.utils, _PARSER, None)
    if parse is not None and not hasattr(parse, "remembers"):
        setattr(hdmf.utils, _PARSER, remembering(parse))


def remembering(parse: Parse) -> Parse:
    """Return `parse` with a memory of the kinds of calls that it accepted."""
    bindings: dict[tuple[Any, ...], _Binding | None] = {}

    def parse_again(
        specification: list[dict[str, Any]], args: tuple[Any, ...], kwargs: dict[str, Any], **switches: Any
    ) -> dict[str, Any]:
        key = (id(specification), *map(type, args), *kwargs, *map(type, kwargs.values()), *switches.values())
        binding = bindings.get(key)
        if binding is not None:
            return {"args": _bound(binding, args, kwargs)}
        parsed = parse(specification, args, kwargs, **switches)
        if key not in bindings:
            bindings[key] = _binding(specification, args, kwargs, parsed)
        return parsed

    parse_again.remembers = True  # type: ignore[attr-defined]  # tells it from HDMF's own
    return parse_again


def _bound(binding: _Binding, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments by name, in the order of the specification."""
    bound = {**binding.defaults, **dict(zip(binding.positional, args, strict=True)), **kwargs}
    for name in binding.copied:
        bound[name] = copy.deepcopy(bound[name])
    return bound


def _binding(
    specification: list[dict[str, Any]], args: tuple[Any, ...], kwargs: dict[str, Any], parsed: dict[str, Any]
) -> _Binding | None:
    """Return the binding of an accepted call that types alone decide, or None."""
    bound = parsed["args"]
    if any(found for what, found in parsed.items() if what != "args") or len(bound) != len(specification):
        return None
    if any(_judged_by_value(argument, bound[argument["name"]]) for argument in specification):
        return None
    free = [argument["name"] for argument in specification if argument["name"] not in kwargs]
    left_out = free[len(args) :]
    copied = tuple(name for name in left_out if not isinstance(bound[name], _CONSTANT))
    defaults = {argument["name"]: argument.get("default") for argument in specification}
    return _Binding(specification, defaults, tuple(free[: len(args)]), copied)


def _judged_by_value(argument: dict[str, Any], value: Any) -> bool:
    """Return whether more than the type of a value decides."""
    return isinstance(value, TermSetWrapper) or (value is not None and ("shape" in argument or "enum" in argument))
