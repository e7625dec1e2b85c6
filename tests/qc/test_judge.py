"""Judging: nothing that was not measured passes, and a limit is changed without measuring again."""

import datetime
from dataclasses import replace
from math import inf, nan

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nwbgate.qc
from nwbgate.errors import SpecError
from nwbgate.qc.criteria import Criteria, Limits, Status
from nwbgate.qc.criteria_files import load_criteria
from nwbgate.qc.judge import RESULT_COLUMNS, judge
from nwbgate.qc.manual_decisions import Decision
from nwbgate.qc.measurement import COLUMNS, Measurement, join_tables, not_measured, rows_of, table
from support.qc_files import CRITERIA, write_criteria

MADE = Criteria.model_validate(CRITERIA)


def statuses(*rows: Measurement, **options) -> list[tuple[str, str, str]]:
    results = judge(table(rows), MADE, **options)
    return list(zip(results["criterion"], results["object"], results["status"], strict=True))


def test_each_object_is_judged_on_its_own():
    found = statuses(
        Measurement("spikes.lag", 0.02, "s", "a"),
        Measurement("spikes.lag", 0.04, "s", "b"),
        Measurement("spikes.lag", 0.06, "s", "c"),
        not_measured("spikes.lag", "too few", "s", "d"),
        Measurement("spikes.off", 0),
    )
    assert found == [
        ("lag", "a", "Pass"), ("lag", "b", "Warning"), ("lag", "c", "Fail"), ("lag", "d", "Not measured"),
        ("share", "session", "Pass"), ("brain_health", "", "Not measured"),
    ]  # fmt: skip


def test_results_say_value_limits_reason_and_who_decided():
    row = judge(table([Measurement("spikes.lag", 0.06, "s", "c", "0-60 s")]), MADE).iloc[0]
    assert dict(row) == {
        "criterion": "lag", "status": "Fail", "object": "c", "metric": "spikes.lag", "value": 0.06, "unit": "s",
        "threshold": "Fail outside -0.05 to 0.05 s; Warning above 0.03 s", "window": "0-60 s", "reason": "why",
        "decided_by": "Ann",
    }  # fmt: skip


def test_a_metric_that_is_not_there_is_not_measured_and_the_nearest_is_named():
    row = judge(table([Measurement("spikes.lagg", 0.0)]), MADE).iloc[0]
    assert row["status"] == "Not measured"
    assert "spikes.lagg" in row["reason"]


def test_what_need_not_be_measured_can_be_left_out():
    lag = replace_criterion("lag", unmeasured="ignore")
    results = judge(table([not_measured("spikes.lag", "too few")]), lag)
    assert "lag" not in set(results["criterion"])
    assert "lag" in set(judge(table([Measurement("spikes.lag", 1.0)]), lag)["criterion"])


def replace_criterion(name: str, **changes) -> Criteria:
    criterion = MADE.criteria[name].model_copy(update=changes)
    return MADE.model_copy(update={"criteria": {**MADE.criteria, name: criterion}})


def test_a_changed_limit_judges_the_same_measurements_anew():
    measured = table([Measurement("spikes.lag", 0.06)])
    wide = replace_criterion("lag", fail=Limits(maximum=1), warn=None)
    assert judge(measured, MADE)["status"].iloc[0] == "Fail"
    assert judge(measured, wide)["status"].iloc[0] == "Pass"


def test_criteria_about_containers_are_judged_apart():
    rows = [Measurement("view.shift", 12.0, "pixel", "experiment 2")]
    results = judge(table(rows), MADE, scope="container")
    assert dict(zip(results["criterion"], results["status"], strict=True)) == {
        "match": "Fail", "view_match": "Not measured",
    }  # fmt: skip


def test_a_decision_is_merged_with_its_reviewer_and_day():
    decision = Decision("s", "brain_health", Status.FAIL, "Ann Lee", datetime.date(2024, 5, 31), "swollen")
    row = judge(table([]), MADE, [decision]).iloc[-1]
    assert (row["status"], row["reason"], row["decided_by"]) == ("Fail", "swollen", "Ann Lee, 2024-05-31")


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_only_a_finite_number_within_all_limits_passes(value):
    status = judge(table([Measurement("spikes.lag", value)]), MADE)["status"].iloc[0]
    assert (status == "Pass") == (-0.05 <= value <= 0.03)
    assert (status == "Not measured") == (value != value or abs(value) == inf)


@given(st.permutations(range(6)))
def test_the_order_of_objects_changes_no_status(order):
    rows = [Measurement("spikes.lag", value, "s", str(value)) for value in (0.0, 0.03, 0.04, 0.05, 0.06, nan)]
    found = judge(table([rows[place] for place in order]), MADE)
    assert set(zip(found["object"], found["status"], strict=True)) == set(
        zip(*(judge(table(rows), MADE)[name] for name in ("object", "status")), strict=True)
    )


def test_the_package_judges_by_a_folder_too(tmp_path):
    folder = write_criteria(tmp_path)
    measured = table([Measurement("spikes.lag", 0.0)])
    pd.testing.assert_frame_equal(nwbgate.qc.judge(measured, folder), judge(measured, load_criteria(folder)))


def test_measurements_that_nobody_knows_are_refused():
    with pytest.raises(SpecError, match="no shipped criteria fit"):
        judge(table([Measurement("never.heard_of", 1.0)]))


def test_results_have_their_columns_also_where_there_are_none():
    empty = Criteria.model_validate({"criteria": {"lag": {**CRITERIA["criteria"]["lag"], "unmeasured": "ignore"}}})
    results = judge(table([]), empty)
    assert tuple(results.columns) == RESULT_COLUMNS
    assert results.empty


def test_a_measurement_without_a_finite_number_has_a_reason():
    assert Measurement("m", nan).reason
    assert Measurement("m", inf).value != Measurement("m", inf).value
    assert not Measurement("m", inf).measured
    assert Measurement("m", 1).measured
    assert Measurement("m", nan, reason="too few").reason == "too few"


def test_a_table_of_measurements_comes_back_row_by_row():
    rows = [Measurement("m", 1.5, "s", "cell 3", "0-60 s"), not_measured("n", "too few", "Hz", "cell 4")]
    back = list(rows_of(table(rows)))
    assert back[0] == rows[0]
    assert replace(back[1], value=0.0) == replace(rows[1], value=0.0)


def test_tables_are_joined_and_may_be_empty():
    assert tuple(join_tables([]).columns) == COLUMNS
    one = table([Measurement("m", 1)])
    assert list(join_tables([one, table([]), one]).index) == [0, 1]
