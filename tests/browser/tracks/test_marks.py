"""Findings stand at the times of their rows."""

import pandas as pd

from nwbgate.browser.tracks.marks import FileJudgement, Mark, place_marks

TRIALS = pd.DataFrame({"start_time": [1.0, 5.0, 9.0], "stop_time": [4.0, 8.0, None]}, index=[10, 11, 12])
LICKS = pd.DataFrame({"timestamps": [2.5, 3.5]})


def table(name):
    return {"trials": TRIALS, "licks": LICKS, "session": pd.DataFrame({"sex": ["M"]})}.get(name)


def test_keys_of_rows_give_their_times():
    (mark,) = place_marks([Mark("trials.x", "error", "wrong", "correct it", "trials", (11, 99, (7, 10)))], table)
    assert mark["times"] == [[5.0, 8.0], [1.0, 4.0]]
    assert (mark["code"], mark["severity"], mark["fix"], mark["rows"]) == ("trials.x", "error", "correct it", 3)


def test_numbers_of_rows_are_taken_before_keys():
    (mark,) = place_marks([Mark("trials.x", "error", "wrong", "", "trials", ("a", "b"), (2, 0, 77))], table)
    assert mark["times"] == [[9.0, 9.0], [1.0, 4.0]]


def test_points_in_time_have_no_length():
    (mark,) = place_marks([Mark("licks.x", "warning", "wrong", "", "licks", (1,))], table)
    assert mark["times"] == [[3.5, 3.5]]


def test_what_has_no_time_has_none():
    marks = place_marks(
        [
            Mark("a", "error", "m", "", "session", (0,)),
            Mark("b", "error", "m"),
            Mark("c", "error", "m", "", "no", (1,)),
        ],
        table,
    )
    assert [mark["times"] for mark in marks] == [[], [], []]


def test_not_run_is_not_a_pass():
    assert FileJudgement().words() == {"findings": "not run", "quality": "not measured"}
    assert FileJudgement(checked=True, measured=True).words()["findings"] == "no findings"
    results = [{"status": "Fail"}, {"status": "Pass"}, {"status": "Not measured"}]
    words = FileJudgement(True, True, [Mark("a", "error", "m"), Mark("b", "warning", "m")], results).words()
    assert words == {"findings": "1 error, 1 warning", "quality": "1 of 3 failed, 1 not measured"}
