"""Codes are selected and ignored exactly or by prefix, and an unknown one is refused with the nearest."""

import pytest

from nwbgate.errors import UsageError
from nwbgate.findings.codes import Codes, is_within

KNOWN = ["mice.sex.enum", "mice.sex.required", "mice.age.minimum", "micelia.age.minimum"]


def reported(select=(), ignore=()):
    codes = Codes(KNOWN, select, ignore)
    return [code for code in KNOWN if codes.reports(code)]


@pytest.mark.parametrize(
    ("select", "ignore", "expected"),
    [
        ([], [], KNOWN),
        (["mice"], [], KNOWN[:3]),
        (["mice."], [], KNOWN[:3]),
        (["mice.sex"], [], KNOWN[:2]),
        (["mice.sex.enum", "mice.age"], [], [KNOWN[0], KNOWN[2]]),
        ([], ["mice.sex"], KNOWN[2:]),
        (["mice"], ["mice.sex.enum"], KNOWN[1:3]),
    ],
)
def test_a_code_is_reported_when_selected_and_not_ignored(select, ignore, expected):
    assert reported(select, ignore) == expected


def test_what_hindered_judging_is_told_unless_ignored():
    assert Codes([*KNOWN, "file.unreadable"], ["mice"]).tells("file.unreadable")
    assert not Codes([*KNOWN, "file.unreadable"], ["mice"]).reports("file.unreadable")
    assert not Codes([*KNOWN, "file.unreadable"], ["mice"], ["file"]).tells("file.unreadable")
    assert not Codes(KNOWN, ["mice.age"]).tells("mice.sex.enum")


def test_a_prefix_ends_where_a_part_of_the_code_ends():
    assert not is_within("micelia.age.minimum", "mice")
    assert is_within("mice.age.minimum", "mice.age.")


@pytest.mark.parametrize(
    "given", [{"select": ["mice.sx.enum"]}, {"ignore": ["mice.sx.enum"]}, {"waived": ["mice.sx.enum"]}]
)
def test_an_unknown_code_is_refused_with_the_nearest(given):
    with pytest.raises(UsageError) as error:
        Codes(KNOWN, **given)
    assert "mice.sex.enum" in error.value.expected


def test_a_waiver_may_name_a_prefix():
    Codes(KNOWN, waived=["mice.sex", "mice"])
    with pytest.raises(UsageError, match="unknown code or prefix"):
        Codes(KNOWN, waived=["mice.se"])


def test_a_code_like_no_other_is_refused_without_a_guess():
    with pytest.raises(UsageError) as error:
        Codes(KNOWN, ["zzzz"])
    assert error.value.expected == ""


def test_whether_any_code_of_a_family_is_reported():
    assert Codes(KNOWN, ["mice.age"]).any_of(["mice"])
    assert not Codes(KNOWN, ["mice.age"]).any_of(["micelia", "mice.sex"])
