"""The side-car table: what it may say, and the row and column of everything it may not."""

import pytest

import nwbgate
from nwbgate.errors import TableError
from nwbgate.interfaces.dataset_ii.recordings_table import COLUMNS, read_recordings

IDS = ("102956", "103703", "102086")


@pytest.fixture
def table(tmp_path):
    def written(text: str | bytes):
        path = tmp_path / "recordings.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return written


def refused(path, ids=IDS) -> TableError:
    with pytest.raises(TableError) as caught:
        read_recordings(path, ids)
    assert caught.value.fix
    return caught.value


FULL = (
    "recording_id,neuron_id,subject_id,sex,age,session_start_time,depth_um,anaesthetic,"
    "pipette_resistance_mohm,x,y,z,exclude,notes\n"
    '102956,n3,m17,F,P90D,2016-05-04T13:30:00-07:00,180,urethane,6.5,-1,2e3,3,no,"a, b"\n'
)


def test_every_column_is_read(table):
    rows = read_recordings(table(FULL), IDS)
    assert set(FULL.splitlines()[0].split(",")) == set(COLUMNS)
    assert rows["102956"].line == 2
    assert rows["102956"].values == {
        "neuron_id": "n3", "subject_id": "m17", "sex": "F", "age": "P90D",
        "session_start_time": "2016-05-04T13:30:00-07:00", "depth_um": 180.0, "anaesthetic": "urethane",
        "pipette_resistance_mohm": 6.5, "x": -1.0, "y": 2000.0, "z": 3.0, "exclude": False, "notes": "a, b",
    }  # fmt: skip


def test_empty_cells_say_nothing_and_blank_lines_are_passed_over(table):
    rows = read_recordings(table("recording_id,sex,notes\n\n102956, ,\n,,\n 103703 ,M,\n"), IDS)
    assert {name: row.values for name, row in rows.items()} == {"102956": {}, "103703": {"sex": "M"}}
    assert rows["103703"].line == 5


def test_columns_may_be_few_and_in_any_order(table):
    assert read_recordings(table("sex,recording_id\nF,102956\n"), IDS)["102956"].values == {"sex": "F"}


def test_a_byte_order_mark_and_windows_line_ends_are_no_matter(table):
    rows = read_recordings(table(b"\xef\xbb\xbfrecording_id,sex\r\n102956,F\r\n"), IDS)
    assert rows["102956"].values == {"sex": "F"}


@pytest.mark.parametrize("text", ["recording_id\n", "recording_id,sex\n\n"])
def test_a_table_of_no_rows_says_nothing(table, text):
    assert read_recordings(table(text), IDS) == {}


@pytest.mark.parametrize(
    ("text", "what", "place"),
    [
        ("", "empty", "recordings.csv"),
        ("\n \n", "empty", "recordings.csv"),
        ("recording_id,subjct_id\n", "unknown column", "line 1, column subjct_id"),
        ("recording_id,sex,sex\n", "occurs twice", "line 1"),
        ("sex\nF\n", "column is missing", "line 1, column recording_id"),
        ("recording_id,sex\n102956\n", "wrong number of cells", "line 2"),
        ("recording_id,sex\n103703,M\n102956,F,1\n", "wrong number of cells", "line 3"),
        ('recording_id,notes\n102956,"open\n', "quote is not closed", "line 2"),
        ("recording_id,sex\n102956,F\n102956,M\n", "recording is given twice", "line 3, column recording_id"),
        ("recording_id,sex\n,M\n", "recording id is empty", "line 2, column recording_id"),
        ("recording_id,sex\n102957,M\n", "not among the sources", "line 2, column recording_id"),
        (b"recording_id,notes\n102956,caf\xe9\n", "not encoded in UTF-8", "recordings.csv"),
    ],
)  # fmt: skip
def test_what_is_no_such_table_is_refused_by_place(table, text, what, place):
    path = table(text)
    error = refused(path)
    assert what in error.what
    assert str(path) in error.where
    assert place in error.where
    assert error.exit_code == 2


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("subject_id", "m 17"), ("subject_id", "m_17"), ("subject_id", "m/17"), ("subject_id", "m.17"),
        ("sex", "female"), ("sex", "f"), ("sex", "XX"),
        ("age", "90"), ("age", "90 days"), ("age", "P"), ("age", "PT"), ("age", "90D"), ("age", "P63D-P147D"),
        ("age", "P147D/P63D"), ("age", "P90DT"),
        ("session_start_time", "2016"), ("session_start_time", "2016-05-04"),
        ("session_start_time", "2016-05-04T13:30:00"), ("session_start_time", "04/05/2016 13:30"),
        ("session_start_time", "2016-13-04T13:30:00Z"),
        ("depth_um", "deep"), ("depth_um", "0"), ("depth_um", "-180"), ("depth_um", "inf"),
        ("pipette_resistance_mohm", "0"), ("pipette_resistance_mohm", "6.5 MOhm"),
        ("y", "1;2"), ("z", "left"),
        ("exclude", "x"), ("exclude", "maybe"), ("exclude", "2"),
    ],
)  # fmt: skip
def test_a_bad_value_is_refused_by_row_and_column(table, column, cell):
    error = refused(table(f"recording_id,{column}\n103703,\n102956,{cell}\n"))
    assert error.what == "invalid value"
    assert error.where.endswith(f"row at line 3, column {column}")
    assert error.got == repr(cell)
    assert error.expected


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        ("sex", "U", "U"), ("sex", "O", "O"),
        ("age", "P90D", "P90D"), ("age", "P63D/P147D", "P63D/P147D"), ("age", "P12W", "P12W"),
        ("age", "P3M10D", "P3M10D"),
        ("session_start_time", "2016-05-04 13:30:00+02:00", "2016-05-04T13:30:00+02:00"),
        ("session_start_time", "2016-05-04T13:30:00Z", "2016-05-04T13:30:00+00:00"),
        ("exclude", "TRUE", True), ("exclude", "yes", True), ("exclude", "1", True), ("exclude", "False", False),
        ("depth_um", "1.8e2", 180.0), ("x", "0", 0.0),
    ],
)  # fmt: skip
def test_good_values_are_read(table, column, cell, value):
    assert read_recordings(table(f"recording_id,{column}\n102956,{cell}\n"), IDS)["102956"].values == {column: value}


