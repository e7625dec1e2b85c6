"""A table of sessions: any metadata field of each session."""

import pytest

from nwbgate.conversion.sources.session_rows import read_session_rows, with_rows
from nwbgate.errors import TableError
from nwbgate.interfaces.plan import SessionPlan


def table(folder, text):
    path = folder / "sessions.csv"
    path.write_text(text)
    return path


def plan(session_id, subject="", **more):
    return SessionPlan(session_id, (), {}, metadata={"Subject": {"subject_id": subject}} if subject else {}, **more)


def test_columns_are_fields_paths_and_words(tmp_path):
    path = table(
        tmp_path,
        "session_id,sex,experimenter,Ophys.ImagingPlanes.a.location,Ophys.ImagingPlanes.a.imaging_rate,delay,code\n"
        'd1,F,"Doe, Jane; Roe, Jo",VISp,30.5,12,007\n',
    )
    (row,) = read_session_rows(path, ["delay", "code"])
    assert row.metadata["NWBFile"] == {"session_id": "d1", "experimenter": ["Doe, Jane", "Roe, Jo"]}
    assert row.metadata["Subject"] == {"sex": "F"}
    assert row.metadata["Ophys"]["ImagingPlanes"]["a"] == {"location": "VISp", "imaging_rate": 30.5}
    assert (row.words["delay"], row.words["code"]) == (12, "007")
    assert row.origin.endswith("sessions.csv, line 2")


def test_an_id_can_be_renamed_by_the_path_of_the_field(tmp_path):
    (row,) = read_session_rows(table(tmp_path, "NWBFile.session_id,session_id\nday-1,day_1\n"))
    assert (row.keys["session_id"], row.metadata["NWBFile"]["session_id"]) == ("day_1", "day-1")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("session_id,sexx\nd1,F\n", r"unknown column 'sexx'(?s:.*)did you mean 'sex'"),
        ("session_id,Subject.agee\nd1,P9D\n", r"unknown column 'Subject\.agee'"),
        ("session,sex\nd1,F\n", "no column session_id"),
        ("session_id,sex\nd1,F\nd1,M\n", r"two rows are about the session 'd1'(?s:.*)line 3"),
        ("session_id,sex\n,F\n", "a row without session_id"),
    ],
    ids=["field", "path", "no key", "twice", "empty key"],
)
def test_a_wrong_table_is_named_by_column_or_line(tmp_path, text, message):
    with pytest.raises(TableError, match=message):
        read_session_rows(table(tmp_path, text))


def test_rows_are_merged_over_the_plans_and_sessions_without_a_row_excluded(tmp_path):
    path = table(tmp_path, "session_id,subject_id,age\nd1,m1,P1D\nd1,m2,P2D\n")
    first, second, third = with_rows(
        [plan("d1", "m1"), plan("d1", "m2"), plan("d2", "m1")], read_session_rows(path), path
    )
    assert [each.metadata["Subject"]["age"] for each in (first, second)] == ["P1D", "P2D"]
    assert first.origin.endswith("line 2")
    assert third.excluded == "not in the table of sessions sessions.csv"


def test_a_row_without_sources_is_listed_with_the_nearest_session(tmp_path):
    path = table(tmp_path, "session_id,age\nmonday,P1D\nmondai,P1D\n")
    _, idle = with_rows([plan("monday")], read_session_rows(path), path)
    assert idle.session_id == "mondai"
    assert "line 3; did you mean 'monday'" in idle.excluded
