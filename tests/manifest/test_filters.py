"""Rows chosen by number, mouse, project code and query; what fits nothing is refused by its nearest."""

import numpy as np
import pandas as pd
import pytest

from nwbgate.errors import TableError, UsageError
from nwbgate.manifest.filters import FilterColumns, Filters, as_list, choose_rows, query_rows

SESSIONS = pd.DataFrame({
    "behavior_session_id": pd.array([11, 12, 13], dtype="Int64"),
    "ophys_session_id": pd.array([21, None, 23], dtype="Int64"),
    "mouse_id": ["a", "a", "b"],
    "project_code": ["One", None, "Two"],
    "session_number": [1, 2, 3],
})  # fmt: skip


def numbers(**filters):
    return list(choose_rows(SESSIONS, Filters(**filters), place="the table")["behavior_session_id"])


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, [11, 12, 13]),
        ({"sessions": ["12"]}, [12]),
        ({"sessions": ["23", "11"]}, [11, 13]),
        ({"mouse": ["a"]}, [11, 12]),
        ({"project_code": ["One", "Two"]}, [11, 13]),
        ({"where": "session_number > 1"}, [12, 13]),
        ({"mouse": ["a"], "where": "session_number > 1"}, [12]),
    ],
)
def test_all_conditions_hold_together(filters, expected):
    assert numbers(**filters) == expected


def test_an_index_is_held_against_filters_as_a_column_is():
    indexed = SESSIONS.set_index("behavior_session_id")
    assert list(choose_rows(indexed, Filters(sessions=["12", "23"]), place="the table").index) == [12, 13]
    assert list(choose_rows(indexed, Filters(where="behavior_session_id == 12"), place="the table").index) == [12]


def test_rows_keep_their_labels():
    assert list(choose_rows(SESSIONS.set_axis([5, 5, 7]), Filters(mouse=["b"]), place="the table").index) == [7]


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        ({"sessions": ["111"]}, r"no session '111'(?![\s\S]*did you mean)"),
        (
            {"sessions": [str(number) for number in range(30, 39)]},
            r"and 4 more[\s\S]*choose from.*: 11, 12, 13, 21, 23$",
        ),
        ({"mouse": ["c"]}, "no mouse_id 'c'"),
        ({"project_code": ["Three"]}, "no project_code 'Three'"),
        ({"mouse": ["a"], "project_code": ["Two"]}, r"no session matches the filters[\s\S]*mouse= a project_code= Two"),
        ({"where": "session_number > 9"}, "no session matches the filters"),
        ({"where": "number > 9"}, r"invalid query[\s\S]*its columns are behavior_session_id"),
        ({"where": "sesion_number > 9"}, r"'sesion_number' is not[\s\S]*did you mean 'session_number'\? its"),
        ({"where": "1"}, "the result is not a condition"),
        ({"where": "@pd.read_csv('x')"}, "invalid query"),
    ],
)
def test_a_filter_that_fits_nothing_is_refused_in_the_words_of_the_caller(filters, said):
    with pytest.raises(UsageError, match=said) as refused:
        choose_rows(SESSIONS, Filters(**filters), place="the table", spelled="{}=".format)
    assert refused.value.where.startswith("the table")


def test_a_filter_on_a_column_that_is_not_there_is_refused():
    with pytest.raises(TableError, match="no column mouse_id"):
        choose_rows(SESSIONS.drop(columns="mouse_id"), Filters(mouse=["a"]), place="the table")
    with pytest.raises(TableError, match="no column recording and no name"):
        choose_rows(SESSIONS, Filters(sessions=["a"]), place="x", columns=FilterColumns(("recording", "name")))


def test_other_columns_can_be_filtered_by():
    renamed = SESSIONS.rename(columns={"mouse_id": "subject"})
    found = choose_rows(renamed, Filters(mouse=["b"]), place="x", columns=FilterColumns(mouse="subject"))
    assert list(found["behavior_session_id"]) == [13]


def test_an_empty_table_without_filters_is_no_error():
    assert choose_rows(SESSIONS.iloc[:0], Filters(), place="x").empty


def test_a_query_sees_the_table_and_nothing_else():
    assert len(query_rows(SESSIONS, "mouse_id == 'a'", "x")) == 2
    with pytest.raises(UsageError, match="invalid query"):
        query_rows(SESSIONS, "mouse_id == @SESSIONS", "x")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (None, ()),
        ("", ()),
        ("a", ("a",)),
        ("a, b,", ("a", "b")),
        (457841, ("457841",)),
        (457841.0, ("457841",)),
        (457841.5, ("457841.5",)),
        (float("inf"), ("inf",)),
        ([1, "b"], ("1", "b")),
        (pd.Index([1, 2]), ("1", "2")),
        (pd.Series([1.0, np.nan]), ("1", "nan")),
    ],
)
def test_one_or_several_values_are_texts(given, expected):
    assert as_list(given) == expected
