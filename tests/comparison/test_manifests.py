"""Tables are compared row by row by their key, under the names that columns have today."""

import pandas as pd
import pytest

import nwbgate
from support.places import VALID_MANIFEST

VALID = VALID_MANIFEST
NAME = "ophys_session_table.csv"


@pytest.fixture
def second(tmp_path):
    """Return a function that writes a changed copy of the valid table."""

    def written(change):
        frame = pd.read_csv(VALID / NAME, dtype=object)
        change(frame).to_csv(tmp_path / NAME, index=False)
        return tmp_path / NAME

    return written


def differences(second):
    (pair,) = nwbgate.diff(VALID / NAME, second).pairs
    assert not pair.problem
    return pair.differences


def test_the_order_of_rows_does_not_count(second):
    assert not differences(second(lambda frame: frame.iloc[::-1]))


def test_rows_are_added_and_removed_by_key(second):
    (removed,) = differences(second(lambda frame: frame.iloc[1:]))
    key = pd.read_csv(VALID / NAME)["ophys_session_id"][0]
    assert (removed.change.value, removed.path, removed.first) == ("removed", "ophys_session_id", str(key))


def test_a_changed_cell_is_placed_by_its_key(second):
    key = pd.read_csv(VALID / NAME)["ophys_session_id"][2]
    (cell,) = differences(second(lambda frame: frame.assign(sex=frame["sex"].where(frame.index != 2, "U"))))
    assert (cell.path, cell.second, cell.count, cell.where) == ("sex", "U", 1, str(key))


def test_a_column_may_be_added_or_removed(second):
    found = differences(second(lambda frame: frame.drop(columns="sex").assign(colour="brown")))
    assert {(each.change.value, each.path) for each in found} == {("removed", "sex"), ("added", "colour")}


def test_a_column_of_an_older_name_is_the_same_column(tmp_path):
    old = {"age_in_days": "age_days"} if "age_days" in _renamed() else dict([next(iter(_renamed().items()))[::-1]])
    frame = pd.read_csv(VALID / NAME, dtype=object)
    assert {*old} & {*frame.columns}
    frame.rename(columns=old).to_csv(tmp_path / NAME, index=False)
    assert not differences(tmp_path / NAME)


def _renamed():
    from nwbgate.manifest.specification.spec import load_spec

    return load_spec("visual_behavior").tables["ophys_sessions"].renamed


def test_an_unknown_table_is_compared_by_its_first_column(tmp_path):
    (tmp_path / "a.csv").write_text("name,value\nx,1\ny,2\n")
    (tmp_path / "b.csv").write_text("name,value\ny,2.5\nx,1\n")
    (pair,) = nwbgate.diff(tmp_path / "a.csv", tmp_path / "b.csv").pairs
    (cell,) = pair.differences
    assert (cell.where, cell.largest) == ("y", 0.5)


def test_a_table_that_cannot_be_read_is_a_problem(tmp_path):
    (tmp_path / "a.csv").write_text("name,value\nx,1\n")
    (tmp_path / "b.csv").write_text("name,name\nx,1\n")
    (pair,) = nwbgate.diff(tmp_path / "a.csv", tmp_path / "b.csv").pairs
    assert "b.csv" in pair.problem
