"""What a file says of itself, as rows."""

import shutil

import h5py
import numpy as np
import pandas as pd
import pytest

from nwbgate.corpus.any_file_session import any_file_session
from nwbgate.corpus.valid_inputs import write
from nwbgate.errors import SourceError
from nwbgate.reading.facts.file_frames import session_frames
from nwbgate.reading.facts.files import file_facts
from support.development_data import shared
from support.standard_session import ACTIVE, GRATINGS, write_standard

IMAGED = (1900011010, 1900011011, 1900011012, 1900011110, 1900011210)
TRAINED = (1900011301, 1900011401, 1900011501)
PATHS = [
    *(f"behavior_ophys_experiments/behavior_ophys_experiment_{number}.nwb" for number in IMAGED),
    *(f"behavior_sessions/behavior_session_{number}.nwb" for number in TRAINED),
]


@pytest.fixture(scope="module")
def standard(tmp_path_factory):
    return write_standard(tmp_path_factory.mktemp("standard") / "session.nwb", session_frames(ACTIVE))


def test_a_released_file_is_one_row():
    facts = file_facts(ACTIVE).nwb_files.iloc[0]
    assert (facts["subject_id"], facts["sex"], facts["age_in_days"]) == ("457841", "F", 206)
    assert (facts["n_trials"], facts["go_trials"], facts["hit_trials"], facts["catch_trials"]) == (18, 3, 2, 2)
    assert (facts["indicator"], facts["n_planes"], facts["n_rois"]) == ("GCaMP6f", 1, 5)
    assert facts["dataset_layout"] == "released"
    assert pd.isna(facts["provenance_timezone"])


def test_a_plane_has_its_measured_rate():
    plane = file_facts(ACTIVE).nwb_planes.iloc[0]
    assert (plane["plane"], plane["imaging_rate"], plane["n_frames"]) == ("VISp_150", 11.0, 4952)
    assert plane["measured_rate"] == pytest.approx(1 / 0.09337)


def test_a_file_of_two_planes_has_a_row_for_each_and_one_for_each_roi(standard):
    facts = dict(file_facts(standard).frames())
    assert facts["nwb_planes"]["ophys_experiment_id"].tolist() == [1900011012, 1900011010]
    assert facts["nwb_rois"].groupby("ophys_experiment_id").size().to_dict() == {1900011010: 5, 1900011012: 5}
    assert facts["nwb_files"].loc[0, "provenance_timezone"] == "America/Los_Angeles"
    assert {frame["path"].iloc[0] for frame in facts.values()} == {str(standard)}


def test_a_file_of_any_lab_counts_its_trials_rois_and_units(tmp_path):
    path = write(any_file_session(), tmp_path / "sub-m1_ses-s0.nwb")
    facts = file_facts(path)
    row = facts.nwb_files.iloc[0]
    assert (row["dataset_layout"], row["n_trials"], row["n_rois"], row["n_units"]) == ("other", 11, 3, 3)
    assert row["duration"] == pytest.approx(59.999)
    assert facts.nwb_planes["n_rois"].tolist() == [3]
    with h5py.File(path, "r+") as file:
        del file["intervals/trials"], file["acquisition"], file["processing"], file["stimulus"]
    row = file_facts(path).nwb_files.iloc[0]
    assert pd.isna(row["n_trials"])
    assert pd.isna(row["duration"])
    assert row["n_rois"] == 0


@pytest.mark.parametrize("script", ["not JSON", "[1]", '{"parameters": 3}'])
def test_a_provenance_that_says_nothing_of_a_zone_is_none(standard, tmp_path, script):
    path = shutil.copy(standard, tmp_path / "copy.nwb")
    with h5py.File(path, "r+") as file:
        file["general/source_script"][()] = script
    assert pd.isna(file_facts(path).nwb_files.loc[0, "provenance_timezone"])


def test_a_session_without_planes_has_rows_of_the_same_columns():
    trained, imaged = file_facts(GRATINGS), file_facts(ACTIVE)
    for name in ("nwb_files", "nwb_planes", "nwb_rois"):
        ours, theirs = getattr(trained, name), getattr(imaged, name)
        assert list(ours.columns) == list(theirs.columns)
        assert ours.dtypes.tolist() == theirs.dtypes.tolist()
    assert trained.nwb_planes.empty


def test_frames_that_were_read_are_not_read_again(tmp_path):
    frames = session_frames(ACTIVE)
    facts = file_facts(tmp_path / "moved.nwb", frames)
    assert facts.nwb_files.loc[0, "path"] == str(tmp_path / "moved.nwb")
    assert facts.nwb_files.loc[0, "n_trials"] == 18


def test_a_file_that_is_open_is_read_by_its_name():
    with h5py.File(ACTIVE) as file:
        assert file_facts(file).nwb_files.loc[0, "path"] == str(ACTIVE)


def test_what_cannot_be_read_is_said(tmp_path):
    (tmp_path / "text.nwb").write_text("text")
    with pytest.raises(SourceError, match="not an NWB file"):
        file_facts(tmp_path / "text.nwb")


def test_a_range_of_ages_is_no_number_of_days(tmp_path):
    path = shutil.copy(GRATINGS, tmp_path / "copy.nwb")
    with h5py.File(path, "r+") as file:
        file["general/subject/age"][()] = "P63D/P147D"
    facts = file_facts(path).nwb_files.iloc[0]
    assert facts["age"] == "P63D/P147D"
    assert pd.isna(facts["age_in_days"])


def test_facts_of_released_files_are_the_rows_of_their_manifest():
    tables = shared("visual_behavior_release", "project_metadata")
    sessions = pd.read_csv(tables / "behavior_session_table.csv").set_index("behavior_session_id")
    experiments = pd.read_csv(tables / "ophys_experiment_table.csv").set_index("ophys_experiment_id")
    facts = [file_facts(shared("visual_behavior_release", path)) for path in PATHS]
    files = pd.concat([each.nwb_files for each in facts])
    rows = sessions.loc[files["behavior_session_id"]]
    for ours, theirs in (
        ("subject_id", "mouse_id"), ("sex", "sex"), ("genotype", "full_genotype"), ("session_type", "session_type"),
        ("age_in_days", "age_in_days"), ("n_trials", "trial_count"), ("go_trials", "go_trial_count"),
        ("catch_trials", "catch_trial_count"), ("hit_trials", "hit_trial_count"), ("miss_trials", "miss_trial_count"),
        ("correct_reject_trials", "correct_reject_trial_count"),
    ):  # fmt: skip
        assert files[ours].astype(str).tolist() == rows[theirs].astype(str).tolist(), ours
    planes = pd.concat([each.nwb_planes for each in facts])
    described = experiments.loc[planes["ophys_experiment_id"]]
    for column in ("ophys_container_id", "targeted_structure", "imaging_depth", "targeted_imaging_depth", "indicator"):
        assert planes[column].tolist() == described[column].tolist()
    cells = pd.read_csv(tables / "ophys_cells_table.csv")
    rois = pd.concat([each.nwb_rois for each in facts])
    columns = ["ophys_experiment_id", "cell_roi_id", "cell_specimen_id"]
    in_files = {tuple(row) for row in rois[columns].to_numpy(np.int64).tolist()}
    assert {tuple(row) for row in cells[columns].to_numpy(np.int64).tolist()} == in_files
