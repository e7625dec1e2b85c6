"""Rules come after those they need."""

from dataclasses import replace

import pytest

from nwbgate.errors import SpecError
from nwbgate.gate.rule_order import needed_codes, order_rules, with_needed
from nwbgate.rules.rule import Rule, Severity

RULE = Rule("", Severity.ERROR, "mice", None, "t", "e", ("mice",), (), lambda mice: None)


def rule(code: str, *needs: str, column: str | None = None) -> Rule:
    return replace(RULE, code=code, needs=needs, column=column)


def codes(rules: list[Rule]) -> list[str]:
    return [each.code for each in order_rules(rules, needed_codes(rules))]


def test_a_rule_comes_after_the_one_it_needs():
    assert codes([rule("b", "a"), rule("a")]) == ["a", "b"]


def test_a_need_for_a_column_is_a_need_for_all_its_rules():
    rules = [rule("c", "mice.sex"), rule("mice.sex.enum", column="sex"), rule("mice.sex.required", column="sex")]
    assert set(needed_codes(rules)["c"]) == {"mice.sex.enum", "mice.sex.required"}


def test_a_rule_of_a_column_needs_only_those_before_it():
    rules = [
        rule("mice.sex.enum", column="sex"),
        rule("one", "mice.sex", column="sex"),
        rule("two", "mice.sex", column="sex"),
    ]
    assert needed_codes(rules) == {"mice.sex.enum": (), "one": ("mice.sex.enum",), "two": ("mice.sex.enum", "one")}


def test_a_need_that_no_rule_of_this_spec_has_asks_for_nothing():
    assert needed_codes([rule("a", "mice.colour", "mice.colour.enum")]) == {"a": ()}


def test_rules_in_a_circle_are_a_fault_of_the_spec_that_names_them():
    with pytest.raises(SpecError, match=r"(a needs b needs a|b needs a needs b)"):
        codes([rule("a", "b"), rule("b", "a")])


def test_what_is_needed_is_found_through_several_steps():
    needs = needed_codes([rule("a"), rule("b", "a"), rule("c", "b"), rule("d")])
    assert with_needed(["c"], needs) == {"a", "b", "c"}