def test_the_nearest_column_is_named_and_no_recording(table):
    assert refused(table("recording_id,neuronid\n")).fix == "did you mean 'neuron_id'?"
    assert refused(table("recording_id,colour_of_fur_and_eyes\n")).fix == "remove the column"
    assert "did you mean" not in refused(table("recording_id\n10295\n")).fix, "ids are never guessed"
    assert refused(table("recording_id\nx\n")).fix == "correct the id, give its source, too, or remove the row"


def test_long_lists_of_recordings_are_cut_short(table):
    error = refused(table("recording_id\nx\n"), [str(number) for number in range(50)])
    assert error.expected.endswith("(50 in all)")


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("recording_id,neuron_id,subject_id\n102956,n3,m1\n103703,n3,m2\n", "subject_id"),
        ("recording_id,subject_id,sex\n102956,m1,F\n103703,m1,M\n", "sex"),
        ("recording_id,neuron_id,sex\n102956,n3,F\n103703,n3,M\n", "sex"),
    ],
)
def test_two_rows_may_not_contradict_each_other(table, text, column):
    error = refused(table(text))
    assert "two values" in error.what
    assert error.where.endswith(f"row at line 3, column {column}")
    assert "row at line 2" in error.expected


def test_an_age_that_makes_another_birth_of_a_mouse_is_refused(table):
    rows = "102956,m1,P90D,2016-03-10T09:00:00Z\n103703,m1,P120D,2016-03-11T09:00:00Z\n"
    error = refused(table(f"recording_id,subject_id,age,session_start_time\n{rows}"))
    assert error.where.endswith("row at line 3, column age")
    assert "row at line 2" in error.expected


def test_a_placeholder_is_no_id(table):
    error = refused(table("recording_id,neuron_id\n102956,n3\n103703,TBD\n"))
    assert error.where.endswith("row at line 3, column neuron_id")


def test_a_table_that_is_not_there_is_refused(tmp_path):
    assert "cannot read" in refused(tmp_path / "none.csv").what


@pytest.mark.parametrize(
    ("given", "source", "difference"),
    [("M1", "m1", "case"), ("cafe\u0301", "caf\u00e9", "Unicode form"), ("10\u200b2956", "102956", "invisible")],
)
def test_an_id_that_looks_like_one_of_the_sources_is_named(table, given, source, difference):
    error = refused(table(f"recording_id\n{given}\n"), ids=(source,))
    assert difference in error.expected
    assert error.got == ascii(given)


@pytest.mark.parametrize("column", ["subject_id", "neuron_id"])
def test_two_ids_that_look_the_same_are_refused(table, column):
    error = refused(table(f"recording_id,{column}\n102956,m-1\n103703,M-1\n"))
    assert "two ids look the same" in error.what
    assert "case" in error.expected
    assert len(read_recordings(table(f"recording_id,{column}\n102956,m-1\n103703,m-2\n"), IDS)) == 2


def test_a_table_from_excel_is_read(table):
    rows = read_recordings(
        table("\ufeffrecording_id;depth_um;;notes\r\n102956;150,5;;a; \r\n".replace("a; ", "a") + ";;;\r\n"), IDS
    )
    assert rows["102956"].values == {"depth_um": 150.5, "notes": "a"}


VALUES = {
    "sex": ["M", "O", "female", "f"],
    "age": ["P90D", "P63D/P147D", "P90D/", "/P90D", "P1Y2M3DT4H", "90 days", "P", "P63D-P147D"],
    "subject_id": ["m-1", "m_1", "m 1", "m.1", "m\u200b1"],
    "session_start_time": [
        "2016-05-04T13:30:00-07:00", "2016-05-04 13:30+00:00", "2016-05-04T13:30:00", "2016-05-04", "04/05/2016 13:30"
    ],
    "depth_um": ["150", "150.5", "0", "-1", "nan", "NA", "deep"],
    "exclude": ["true", "no", "0", "maybe"],
}  # fmt: skip


@pytest.mark.parametrize(("column", "cell"), [(name, cell) for name, cells in VALUES.items() for cell in cells])
def test_convert_refuses_a_cell_where_check_has_a_finding_about_it(table, column, cell):
    path = table(f"recording_id,{column}\n102956,{cell}\n")
    report = nwbgate.check(manifest=path.parent, spec="dataset_ii")
    found = [finding for finding in report.records if finding.column == column]
    try:
        read_recordings(path, IDS)
    except TableError:
        assert found
    else:
        assert not [each for each in found if each.severity == "error"]  # convert says unusual values as remarks
