"""Tables of intervals in numbers."""

import h5py
import numpy as np
import pytest

from nwbgate.reading.facts.any_file.interval_tables import interval_frame, is_interval_table


@pytest.fixture
def table(tmp_path):
    with h5py.File(tmp_path / "table.h5", "w") as file:
        group = file.create_group("intervals/tones")
        group.attrs["colnames"] = ["start_time", "stop_time", "kind"]
        group["start_time"] = [0.0, 1.0, 1.0, 3.0, np.nan]
        group["stop_time"] = [1.0, 2.0, 2.0, 2.5, 5.0]
        group["kind"] = [b"a", b"b", b"b", b"a", b"a"]
        yield group


def row(table):
    return interval_frame([table]).iloc[0]


def test_missing_reversed_and_repeated_rows_are_counted(table):
    found = row(table)
    assert found[["n_rows", "n_missing", "n_reversed", "n_repeated"]].tolist() == [5, 1, 1, 1]
    assert found[["first", "last"]].tolist() == [0.0, 3.0]


def test_rows_that_differ_in_another_column_are_not_repeated(table):
    table["kind"][2] = b"c"
    assert row(table)["n_repeated"] == 0


def test_abutting_intervals_do_not_overlap_and_equal_ones_do(table):
    assert row(table)["n_overlapping"] == 1


def test_a_table_is_known_by_its_columns(table):
    assert is_interval_table(table)
    del table["stop_time"]
    assert not is_interval_table(table)
