"""Rules about files among each other and against the manifest, on the facts of released files and edits of them."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from nwbgate.gate.judge import judge
from nwbgate.manifest.specification.spec import load_spec
from nwbgate.rules import FACTS, WRITTEN, all_rules, copied_content

SPEC = load_spec("visual_behavior@1.1.0")
RULES = [rule for rule in all_rules(SPEC) if rule.scope == "manifest"]
KEYS = {name: table.keys for name, table in SPEC.tables.items()}
Frames = dict[str, pd.DataFrame]


def session(number: int, mouse: str = "457841") -> dict[str, object]:
    return {
        "path": f"sub-{mouse}/sub-{mouse}_ses-{number}.nwb",
        "identifier": f"id-{number}", "object_id": f"object-{number}",
        "session_id": str(number), "behavior_session_id": number, "subject_id": mouse, "species": "Mus musculus",
        "sex": "F", "age": "P100D", "age_in_days": 100, "genotype": "g", "session_type": "TRAINING_1_gratings",
        "session_start_time": pd.Timestamp("2019-09-20 09:59:38.837", tz="UTC"), "dataset_layout": "standard",
        "session_description": "d", "provenance_timezone": None, "imaging_plane_group_count": 4,
    }  # fmt: skip


def good() -> Frames:
    """Two files, each with one plane of two ROIs, and what a manifest says of them."""
    files = pd.DataFrame([session(1), session(2)])
    dates = pd.Series(files["session_start_time"])
    planes = pd.DataFrame(
        {
            "path": files["path"],
            "plane": "p",
            "ophys_experiment_id": [11, 12],
            "imaging_rate": 31.0,
            "measured_rate": 30.9,
        }
    )
    rois = pd.DataFrame(
        {
            "path": files["path"].repeat(2),
            "plane": "p",
            "ophys_experiment_id": [11, 11, 12, 12],
            "cell_roi_id": [1, 2, 3, 4],
        }
    ).reset_index(drop=True)
    return {
        "nwb_files": files,
        "nwb_planes": planes,
        "nwb_rois": rois,
        "behavior_sessions": pd.DataFrame(
            {
                "behavior_session_id": [1, 2, 3],
                "date_of_acquisition": [*dates, dates[0]],
                "imaging_plane_group_count": 4,
            }
        ),
        "ophys_cells": rois[["ophys_experiment_id", "cell_roi_id"]].copy(),
    }


#: Those about equal content have cases of their own: `test_copied_content`.
CODES = {
    rule.code: rule
    for rule in WRITTEN
    if rule.scope == "manifest" and FACTS & {*rule.tables} and rule not in copied_content.RULES
}


def offending(code: str, frames: Frames) -> list[int]:
    rule = CODES[code]
    rows = rule.function(*(frames[name] for name in rule.tables))
    return [] if rows is None else rows.index.tolist()


def put(table: str, row: int, column: str, value: object) -> Callable[[Frames], None]:
    def edit(frames: Frames) -> None:
        frames[table].loc[row, column] = value

    return edit


def shift(seconds: float, zone: str | None = None) -> Callable[[Frames], None]:
    def edit(frames: Frames) -> None:
        frames["nwb_files"]["session_start_time"] += pd.Timedelta(seconds=seconds)
        frames["nwb_files"]["provenance_timezone"] = pd.Series([zone, zone], dtype=object)

    return edit


def released(name: str, identifier: str) -> Callable[[Frames], None]:
    """The second file has a name of the public release."""

    def edit(frames: Frames) -> None:
        frames["nwb_files"].loc[1, ["path", "identifier", "dataset_layout"]] = [name, identifier, "released"]

    return edit


SEATTLE = "America/Los_Angeles"
SAME_SUBJECT = "nwb_files.file_is_with_its_subject"
SAME_SESSION = "nwb_files.file_is_named_for_its_session"
SAME_DATE = "nwb_files.start_is_the_date_of_acquisition"
#: A code, an edit, and the rows that offend then.
CASES = [
    ("nwb_files.identifier_is_unique", put("nwb_files", 1, "identifier", "id-1"), [1]),
    ("nwb_files.object_id_is_unique", put("nwb_files", 1, "object_id", "object-1"), [1]),
    (SAME_SUBJECT, put("nwb_files", 1, "subject_id", "457842"), [1]),
    (SAME_SUBJECT, put("nwb_files", 1, "path", "sub-9/sub-9_ses-2.nwb"), [1]),
    (SAME_SUBJECT, put("nwb_files", 1, "path", "anywhere/sub-9.nwb"), [1]),
    (SAME_SUBJECT, put("nwb_files", 1, "path", "sub-9/session.nwb"), [1]),
    (SAME_SUBJECT, put("nwb_files", 1, "path", "anywhere/session.nwb"), []),
    (SAME_SUBJECT, put("nwb_files", 1, "path", "sub-9/sub-457841_ses-2.nwb"), []),
    (SAME_SESSION, put("nwb_files", 1, "session_id", "1"), []),
    (SAME_SESSION, put("nwb_files", 1, "path", "sub-457841/sub-457841_ses-22_ecephys.nwb"), [1]),
    (SAME_SESSION, put("nwb_files", 1, "session_id", "mouse_2.a"), []),
    (SAME_SESSION, put("nwb_files", 1, "path", "sub-457841/sub-457841_ses-2-raw.nwb"), []),
    (SAME_SESSION, put("nwb_files", 1, "path", "sub-457841/session.nwb"), []),
    (SAME_SESSION, put("nwb_files", 1, "path", "sub-457841/sub-457841_ses-raw.nwb"), []),
    (SAME_SESSION, put("nwb_files", 1, "session_id", None), []),
    ("nwb_files.file_is_named_for_its_identifier", released("behavior_session_4.nwb", "3"), [1]),
    ("nwb_files.file_is_named_for_its_identifier", released("behavior_session_2.nwb", "3"), []),
    ("nwb_files.file_is_named_for_its_identifier", released("behavior_session_2.nwb", "2"), []),
    ("nwb_files.file_is_named_for_its_identifier", released("mine.nwb", "3"), []),
    ("nwb_files.name_is_portable", put("nwb_files", 1, "path", "sub-457841/a:b.nwb"), [1]),
    ("nwb_files.names_differ_on_every_system", put("nwb_files", 1, "path", "SUB-457841/session.nwb"), [1]),
    ("nwb_files.plane_groups_are_those_of_the_manifest", put("nwb_files", 1, "imaging_plane_group_count", 2), [1]),
    ("nwb_files.plane_groups_are_those_of_the_manifest", put("nwb_files", 1, "imaging_plane_group_count", None), []),
    ("nwb_planes.imaging_rate_is_measured", put("nwb_planes", 1, "measured_rate", 31 / 1.06), [1]),
    ("nwb_planes.imaging_rate_is_measured", put("nwb_planes", 1, "measured_rate", 31 / 1.0499), []),
    ("nwb_planes.imaging_rate_is_measured", put("nwb_planes", 1, "measured_rate", 31 / 0.94), [1]),
    (SAME_DATE, shift(0.01), [0, 1]),
    (SAME_DATE, shift(0.0005), []),
    (SAME_DATE, shift(7 * 3600, SEATTLE), []),
    (SAME_DATE, shift(7 * 3600), [0, 1]),
    (SAME_DATE, shift(8 * 3600, SEATTLE), [0, 1]),
    ("ophys_cells.cell_is_in_its_file", put("nwb_rois", 3, "cell_roi_id", 5), [3]),
    ("ophys_cells.cell_is_in_its_file", put("ophys_cells", 3, "ophys_experiment_id", 99), []),
]


@pytest.mark.parametrize("code", CODES)
def test_it_is_silent_on_good_files_and_has_a_case_that_fires(code):
    assert offending(code, good()) == []
    assert any(case == code and rows for case, _, rows in CASES)


@pytest.mark.parametrize(("code", "edit", "rows"), CASES)
def test_it_fires_on_the_rows_that_offend(code, edit, rows):
    frames = good()
    edit(frames)
    assert offending(code, frames) == rows


def test_a_subject_whose_name_dandi_rewrites_is_still_the_subject():
    frames = good()
    frames["nwb_files"].loc[1, ["subject_id", "path"]] = ["m_1/x", "sub-m-1-x/sub-m-1-x_ses-2.nwb"]
    assert offending(SAME_SUBJECT, frames) == []


@pytest.mark.parametrize(("behavior", "rows"), [("2", []), ("3", [1])])
def test_a_file_with_two_session_ids_may_be_named_for_either(behavior, rows):
    """The rule about ids of a session says that the other one is wrong."""
    frames = good()
    frames["nwb_files"] = frames["nwb_files"].assign(behavior_session_id=["1", behavior])
    frames["nwb_files"].loc[1, "session_id"] = "4"
    assert offending(SAME_SESSION, frames) == rows


def test_a_finding_about_a_file_names_it():
    frames = good()
    frames["nwb_files"].loc[1, "identifier"] = "id-1"
    rule = CODES["nwb_files.identifier_is_unique"]
    (finding,) = judge([rule], frames, KEYS).findings
    assert finding.path == str(Path("sub-457841/sub-457841_ses-2.nwb"))
    assert "sub-457841_ses-1.nwb has this one" in finding.message


def test_names_of_the_public_release_are_not_judged_in_files_of_others():
    code = "nwb_files.file_is_named_for_its_identifier"
    files = pd.DataFrame({"path": ["behavior_session_2.nwb"], "identifier": ["3"], "dataset_layout": ["other"]})
    outcome = judge([CODES[code]], {"nwb_files": files}, KEYS)
    assert [(gap.code, gap.objected) for gap in outcome.not_run] == [(code, False)]
    assert judge([CODES[code]], {"nwb_files": files.assign(dataset_layout="released")}, KEYS).not_run == []
