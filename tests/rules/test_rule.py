"""A rule is a value made from a documented function."""

import pickle

import pytest

from nwbgate.rules.manifest.mice import mouse_has_one_sex
from nwbgate.rules.rule import Severity, check


def test_the_code_is_the_first_table_and_the_name():
    assert mouse_has_one_sex.code == "behavior_sessions.mouse_has_one_sex"
    assert mouse_has_one_sex.tables == ("behavior_sessions",)


def test_the_docstring_is_the_documentation():
    assert mouse_has_one_sex.title == "All sessions of a mouse name the same sex."
    assert mouse_has_one_sex.explanation.startswith("a mouse with two sexes")
    assert mouse_has_one_sex.example.startswith("mouse 457841")
    assert mouse_has_one_sex.fix.startswith("correct the session")


def test_a_parameter_with_a_default_is_a_table_that_may_be_absent():
    @check(severity="warning")
    def licks_are_few(trials, licks=None):
        """Licks are few.

        Why: because.

        Example: many.

        Fix: none.
        """

    assert licks_are_few.tables == ("trials", "licks")
    assert licks_are_few.optional == ("licks",)
    assert licks_are_few.severity is Severity.WARNING


@pytest.mark.parametrize("documentation", ["Title only.", "Title.\n\nWhy: x.\n\nFix: y.", "", None])
def test_a_rule_that_does_not_explain_itself_is_refused(documentation):
    def unexplained(trials):
        return None

    unexplained.__doc__ = documentation
    with pytest.raises(ValueError, match="lacks"):
        check()(unexplained)


def test_a_rule_without_a_table_is_refused():
    with pytest.raises(ValueError, match="has no parameters"):
        check()(lambda: None)


def test_a_written_rule_crosses_process_borders():
    assert pickle.loads(pickle.dumps(mouse_has_one_sex)) is mouse_has_one_sex


def test_an_error_weighs_more_than_a_warning():
    assert Severity.ERROR.rank > Severity.WARNING.rank
