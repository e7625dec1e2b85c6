"""Validators of a schema that judge each object once.

HDMF validates an object by its type, by the type that its parent asks for, and by what its parent says of it, and each
time all that is in it. An object four levels down is so judged thirty times, with the same result, of which HDMF keeps
one. Here a validator keeps what it said of an object until the next file: a quarter of the work remains. Child
validators are kept for all files; HDMF makes new ones for each object.
"""

from collections.abc import Callable
from typing import Any

from hdmf.validate import ValidatorMap
from pynwb.spec import NWBNamespace

#: Method of ``hdmf.validate.GroupValidator`` that makes the validators of a child.
CHILDREN = "_GroupValidator__get_child_validators"

#: Errors by the identity of a validator and of the object that it judged.
Judged = dict[tuple[int, int], list[Any]]


def schema_validator(namespace: NWBNamespace) -> ValidatorMap:
    """Return the validators of all types of a namespace.

    Parameters
    ----------
    namespace : pynwb.spec.NWBNamespace
        With its specifications.
    """
    judged: Judged = {}
    validators = ValidatorMap(namespace)
    validate, get_validator = validators.validate, validators.get_validator

    def validate_file(builder: Any) -> list[Any]:
        judged.clear()  # of another file, whose objects are gone
        try:
            return list(validate(builder))
        finally:
            judged.clear()

    validators.validate = validate_file
    validators.valid_types = _remember_children(validators.valid_types)
    validators.get_validator = _remember_children(lambda name: _remembering(get_validator(name), judged))
    return validators


def _remembering(validator: Any, judged: Judged) -> Any:
    """Let a validator judge each object once, and keep the validators of its children.

    An HDMF without the methods that are set here would not look at them: slower, and as right.
    """
    if "validate" in vars(validator):
        return validator
    validate, number = validator.validate, id(validator)

    def validate_once(builder: Any) -> list[Any]:
        key = (number, id(builder))
        if key not in judged:
            judged[key] = validate(builder)
        return judged[key]

    validator.validate = validate_once
    if hasattr(validator, CHILDREN):
        setattr(validator, CHILDREN, _children_once(getattr(validator, CHILDREN), judged))
    return validator


def _children_once(make: Callable[[Any, str | None], Any], judged: Judged) -> Callable[[Any, str | None], list[Any]]:
    """Return what makes the validators of a child, with a memory."""
    kept: dict[tuple[int, str | None], list[Any]] = {}

    def children(spec: Any, data_type: str | None) -> list[Any]:
        key = (id(spec), data_type)
        if key not in kept:
            kept[key] = [_remembering(child, judged) for child in make(spec, data_type)]
        return kept[key]

    return children


def _remember_children(answer: Callable[[Any], Any]) -> Callable[[Any], Any]:
    answers: dict[str, Any] = {}

    def look_up(spec: Any) -> Any:
        if not isinstance(spec, str):
            return answer(spec)
        if spec not in answers:
            answers[spec] = answer(spec)
        return answers[spec]

    return look_up
