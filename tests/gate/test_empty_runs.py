"""A run that would not do what was asked is refused."""

from pathlib import Path

import pytest

import nwbgate
from nwbgate.errors import UsageError
from support.places import VALID_MANIFEST

TESTS = Path(__file__).parents[1]
VALID = VALID_MANIFEST
SESSION = TESTS / "data" / "visual_behavior_release" / "behavior_session_1900011401.nwb"


def codes(report) -> list[str]:
    return list(report.findings["code"])


@pytest.mark.parametrize(
    "options",
    [
        {"select": ["inspector"]},
        {"select": ["ophys_cells"], "ignore": ["ophys_cells"]},
        {"select": ["nwb_files"]},
        {"select": ["trials"]},
        {"select": ["behavior_sessions.rows.count"]},
    ],
)
def test_a_run_that_judges_nothing_is_a_usage_error(options):
    with pytest.raises(UsageError, match="nothing to check"):
        nwbgate.check(manifest=VALID, **options)


def test_a_run_of_files_that_judges_tables_only_is_a_usage_error():
    with pytest.raises(UsageError, match="nothing to check"):
        nwbgate.check([SESSION], spec="visual_behavior", select=["ophys_cells"])


def test_what_holds_for_a_whole_release_may_be_selected_with_one():
    report = nwbgate.check(manifest=VALID, complete=True, select=["behavior_sessions.rows.count"])
    assert codes(report) == ["behavior_sessions.rows.count"]


@pytest.mark.parametrize(
    ("options", "where"),
    [
        ({"integrity": True}, "--integrity"),
        ({"qc": True}, "--qc"),
        ({"integrity": True, "qc": True}, "--integrity and --qc"),
        ({"manual": "decisions.csv"}, "--manual"),
        ({"paths": [SESSION], "manifest": None, "complete": True}, "--complete"),
    ],
)
def test_what_would_not_be_done_is_refused(options, where):
    with pytest.raises(UsageError) as error:
        nwbgate.check(**{"manifest": VALID, **options})
    assert error.value.where == where


def test_a_whole_release_may_be_said_by_a_specification_alone():
    report = nwbgate.check([SESSION], spec="visual_behavior", complete=True, select="nwb_files")
    assert report.exit_code == 1
    assert "table behavior_sessions not given" in {rule.reason for rule in report.not_run}


def test_nothing_to_check_is_a_usage_error():
    with pytest.raises(UsageError, match="nothing to check"):
        nwbgate.check()
