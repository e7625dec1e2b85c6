"""A table as aligned text, and whole as CSV, JSON and Parquet."""

import csv
import io
import json
import sys

import numpy as np
import pandas as pd
import pytest

from nwbgate.errors import MissingExtraError
from nwbgate.report import frame

TABLE = pd.DataFrame(
    {
        "time": [0.5, np.nan, np.inf],
        "count": pd.array([1, None, 3], dtype="Int64"),
        "hit": [True, False, True],
        "name": ["a", None, "b,\n\x1b[31mc"],
        "date": pd.to_datetime(["2020-01-01", "2020-01-02", None], utc=True),
        "licks": [np.arange(5.0), np.array([]), [1, 2]],
        "mask": [np.eye(2, dtype=bool)] * 3,
    },
    index=pd.Index([7, 8, 9], name="trials_id"),
)


def parts(given):
    return "".join(given)


def test_text_is_aligned_and_says_how_many_rows_there_are():
    text = frame.aligned_text(TABLE, rows=2, width=200)
    lines = text.splitlines()
    assert lines[0].split() == list(TABLE.columns)
    assert lines[1].split() == ["trials_id"]
    assert lines[-1] == "3 rows x 7 columns; showing the first 2"
    assert "[0, 1, 2, ...] (5)" in text
    assert "bool array 2 x 2" in text


def test_all_rows_are_shown_when_asked_for():
    assert frame.aligned_text(TABLE, rows=None).splitlines()[-1] == "3 rows x 7 columns"
    assert frame.aligned_text(TABLE.iloc[:1]).splitlines()[-1] == "1 row x 7 columns"


def test_long_lines_are_continued_below():
    assert max(map(len, frame.aligned_text(TABLE, width=60).splitlines())) <= 60


def test_a_table_without_rows_or_columns_is_text_too():
    assert frame.aligned_text(TABLE.iloc[:0]).splitlines() == ["  ".join(TABLE.columns), "0 rows x 7 columns"]
    assert frame.aligned_text(TABLE[[]]).splitlines() == ["7", "8", "9", "3 rows x 0 columns"]


def test_nothing_in_a_table_steers_the_terminal():
    hostile = TABLE.rename(columns={"time": "t\x1b[2J"}).rename_axis("id\x07").set_axis(["x\x1b", "y", "z"])
    hostile.index.name = "id\x07"
    assert not {"\x1b", "\x07"} & set(frame.aligned_text(hostile))


def test_long_text_is_cut():
    assert "x" * 57 + "..." in frame.aligned_text(pd.DataFrame({"a": ["x" * 100]}))
    assert "x" * 58 not in frame.aligned_text(pd.DataFrame({"a": ["x" * 100]}))


def test_csv_has_a_header_the_index_and_arrays_as_json():
    rows = list(csv.DictReader(io.StringIO(parts(frame.csv(TABLE)))))
    assert [row["trials_id"] for row in rows] == ["7", "8", "9"]
    assert json.loads(rows[0]["licks"]) == [0, 1, 2, 3, 4]
    assert json.loads(rows[0]["mask"]) == [[True, False], [False, True]]
    assert rows[1]["count"] == ""
    assert rows[2]["name"] == "b,\n\x1b[31mc"


def test_json_has_an_object_per_row_and_null_for_what_is_no_number():
    rows = json.loads(parts(frame.as_json(TABLE)))
    assert rows[0] == {
        "trials_id": 7, "time": 0.5, "count": 1, "hit": True, "name": "a", "date": "2020-01-01T00:00:00+00:00",
        "licks": [0, 1, 2, 3, 4], "mask": [[True, False], [False, True]],
    }  # fmt: skip
    assert [rows[1][name] for name in ("time", "count", "name")] == [None] * 3
    assert [rows[2][name] for name in ("time", "date")] == [None] * 2


def test_values_of_a_dict_are_json_too():
    table = pd.DataFrame({"value": pd.Series([{"a": np.float64(1)}, (1, None), pd.Timedelta(1)], dtype=object)})
    assert [row["value"] for row in json.loads(parts(frame.as_json(table)))] == [
        {"a": 1.0},
        [1, None],
        "0 days 00:00:00.000000001",
    ]


def test_an_empty_table_is_a_header_or_an_empty_list():
    assert parts(frame.csv(TABLE.iloc[:0])) == "trials_id,time,count,hit,name,date,licks,mask\n"
    assert json.loads(parts(frame.as_json(TABLE.iloc[:0]))) == []


def test_long_tables_are_written_in_parts(monkeypatch):
    whole = parts(frame.csv(TABLE)), parts(frame.as_json(TABLE))
    monkeypatch.setattr(frame, "_PART", 2)
    assert len(list(frame.csv(TABLE))) == 2
    assert (parts(frame.csv(TABLE)), parts(frame.as_json(TABLE))) == whole


def test_parquet_keeps_types_and_arrays():
    pytest.importorskip("pyarrow")
    found = pd.read_parquet(io.BytesIO(frame.parquet(TABLE)))
    assert list(found.columns) == ["trials_id", *TABLE.columns]
    assert str(found["date"].dt.tz) == "UTC"
    assert list(found["licks"][0]) == [0, 1, 2, 3, 4]
    assert found["time"].equals(TABLE["time"].reset_index(drop=True))


def test_parquet_without_pyarrow_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingExtraError, match=r"nwbgate\[parquet\]"):
        frame.parquet(TABLE)
