"""Motion tables: columns by name, as many rows as frames, whole pixels."""

import pytest

from nwbgate.errors import SourceError, UsageError
from nwbgate.interfaces.visual_behavior_rig.imaging.motion_table import read_shifts
from support.development_data import shared


def test_columns_are_found_by_name(tmp_path):
    (tmp_path / "a.csv").write_text('framenumber,y,x,nonrigid_x\n0,4,3,"[0, 0]"\n1,-2,5,"[0, 0]"\n')
    assert read_shifts(tmp_path / "a.csv", 2).tolist() == [[3, 4], [5, -2]]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("x,y\n1,2\n", "another number of rows"),
        ("framenumber,x\n1,2\n", "lacks a column"),
        ("x,y\n1,2\n1.5,2\n", "not a whole number of pixels"),
        ("x,y\n1,2\n,2\n", "not a whole number of pixels"),
        ("x,y\n1,2\na,2\n", "cannot be read"),
        ("", "cannot be read"),
        ("x,y\n1,2\n\x00\xff", "motion table|shift is not"),
    ],
)
def test_unsound_tables_are_refused(tmp_path, text, what):
    (tmp_path / "a.csv").write_text(text, encoding="latin-1")
    with pytest.raises(SourceError, match=what):
        read_shifts(tmp_path / "a.csv", 2)


def test_a_table_that_is_not_there(tmp_path):
    with pytest.raises(UsageError, match="no such file"):
        read_shifts(tmp_path / "a.csv", 2)


@pytest.mark.parametrize(
    ("name", "what"), [("motion_no_y.csv", "lacks a column"), ("motion_short.csv", "another number of rows")]
)
def test_bad_motion_tables_of_the_development_data(name, what):
    with pytest.raises(SourceError, match=what):
        read_shifts(shared("rig_sources", "bad", name), 10)


def test_rows_in_another_order_than_their_frames_are_refused(tmp_path):
    path = tmp_path / "motion.csv"
    path.write_text("framenumber,x,y\n2,0,0\n3,0,0\n0,1,1\n1,1,1\n")
    with pytest.raises(SourceError, match="not in the order of their frames") as error:
        read_shifts(path, 4)
    assert error.value.got == "frame 0 after frame 3"
