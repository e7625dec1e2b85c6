"""Faults of the table of recordings, and of what the files of two recordings say: one edit is one finding."""

from pathlib import Path

import pytest

import nwbgate
from faults.valid_files import Recordings, write_recordings
from faults.whole_release import Frames, fired, miscounted, outcome, read_as, sized
from nwbgate.corpus.cells import RECORDING_CELLS
from nwbgate.manifest.specification.spec import load_spec
from nwbgate.manifest.tables import read_tables
from nwbgate.rules.declared import whole_tables

COUNTS = [
    (name, number) for name, table in load_spec("dataset_ii").tables.items() for number in range(len(table.counts))
]
#: Code for a recording of which no file was given.
WITHOUT_FILE = "recordings.recording_id.at_least_one_of_nwb_files"
#: One mouse, and a place in millimeters.
ANIMAL = {"subject_id": "m-1", "sex": "F"}
MILLIMETERS = {"x": "8.9", "y": "1.2", "z": "8.1"}


def in_year(row: dict[str, str], year: str) -> dict[str, str]:
    return {"session_start_time": row["session_start_time"].replace("2015", year)}


#: What else is wrong with a table: a change of every row.
OTHERS = [
    ("recordings.columns.declared", lambda row: {**row, "depth": "150"}),
    ("recordings.age_is_possible", lambda row: {**row, "age": "P147D/P63D"}),
    ("recordings.recording_id.present", lambda row: {key: row[key] for key in row if key != "recording_id"}),
]
#: What is wrong with rows that no file is compared with.
ROWS = [
    ("recordings.id_is_not_a_placeholder", lambda row: {**row, "subject_id": "TBD"}),
    ("recordings.age_is_of_an_adult", lambda row: {**row, "age": "P9D"}),
    ("recordings.animal_has_one_description", lambda row: {**row, "subject_id": "m-1"}),
    ("recordings.animal_has_one_birth", lambda row: {**row, **ANIMAL, "age": "P9W" if row["sex"] == "M" else "P90D"}),
    ("recordings.start_is_in_the_years_of_the_recordings", lambda row: {**row, **in_year(row, "2024")}),
    ("recordings.start_is_of_one_recording", lambda row: {**row, "session_start_time": "2015-03-02T10:00:00+00:00"}),
    ("recordings.position_is_in_micrometers", lambda row: {**row, **MILLIMETERS}),
]


def edited(recordings: Recordings, folder: Path, row: int, column: str, text: str) -> Frames:
    """Write the table of recordings with one cell changed, and read it."""
    rows = [dict(each) for each in recordings.rows]
    rows[row][column] = text
    write_recordings(folder, rows)
    return {**recordings.frames, **read_tables(folder, recordings.spec)}


def test_two_valid_recordings_have_no_finding(recordings):
    found = outcome(recordings.spec, recordings.frames)
    assert not found.findings
    # Names of released files only are held to their identifier, and recordings have no behavior.
    assert {rule.code for rule in found.not_run} == {
        "nwb_files.file_is_named_for_its_identifier",
        "nwb_files.behavior_is_of_its_own_session",
        "nwb_files.uuid_is_of_one_session",
        "nwb_files.planes_share_their_behavior",
    }


@pytest.mark.parametrize(("code", "row", "text"), RECORDING_CELLS)
def test_one_wrong_cell_is_one_finding(recordings, tmp_path, code, row, text):
    table, column, _ = code.split(".")
    if table == "recordings":
        frames = edited(recordings, tmp_path, row, column, text)
    else:
        changed = recordings.frames[table].copy()
        changed.at[row, column] = read_as(text, recordings.spec.tables[table].columns[column].type)
        frames = {**recordings.frames, table: changed}
    assert fired(recordings.spec, recordings.frames, frames) == [code]


@pytest.mark.parametrize(("table", "position"), COUNTS)
def test_one_wrong_number_of_recordings_is_one_finding(recordings, table, position):
    code = [rule.code for rule in whole_tables.counts(recordings.spec, table)][position]
    found = outcome(miscounted(recordings.spec, table, position), recordings.frames)
    assert [finding.code for finding in found.findings] == [code]


def test_a_recording_without_a_file_is_one_finding(recordings):
    frames = recordings.frames
    kept = {name: frames[name].iloc[:1] for name in ("nwb_files", "nwb_planes", "nwb_rois")}
    planted = {**frames, **kept}
    assert fired(sized(recordings.spec, planted), frames, planted) == [WITHOUT_FILE]


@pytest.mark.parametrize(("code", "told"), OTHERS)
def test_another_column_is_one_finding(recordings, tmp_path, code, told):
    write_recordings(tmp_path, [told(row) for row in recordings.rows])
    frames = {**recordings.frames, **read_tables(tmp_path, recordings.spec)}
    assert fired(recordings.spec, recordings.frames, frames) == [code]


@pytest.mark.parametrize(("code", "told"), ROWS)
def test_rows_that_contradict_are_one_finding(recordings, tmp_path, code, told):
    write_recordings(tmp_path, [told(row) for row in recordings.rows])
    found = outcome(recordings.spec, read_tables(tmp_path, recordings.spec))
    assert [finding.code for finding in found.findings] == [code]


@pytest.mark.parametrize(
    ("code", "column", "text"),
    [
        ("nwb_files.subject_id.copied", "subject_id", "m-3"),
        ("nwb_files.sex.copied", "sex", "F"),
        ("nwb_files.age.copied", "age", "P92D"),
        ("nwb_files.session_start_time.copied", "session_start_time", "2015-03-03T12:00:00+00:00"),
        ("nwb_files.recording_id.reference", "recording_id", "103001"),
        ("recordings.depth_um.maximum", "depth_um", "401"),
    ],
)
def test_the_table_is_held_against_the_files(recordings, tmp_path, code, column, text):
    edited(recordings, tmp_path, 1, column, text)
    report = nwbgate.check(recordings.files, manifest=tmp_path, spec="dataset_ii", inspector=False, jobs=1)
    assert [finding.code for finding in report.records] == [code]
