"""Waivers accept exactly what they say, with a reason, and are reported when they accept nothing."""

from dataclasses import replace
from pathlib import Path

import pytest

from nwbgate.errors import UsageError
from nwbgate.findings.validator_codes import catalogue
from nwbgate.findings.waivers import Waiver, apply_waivers, read_waiver_files, read_waivers
from nwbgate.rules.rule import Finding, Severity

CONVERSIONS = Path(__file__).parents[2] / "conversions"
FINDING = Finding("mice.age.maximum", Severity.ERROR, "mice", "age", (12, 13), "too old", path="data/x.nwb")


def read(tmp_path, text):
    path = tmp_path / "waivers.yaml"
    path.write_text(text)
    return read_waivers(path)


def test_a_waiver_without_rows_accepts_them_all():
    kept, waived, unused = apply_waivers([FINDING], [Waiver("mice.age.maximum", "old colony")])
    assert (kept, unused) == ([], [])
    assert [(item.finding.keys, item.reason) for item in waived] == [((12, 13), "old colony")]


def test_a_waived_row_leaves_the_others():
    (left,), waived, _ = apply_waivers([FINDING], [Waiver("mice.age.maximum", "old", rows=frozenset({"12"}))])
    assert left.keys == (13,)
    assert waived[0].finding.keys == (12,)


def test_rows_waived_one_by_one_are_all_waived():
    waivers = [
        Waiver("mice.age.maximum", "a", rows=frozenset({"12"})),
        Waiver("mice.age.maximum", "b", rows=frozenset({"13"})),
    ]
    kept, waived, unused = apply_waivers([FINDING], waivers)
    assert (kept, len(waived), unused) == ([], 2, [])


@pytest.mark.parametrize(
    "waiver",
    [
        Waiver("mice.ag", "a prefix ends where a part of the code ends"),
        Waiver("mice.age.maximum", "x", rows=frozenset({"99"})),
        Waiver("mice.age.maximum", "x", path="y.nwb"),
        Waiver("mice.age.maximum", "x", path=".nwb"),
        Waiver("mice.age.maximum", "x", path="ta/x.nwb"),
        Waiver("mice.age.maximum", "x", path="more/data/x.nwb"),
    ],
)
def test_another_code_row_or_file_is_not_accepted_and_reported_as_unused(waiver):
    kept, waived, unused = apply_waivers([FINDING], [waiver])
    assert (kept, waived, unused) == ([FINDING], [], [waiver])


@pytest.mark.parametrize("prefix", ["mice", "mice.", "mice.age"])
def test_a_prefix_of_codes_accepts_all_of_them(prefix):
    waiver = Waiver(prefix, "known")
    assert apply_waivers([FINDING], [waiver])[0] == []


@pytest.mark.parametrize("path", ["x.nwb", "data/x.nwb", "./data/x.nwb"])
def test_a_file_may_be_named_by_the_last_parts_of_its_path(path):
    assert apply_waivers([FINDING], [Waiver("mice.age.maximum", "x", path=path)])[0] == []


def test_a_waiver_of_a_file_accepts_nothing_that_is_in_no_file():
    finding = replace(FINDING, path=None)
    assert apply_waivers([finding], [Waiver("mice.age.maximum", "x", path="x.nwb")])[0] == [finding]


def test_of_two_equal_waivers_one_is_unused():
    waiver = Waiver("mice.age.maximum", "x")
    assert apply_waivers([FINDING], [waiver, Waiver("mice.age.maximum", "x")])[2] == [waiver]


def test_keys_in_yaml_mean_keys_in_tables(tmp_path):
    (waiver,) = read(tmp_path, "- {code: a.b, reason: r, rows: [12, '13', [14, 'x']]}")
    assert waiver.rows == {"12", "13", ("14", "x")}
    assert waiver.covers(Finding("a.b", Severity.ERROR, "a", None, ((14.0, "x"),), "m"))


def test_an_empty_file_holds_no_waiver(tmp_path):
    assert read(tmp_path, "") == ()


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("code: a", "not a list"),
        ("- {code: a}", "invalid waiver"),
        ("- {code: a, reason: b, row: 1}", "invalid waiver"),
        ("- {code: a, reason: b, expires: 2020-01-01}", "invalid waiver"),
        ("- {code: a, reason: ''}", "has no reason"),
        ("- {code: a, reason: b, rows: 1}", "not a list"),
        ("- {", "invalid YAML"),
    ],
)
def test_a_bad_waiver_is_a_usage_error_that_says_where(tmp_path, text, what):
    with pytest.raises(UsageError, match=what) as error:
        read(tmp_path, text)
    assert "waivers.yaml" in error.value.where


def test_a_missing_file_is_a_usage_error(tmp_path):
    with pytest.raises(UsageError, match="cannot read"):
        read_waivers(tmp_path / "none.yaml")


def test_rows_stay_beside_their_keys():
    finding = replace(FINDING, keys=(12, 13), rows=(4, 5))
    (kept,), (waived,), _ = apply_waivers([finding], [Waiver(FINDING.code, "x", rows=frozenset({"12"}))])
    assert (kept.keys, kept.rows) == ((13,), (5,))
    assert (waived.finding.keys, waived.finding.rows) == ((12,), (4,))


def test_a_path_may_be_a_pattern_of_names():
    assert Waiver("mice.age", "old", path="*.nwb").covers(FINDING)
    assert Waiver("mice.age", "old", path="d*/x.nwb").covers(FINDING)
    assert not Waiver("mice.age", "old", path="*_ophys.nwb").covers(FINDING)


def test_a_path_with_brackets_is_taken_literally():
    assert Waiver("mice.age", "old", path="x[1].nwb").covers(replace(FINDING, path="data/x[1].nwb"))


def test_no_one_or_several_files_of_waivers_are_read(tmp_path):
    one, two = tmp_path / "one.yaml", tmp_path / "two.yaml"
    one.write_text("- {code: mice.age, reason: old}")
    two.write_text("- {code: mice.sex, reason: unknown}")
    assert read_waiver_files(None) == ()
    assert [waiver.code for waiver in read_waiver_files(str(one))] == ["mice.age"]
    assert [waiver.code for waiver in read_waiver_files([one, two])] == ["mice.age", "mice.sex"]


@pytest.mark.parametrize("path", sorted(CONVERSIONS.glob("*/waivers.yaml")), ids=lambda path: path.parent.name)
def test_shipped_waivers_name_existing_codes(path):
    waived = [waiver.code for waiver in read_waivers(path)]
    assert waived
    assert set(waived) <= set(catalogue())
