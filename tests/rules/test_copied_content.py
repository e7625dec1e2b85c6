"""Rules about what files have in common: clean files pass, and each fault is one finding."""

import pandas as pd
import pytest

from nwbgate.gate.judge import judge
from nwbgate.rules import FACT_KEYS, all_rules
from nwbgate.rules.copied_content import RULES

CODES = {rule.code for rule in RULES}
#: With those that they need.
WITHOUT_TABLES = [
    rule
    for rule in all_rules()
    if rule.code in CODES | {"nwb_files.identifier_is_unique", "nwb_files.object_id_is_unique"}
]


def files() -> pd.DataFrame:
    """Three sessions of one mouse and one of another; two planes of the first session in files of their own."""
    frame = pd.DataFrame(
        [
            ("a_1", 1, "m1", "F", "P100D", 100, "2019-06-23"),
            ("a_2", 1, "m1", "F", "P100D", 100, "2019-06-23"),
            ("b", 2, "m1", "U", "P110D", 110, "2019-07-03"),
            ("c", 3, "m1", "F", "P111D", 111, "2019-07-04"),
            ("d", 4, "m2", "M", "P90D", 90, "2019-07-04"),
        ],
        columns=["path", "behavior_session_id", "subject_id", "sex", "age", "age_in_days", "session_start_time"],
    ).astype({"behavior_session_id": "Int64", "age_in_days": "Int64"})
    session = frame["behavior_session_id"].astype(str)
    return frame.assign(
        genotype="wt/wt", species="Mus musculus", dataset_layout="released", object_id="object " + frame["path"],
        identifier=frame["path"],
        session_start_time=pd.to_datetime(frame["session_start_time"] + "T10:00:00Z"),
        behavior_session_uuid="uuid " + session,
        behavior_digests="running=r" + session + " eye_tracking=e" + session + " licks=l" + session
        + " running_head=1000:h" + session,
    )  # fmt: skip


def planes() -> pd.DataFrame:
    """Two planes, each with arrays of its own."""
    return pd.DataFrame(
        {
            "path": ["a_1", "a_2"], "plane": ["p", "q"], "ophys_experiment_id": pd.array([11, 12], dtype="Int64"),
            "imaging_digests": ["traces=t1 masks=m1 motion=x1", "traces=t2 masks=m2 motion=x2"],
        }
    )  # fmt: skip


def found(nwb_files: pd.DataFrame, nwb_planes: pd.DataFrame | None = None) -> dict[str, str]:
    frames = {"nwb_files": nwb_files, "nwb_planes": planes() if nwb_planes is None else nwb_planes}
    outcome = judge(WITHOUT_TABLES, frames, FACT_KEYS)
    assert not outcome.broken
    return {finding.code: finding.message for finding in outcome.findings}


def test_files_that_agree_pass_all_rules():
    outcome = judge(WITHOUT_TABLES, {"nwb_files": files(), "nwb_planes": planes()}, FACT_KEYS)
    assert {*outcome.passed} >= CODES


@pytest.mark.parametrize(
    ("code", "row", "column", "value", "words"),
    [
        ("nwb_files.animal_is_described_alike", 3, "sex", "M", "got sex M, expected F, as in a_1"),
        ("nwb_files.animal_is_described_alike", 2, "genotype", "Ai93/wt", "got genotype Ai93/wt, expected wt/wt"),
        ("nwb_files.animal_ages_with_the_date", 3, "age_in_days", 100, "got P100D on 2019-07-04, expected P111D"),
        ("nwb_files.animal_ages_with_the_date", 3, "age_in_days", 114, "got P114D on 2019-07-04, expected P111D"),
        ("nwb_files.uuid_is_of_one_session", 4, "behavior_session_uuid", "uuid 2", "got UUID of session 2"),
        (
            "nwb_files.planes_share_their_behavior", 1, "behavior_digests", "running=r9 eye_tracking=e1 licks=l9",
            "got other running and licks, expected those of a_1, which is of the same session",
        ),
        (
            "nwb_files.behavior_is_of_its_own_session", 4, "behavior_digests", "running=r4 eye_tracking=e3",
            "got eye tracking of session 3, expected that of session 4",
        ),
        (
            "nwb_files.behavior_is_of_its_own_session", 4, "behavior_digests", "running=r4 running_head=900:h3",
            "got running of session 3, truncated after 900 of 1000 samples, expected that of session 4",
        ),
        (
            "nwb_files.behavior_is_of_its_own_session", 4, "behavior_digests", "running=r4 running_head=1000:h3",
            "got running of session 3, changed after its beginning, 1000 long, expected that of session 4",
        ),
    ],
)  # fmt: skip
def test_a_file_unlike_the_others_is_one_finding(code, row, column, value, words):
    frame = files()
    frame.at[row, column] = value
    messages = found(frame)
    assert [*messages] == [code]
    assert words in messages[code]


def test_ages_may_be_two_days_off_by_zones_and_rounding():
    frame = files()
    frame.at[3, "age_in_days"] = 113
    assert found(frame) == {}


def test_animals_of_other_laboratories_may_have_one_name():
    frame = files().assign(dataset_layout="other")
    frame.at[3, "sex"] = "M"
    assert found(frame) == {}


def test_masks_of_another_plane_are_named():
    messages = found(files(), planes().assign(imaging_digests=["traces=t1 masks=m1", "traces=t2 masks=m1"]))
    assert (
        "got masks of experiment 11, expected that of experiment 12"
        in messages["nwb_planes.content_is_of_its_own_plane"]
    )


def test_a_truncated_plane_is_named():
    digests = ["traces=t1 traces_head=9000:h1", "traces=t2 traces_head=8100:h1"]
    message = found(files(), planes().assign(imaging_digests=digests))["nwb_planes.content_is_of_its_own_plane"]
    assert "traces of experiment 11, truncated after 8100 of 9000 samples" in message


def test_files_without_behavior_are_not_judged():
    frame = files().assign(behavior_digests=None, behavior_session_uuid=None)
    reasons = {gap.code: gap.reason for gap in judge(WITHOUT_TABLES, {"nwb_files": frame}, FACT_KEYS).not_run}
    assert reasons["nwb_files.planes_share_their_behavior"] == "nwb_files has no behavior_digests"
    assert reasons["nwb_files.uuid_is_of_one_session"] == "nwb_files has no behavior_session_uuid"
