"""The table of decisions: read whole, or refused with row and column."""

import datetime

import pytest

from nwbgate.errors import TableError
from nwbgate.qc.criteria import Criteria, Status
from nwbgate.qc.manual_decisions import read_manual, refuse_unknown
from support.qc_files import CRITERIA, write_decisions

MADE = Criteria.model_validate(CRITERIA)
GOOD = "s1,brain_health,Pass,Ann Lee,2024-05-31,"


def test_decisions_are_read(tmp_path):
    path = write_decisions(tmp_path / "m.csv", GOOD, 's2,brain_health,Fail,Bo,2024-06-01,"swollen, red"')
    first, second = read_manual(path)
    assert (first.session, first.status, first.reviewer, first.date) == (
        "s1", Status.PASS, "Ann Lee", datetime.date(2024, 5, 31),
    )  # fmt: skip
    assert (second.status, second.reason, second.row) == (Status.FAIL, "swollen, red", 3)


def test_columns_may_be_in_another_order_and_ids_keep_their_zeros(tmp_path):
    path = write_decisions(
        tmp_path / "m.csv",
        "fine,0012,2024-05-31,brain_health,Pass,Ann",
        header="reason,session,date,criterion,status,reviewer",
    )
    assert [(row.session, row.reason) for row in read_manual(path)] == [("0012", "fine")]


def test_pending_is_no_pass(tmp_path):
    path = write_decisions(tmp_path / "m.csv", "s1,brain_health,Pending,Ann,2024-05-31,histology awaited")
    assert read_manual(path)[0].status is Status.NOT_MEASURED


@pytest.mark.parametrize(
    ("row", "column", "said"),
    [
        ("s1,brain_health,Pas,Ann,2024-05-31,", "status", "unknown status"),
        ("s1,brain_health,,Ann,2024-05-31,", "status", "unknown status"),
        ("s1,brain_health,Pass,Ann,31.5.2024,", "date", "invalid date"),
        ("s1,brain_health,Pass,Ann,2024-13-31,", "date", "invalid date"),
        ("s1,brain_health,Pass,Ann,9024-05-31,", "date", "in the future"),
        ("s1,brain_health,Pass,,2024-05-31,", "reviewer", "the reviewer is missing"),
        (",brain_health,Pass,Ann,2024-05-31,", "session", "the session is missing"),
        ("s1,,Pass,Ann,2024-05-31,", "criterion", "the criterion is missing"),
        ("s1,brain_health,Fail,Ann,2024-05-31,", "reason", "has no reason"),
        ("s1,brain_health,Warning,Ann,2024-05-31, ", "reason", "has no reason"),
    ],
)
def test_a_cell_that_cannot_be_understood_is_named(row, column, said, tmp_path):
    path = write_decisions(tmp_path / "m.csv", "s0,brain_health,Pass,Ann,2024-05-31,", row)
    with pytest.raises(TableError) as caught:
        read_manual(path)
    assert said in caught.value.what
    assert caught.value.where == f"{path}, row 3, column {column}"
    assert caught.value.got
    assert caught.value.expected
    assert caught.value.fix


def test_a_decision_of_today_is_no_decision_to_come(tmp_path):
    today = datetime.datetime.now(datetime.UTC).date()
    path = write_decisions(tmp_path / "m.csv", f"s1,brain_health,Pass,Ann,{today},")
    assert read_manual(path)[0].date == today


def test_a_misspelt_status_names_the_nearest(tmp_path):
    path = write_decisions(tmp_path / "m.csv", "s1,brain_health,pass,Ann,2024-05-31,")
    with pytest.raises(TableError, match="did you mean 'Pass'"):
        read_manual(path)


def test_two_decisions_about_one_thing_are_refused(tmp_path):
    path = write_decisions(tmp_path / "m.csv", GOOD, GOOD.replace("Pass", "Fail") + "swollen")
    with pytest.raises(TableError, match=r"two decisions .*\n.*row 3, column criterion\n.*as in row 2"):
        read_manual(path)


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("session,criterion,status,reviewer,date", "no column 'reason'"),
        ("session,criterion,status,reviewer,date,resaon", "no column 'reason'"),
        ("session,criterion,status,reviewer,date,reason,note", "an unknown column 'note'"),
        ("session,criterion,status,reviewer,date,reason,X1", "an unknown column 'X1'"),
    ],
)
def test_other_columns_are_refused(header, said, tmp_path):
    with pytest.raises(TableError) as caught:
        read_manual(write_decisions(tmp_path / "m.csv", header=header))
    assert said in caught.value.what
    assert caught.value.fix


def test_a_missing_table_is_said(tmp_path):
    with pytest.raises(TableError, match="cannot read"):
        read_manual(tmp_path / "none.csv")


def unknown(tmp_path, row: str) -> TableError:
    path = write_decisions(tmp_path / "m.csv", row)
    with pytest.raises(TableError) as caught:
        refuse_unknown(read_manual(path), path, [MADE], sessions=["s1", "s2"], containers=["c1"])
    return caught.value


@pytest.mark.parametrize(
    ("row", "column", "said"),
    [
        ("s3,brain_health,Pass,Ann,2024-05-31,", "session", "unknown session"),
        ("s1,view_match,Pass,Ann,2024-05-31,", "session", "unknown container"),
        ("s1,brain_helth,Pass,Ann,2024-05-31,", "criterion", "unknown manual criterion"),
        ("s1,lag,Pass,Ann,2024-05-31,", "criterion", "is measured, not decided"),
    ],
)
def test_a_decision_about_nothing_is_refused(row, column, said, tmp_path):
    error = unknown(tmp_path, row)
    assert said in error.what
    assert error.where.endswith(f"row 2, column {column}")


def test_known_decisions_are_not_refused(tmp_path):
    path = write_decisions(tmp_path / "m.csv", GOOD, "c1,view_match,Pass,Ann,2024-05-31,")
    refuse_unknown(read_manual(path), path, [MADE], sessions=["s1"], containers=["c1"])


def test_many_sessions_are_not_all_listed(tmp_path):
    path = write_decisions(tmp_path / "m.csv", "x,brain_health,Pass,Ann,2024-05-31,")
    with pytest.raises(TableError, match="192 more"):
        refuse_unknown(read_manual(path), path, [MADE], sessions=[f"s{number}" for number in range(200)])
