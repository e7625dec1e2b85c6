"""Order of rules by their needs."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter

from nwbgate.errors import SpecError
from nwbgate.rules.rule import Rule, Severity


def needed_codes(rules: Sequence[Rule]) -> dict[str, tuple[str, ...]]:
    """Return each code's needed codes; ``<table>.<column>`` stands for all its rules.

    A rule of a column that needs that very column needs the rules listed before it. A need that names no rule of this
    run asks for nothing: a spec without a column has no rules of it either. An error never waits for a warning, because
    what is only reported must not keep the gate from closing.
    """
    columns: dict[str, list[str]] = {}
    for rule in rules:
        if rule.column is not None:
            columns.setdefault(f"{rule.table}.{rule.column}", []).append(rule.code)
    codes = {rule.code for rule in rules}

    def members(rule: Rule, need: str) -> list[str]:
        listed = columns.get(need, [])
        before = listed[: listed.index(rule.code)] if rule.code in listed else listed
        return [*before, *([need] if need in codes and need != rule.code else [])]

    warnings = {rule.code for rule in rules if rule.severity is Severity.WARNING}

    def codes_before(rule: Rule) -> tuple[str, ...]:
        codes = dict.fromkeys(code for need in rule.needs for code in members(rule, need))
        return tuple(code for code in codes if rule.severity is Severity.WARNING or code not in warnings)

    return {rule.code: codes_before(rule) for rule in rules}


def order_rules(rules: Sequence[Rule], needs: Mapping[str, Sequence[str]]) -> list[Rule]:
    """Return `rules` sorted so that each follows those it needs.

    Raises
    ------
    SpecError
        If rules need each other in a circle.
    """
    by_code = {rule.code: rule for rule in rules}
    try:
        return [by_code[code] for code in TopologicalSorter(needs).static_order()]
    except CycleError as error:
        raise SpecError(
            "circular needs of rules",
            got=" needs ".join(reversed(error.args[1])),
            fix="remove one of the derived or copied declarations from the circle",
            where="the specification",
        ) from error


@lru_cache(4)
def needs_and_order(rules: tuple[Rule, ...]) -> tuple[dict[str, tuple[str, ...]], list[Rule]]:
    """Return `needed_codes` and `order_rules`, cached for the whole run."""
    needs = needed_codes(rules)
    return needs, order_rules(rules, needs)


def with_needed(codes: Iterable[str], needs: Mapping[str, Sequence[str]]) -> set[str]:
    """Return `codes` with all codes that they need, directly or indirectly."""
    closed: set[str] = set()
    waiting = list(codes)
    while waiting:
        code = waiting.pop()
        if code not in closed:
            closed.add(code)
            waiting.extend(needs.get(code, ()))
    return closed
