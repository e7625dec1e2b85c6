"""Conversion says what the check would warn about, and nothing of usual values."""

import pytest

from nwbgate.interfaces.dataset_ii.unusual_values import unusual_rows, unusual_values


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("depth_um", 0.18, "depth_um is 0.18 um, expected at least 50 um"),
        ("depth_um", 1800.0, "depth_um is 1800 um, expected at most 400 um"),
        ("pipette_resistance_mohm", 7e6, "pipette_resistance_mohm is 7e+06 MOhm, expected at most 50 MOhm"),
        ("anaesthetic", "isoflorane", "anaesthetic is isoflorane, expected isoflurane or urethane"),
    ],
)
def test_an_unusual_value_is_said(column, value, said):
    assert list(unusual_values({column: value})) == [f"{said}; correct the table if it is wrong"]


def test_usual_values_are_not():
    usual = {"depth_um": 180.0, "pipette_resistance_mohm": 7.0, "anaesthetic": "urethane", "sex": "F", "notes": "none"}
    assert list(unusual_values(usual)) == []


def test_rows_are_compared_with_each_other():
    start = "2016-03-10T09:12:05-08:00"
    said = unusual_rows({"a": {"session_start_time": start}, "b": {"session_start_time": start, "age": "P9D"}})
    assert said["a"] == []
    assert [sentence.split(",")[0] for sentence in said["b"]] == ["age is P9D", f"session_start_time is {start}"]
