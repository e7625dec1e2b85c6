"""Every rule passes, fires, is not run, or is broken: never two of them, never silently none."""

from dataclasses import replace

import pandas as pd
import pytest

from nwbgate.gate.judge import judge
from nwbgate.rules.rule import Rule, Severity, check


@check(column="age")
def mouse_is_old(mice):
    """A mouse is at most 400 days old.

    Why: it is a test.

    Example: 401.

    Fix: count again.
    """
    old = mice["age"] > 400
    return mice[old].assign(got=mice["age"][old], expected="at most 400")


@check(needs=["mice.age"])
def cage_is_small(mice, cages):
    """A mouse has a cage.

    Why: it is a test.

    Example: none.

    Fix: buy one.
    """
    return mice[~mice["cage"].isin(cages["cage"])]


MICE = pd.DataFrame({"mouse": ["a", "b", "c"], "age": [400, 401, 500], "cage": [1, 1, 2]})
CAGES = pd.DataFrame({"cage": [1, 2]})
KEYS = {"mice": ("mouse",)}
YOUNG = MICE.assign(age=400)


def test_the_boundary_itself_passes():
    outcome = judge([mouse_is_old], {"mice": YOUNG}, KEYS)
    assert outcome.passed == ["mice.mouse_is_old"]
    assert not outcome.findings


def test_one_finding_names_every_row_and_words_the_first():
    (finding,) = judge([mouse_is_old], {"mice": MICE}, KEYS).findings
    assert finding.keys == ("b", "c")
    assert finding.message == "A mouse is at most 400 days old: got 401, expected at most 400"
    assert finding.location == "mice.age, mouse b"
    assert finding.severity is Severity.ERROR
    assert finding.fix == "count again."


def test_a_table_without_keys_names_rows_by_their_index():
    (finding,) = judge([mouse_is_old], {"mice": MICE}, {}).findings
    assert finding.keys == (1, 2)
    assert finding.location == "mice.age, row 1"


def test_keys_of_several_columns_are_tuples():
    (finding,) = judge([mouse_is_old], {"mice": MICE}, {"mice": ("mouse", "cage")}).findings
    assert finding.keys == (("b", 1), ("c", 2))
    assert finding.location == "mice.age, mouse b, cage 1"


def test_a_missing_table_is_not_run_and_not_passed():
    outcome = judge([cage_is_small], {"mice": YOUNG}, KEYS)
    assert not outcome.passed
    assert outcome.not_run[0].reason == "table cages not given"
    assert outcome.not_run[0].objected


def test_a_rule_waits_for_the_one_that_fired():
    outcome = judge([cage_is_small, mouse_is_old], {"mice": MICE, "cages": CAGES.iloc[:1]}, KEYS)
    assert [finding.code for finding in outcome.findings] == ["mice.mouse_is_old"]
    assert outcome.not_run[0].reason == "because mice.mouse_is_old fired"


def test_the_cause_is_passed_on_to_those_who_wait_for_the_waiting():
    last = replace(cage_is_small, code="mice.last", needs=("mice.cage_is_small",))
    outcome = judge([last, cage_is_small, mouse_is_old], {"mice": MICE, "cages": CAGES}, KEYS)
    assert {rule.reason for rule in outcome.not_run} == {"because mice.mouse_is_old fired"}
    assert len(outcome.not_run) == 2


def test_an_error_does_not_wait_for_a_warning():
    warning = replace(mouse_is_old, severity=Severity.WARNING)
    outcome = judge([cage_is_small, warning], {"mice": MICE, "cages": CAGES.iloc[:1]}, KEYS)
    assert {finding.code for finding in outcome.findings} == {"mice.mouse_is_old", "mice.cage_is_small"}


def test_a_column_that_the_table_lacks_is_not_given():
    (not_run,) = judge([cage_is_small], {"mice": MICE.drop(columns="age"), "cages": CAGES}, KEYS).not_run
    assert (not_run.reason, not_run.objected) == ("column mice.age not given", False)


def test_it_runs_when_nothing_it_needs_fired():
    outcome = judge([cage_is_small, mouse_is_old], {"mice": YOUNG, "cages": CAGES.iloc[:1]}, KEYS)
    assert [finding.keys for finding in outcome.findings] == [("c",)]


def test_a_rule_that_raises_is_broken_and_never_a_finding():
    broken: Rule = replace(mouse_is_old, function=lambda mice: mice["no such column"])
    outcome = judge([broken, cage_is_small], {"mice": MICE, "cages": CAGES}, KEYS)
    assert not outcome.findings
    assert outcome.broken[0].code == "mice.mouse_is_old"
    assert "KeyError: 'no such column'" in outcome.broken[0].error
    assert outcome.not_run[0].reason == "because mice.mouse_is_old broke"


def test_a_rule_about_a_whole_release_runs_only_when_it_is_one():
    rule = replace(mouse_is_old, complete=True)
    (not_run,) = judge([rule], {"mice": MICE}, KEYS).not_run
    assert not_run.reason == "needs a complete release (--complete); 2 rows would be found"
    (not_run,) = judge([rule], {"mice": YOUNG}, KEYS).not_run
    assert not_run.reason == "needs a complete release (--complete)"
    assert judge([rule], {"mice": MICE}, KEYS, complete=True).findings


def test_what_the_spec_does_not_promise_is_not_run_and_nobody_objects():
    (not_run,) = judge([replace(mouse_is_old, unpromised="history incomplete")], {"mice": MICE}, KEYS).not_run
    assert (not_run.reason, not_run.objected) == ("history incomplete", False)


def test_an_optional_table_is_none_when_absent():
    rule = replace(
        mouse_is_old,
        tables=("mice", "cages"),
        optional=("cages",),
        function=lambda mice, cages: mice if cages is None else None,
    )
    assert judge([rule], {"mice": MICE}, KEYS).findings
    assert judge([rule], {"mice": MICE, "cages": CAGES}, KEYS).passed


def test_the_file_of_a_row_is_the_file_of_the_finding():
    frame = MICE.assign(path="x.nwb")
    assert judge([mouse_is_old], {"mice": frame}, KEYS).findings[0].path == "x.nwb"
    assert judge([mouse_is_old], {"mice": MICE}, KEYS, path="y.nwb").findings[0].path == "y.nwb"


@pytest.mark.parametrize(
    ("cell", "said"), [(None, "nothing"), ("x" * 300, "x" * 200 + "... (300 characters)"), ([1], "[1]")]
)
def test_cells_are_worded(cell, said):
    rule = replace(mouse_is_old, function=lambda mice: mice.iloc[:1].assign(got=[cell]))
    assert judge([rule], {"mice": MICE}, KEYS).findings[0].message.endswith(f": got {said}")
