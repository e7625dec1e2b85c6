"""Values become the type that their column has, and those that cannot are counted."""

import numpy as np
import pandas as pd
import pytest

from nwbgate.reading.format.columns import absent, typed_values
from nwbgate.reading.format.layouts import LayoutColumn


def column(kind: str, **more: object) -> LayoutColumn:
    return LayoutColumn(type=kind, description="A column.", **more)


@pytest.mark.parametrize(
    ("kind", "values", "dtype", "read", "unreadable"),
    [
        ("integer", np.array([1, 2], dtype=np.uint8), "int64", [1, 2], 0),
        ("integer", np.array([1.0, np.nan]), "Int64", [1, None], 0),
        ("integer", np.array([1.0, 0.5]), "Int64", [1, None], 1),
        ("number", np.array([1, 2]), "float64", [1.0, 2.0], 0),
        ("number", np.array(["0.5", "", "none"], dtype=object), "float64", [0.5, None, None], 1),
        ("boolean", np.array([True, False]), "bool", [True, False], 0),
        ("boolean", np.array([1.0, 0.0, np.nan]), "boolean", [True, False, None], 0),
        ("boolean", np.array([0, 2]), "boolean", [False, None], 1),
        ("boolean", np.array(["True", "False"], dtype=object), "bool", [True, False], 0),
        ("string", np.array(["a", ""], dtype=object), "object", ["a", None], 0),
        ("string", np.array([1, 2]), "object", ["1", "2"], 0),
        ("string", [np.array(["a", "b"], dtype=object)], "object", ["a; b"], 0),
    ],
)
def test_values_become_their_type(kind, values, dtype, read, unreadable):
    array, wrong = typed_values(values, column(kind))
    assert str(array.dtype) == dtype
    assert [None if missing else value for value, missing in zip(array, pd.isna(array), strict=True)] == read
    assert wrong == unreadable


def test_sentinels_are_missing_values():
    array, wrong = typed_values(np.array([-99, 4]), column("integer", missing=(-99,)))
    assert pd.isna(array).tolist() == [True, False]
    assert wrong == 0
    array, _ = typed_values(np.array(["N/A", "b"], dtype=object), column("string", missing=("N/A",)))
    assert pd.isna(array).tolist() == [True, False]


def test_lists_are_read_as_numbers_whatever_they_were():
    rows = [np.array(["0.15", "0.75"], dtype=object), np.array([""], dtype=object), np.array([1, 2])]
    array, wrong = typed_values(rows, column("numbers"))
    assert [row.tolist() for row in array] == [[0.15, 0.75], [], [1.0, 2.0]]
    assert wrong == 0


def test_a_list_whose_index_was_lost_is_one_number_per_row():
    array, _ = typed_values(np.array([1.0, 2.0]), column("numbers"))
    assert [row.tolist() for row in array] == [[1.0], [2.0]]


def test_texts_in_a_list_that_are_no_numbers_are_counted():
    assert typed_values([np.array(["half"], dtype=object)], column("numbers"))[1] == 1


@pytest.mark.parametrize(
    ("kind", "dtype"),
    [("integer", "Int64"), ("boolean", "boolean"), ("number", "float64"), ("string", "object"), ("numbers", "object")],
)
def test_an_absent_column_is_missing_values_of_its_type(kind, dtype):
    array = absent(column(kind), 2)
    assert str(array.dtype) == dtype
    assert [row.tolist() for row in array] == [[], []] if kind == "numbers" else pd.isna(array).all()
