"""Values of a recipe's own options: the types, limits and files that its schema asks for."""

from pathlib import Path

import pytest

from nwbgate.conversion.recipes.recipe_options import Option, checked_options
from nwbgate.errors import UsageError

HERE = Path(__file__)


def check(value, **option):
    return checked_options({"it": value}, {"it": Option(**option)}, recipe="maze")["it"]


@pytest.mark.parametrize(
    ("value", "option"),
    [
        ("x", {}),
        (HERE, {"format": "file-path"}),
        (str(HERE.parent), {"format": "directory-path"}),
        (1, {"type": "integer"}),
        (1, {"type": "number"}),
        (0.5, {"type": "number", "minimum": 0.5, "maximum": 0.5}),
        (True, {"type": "boolean"}),
        ("a", {"enum": ["a", "b"]}),
    ],
)
def test_a_value_that_fits_is_kept(value, option):
    assert check(value, **option) == value


@pytest.mark.parametrize(
    ("value", "option", "expected"),
    [
        (1, {}, "a string"),
        (HERE.parent / "gone.csv", {"format": "file-path"}, "an existing file"),
        (HERE, {"format": "directory-path"}, "an existing folder"),
        (1.5, {"type": "integer"}, "a integer"),
        (True, {"type": "integer"}, "a integer"),
        (1, {"type": "boolean"}, "a boolean"),
        ("1", {"type": "number"}, "a number"),
        (0.4, {"type": "number", "minimum": 0.5}, "0.5 or more"),
        (float("nan"), {"type": "number", "minimum": 0.5}, "0.5 or more"),
        (0.6, {"type": "number", "maximum": 0.5}, "0.5 or less"),
        ("c", {"enum": ["a", "b"]}, "one of a, b"),
    ],
)
def test_a_value_that_does_not_is_refused(value, option, expected):
    with pytest.raises(UsageError) as refused:
        check(value, **option)
    assert refused.value.expected == expected
    assert refused.value.got == str(value)


def test_what_is_not_given_has_its_default_or_is_left_out():
    known = {"a": Option(default="x"), "b": Option()}
    assert checked_options({}, known, recipe="maze") == {"a": "x"}
    assert checked_options({"a": None, "b": None}, known, recipe="maze") == {"a": "x"}


def test_an_unknown_option_is_refused_with_the_nearest():
    with pytest.raises(UsageError) as refused:
        checked_options({"recordngs": "x"}, {"recordings": Option()}, recipe="maze")
    assert "recordings" in refused.value.fix
    with pytest.raises(UsageError, match="no options"):
        checked_options({"x": 1}, {}, recipe="maze")
