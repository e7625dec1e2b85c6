"""Cells become values of their column's type; what cannot is named by row and text."""

import pandas as pd
import pytest

from nwbgate.manifest.csv.cells import parse_cells


def by_text(texts, kind):
    series = pd.Series(texts, dtype=object)
    return parse_cells(series, kind, lambda: series)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("integer", "12", 12),
        ("integer", "12.0", 12),
        ("integer", "-999", -999),
        ("integer", "9223372036854775807", 2**63 - 1),
        ("number", "0.25", 0.25),
        ("number", "1e-3", 0.001),
        ("boolean", "True", True),
        ("boolean", "no", False),
        ("integers", "[1, 2]", (1, 2)),
        ("integers", "[]", ()),
        ("strings", "['a', \"b\"]", ("a", "b")),
        ("string", "457841", "457841"),
    ],
)
def test_a_cell_of_its_type_is_a_value(kind, text, value):
    values, unparsed = by_text([text, None], kind)
    assert values[0] == value
    assert pd.isna(values[1])
    assert unparsed == {}


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("integer", "12.5"),
        ("integer", "twelve"),
        ("integer", "99999999999999999999"),
        ("integer", "9223372036854775808"),
        ("number", "fast"),
        ("number", "inf"),
        ("number", "1_000"),
        ("boolean", "maybe"),
        ("integers", "[1, 2"),
        ("integers", "[1.5]"),
        ("integers", "[true]"),
        ("integers", "12"),
        ("integers", "[" * 50_000),
        ("strings", "[1]"),
        ("strings", "a, b"),
        ("strings", "[" * 50_000),
        ("strings", "__import__('os').getcwd()"),
        ("datetime", "yesterday"),
        ("datetime", "2019-13-45"),
    ],
)
def test_a_cell_of_another_type_is_missing_and_named(kind, text):
    values, unparsed = by_text([None, text, text], kind)
    assert values.isna().all()
    assert unparsed == {1: text, 2: text}


def test_each_type_has_one_dtype_whatever_the_cells_are():
    for texts in (["1", "2"], ["1", None], [None, None], ["x", "y"]):
        assert by_text(texts, "integer")[0].dtype == "Int64"
        assert by_text(texts, "number")[0].dtype == "float64"
        assert by_text(texts, "boolean")[0].dtype == "boolean"
        assert str(by_text(texts, "datetime")[0].dtype) == "datetime64[us, UTC]"


def no_text():
    raise AssertionError("numbers need no look at their text")


def test_columns_that_are_read_as_numbers_are_taken_as_they_are():
    whole, unparsed = parse_cells(pd.Series([1, 2]), "integer", no_text)
    assert (list(whole), whole.dtype, unparsed) == ([1, 2], "Int64", {})
    some, unparsed = parse_cells(pd.Series([951410079.0, None]), "integer", no_text)
    assert (some[0], some.isna().tolist(), some.dtype, unparsed) == (951410079, [False, True], "Int64", {})
    number, unparsed = parse_cells(pd.Series([1, 2]), "number", no_text)
    assert (number.dtype, unparsed) == ("float64", {})


def test_numbers_that_are_not_whole_are_read_again_as_text():
    texts = pd.Series(["1.0", "2.50"], dtype=object)
    values, unparsed = parse_cells(pd.Series([1.0, 2.5]), "integer", lambda: texts)
    assert values[0] == 1
    assert unparsed == {1: "2.50"}


def test_whole_numbers_too_large_for_floating_point_keep_their_digits():
    texts = pd.Series(["9007199254740993", None], dtype=object)
    values, _ = parse_cells(pd.Series([9007199254740993.0, None]), "integer", lambda: texts)
    assert values[0] == 9007199254740993


def test_an_infinite_number_is_not_one():
    texts = pd.Series(["1", "inf"], dtype=object)
    assert parse_cells(pd.Series([1.0, float("inf")]), "number", lambda: texts)[1] == {1: "inf"}


@pytest.mark.parametrize(
    "text",
    [
        "2019-05-17 14:46:33+00:00",
        "2019-05-17 14:46:33.000000+00:00",
        "2019-05-17 14:46:33",
        "2019-05-17T14:46:33Z",
        "2019-05-17T07:46:33-07:00",
    ],
)
def test_dates_are_iso_8601_and_a_missing_zone_is_utc(text):
    values, unparsed = by_text([text, "2021-03-25"], "datetime")
    assert values[0] == pd.Timestamp("2019-05-17 14:46:33", tz="UTC")
    assert unparsed == {}


def test_one_wrong_list_does_not_lose_the_others():
    values, unparsed = by_text(["[1, 2]", "[3],[4]", "[5"], "integers")
    assert values[0] == (1, 2)
    assert unparsed == {1: "[3],[4]", 2: "[5"}
