"""One file as frames: the same from both layouts, whole or not there at all."""

import json
import shutil
from datetime import UTC, datetime

import h5py
import numpy as np
import pandas as pd
import pytest
from pynwb import NWBHDF5IO, NWBFile, TimeSeries

from nwbgate.errors import SourceError, UsageError
from nwbgate.reading.facts.file_frames import FRAMES, key_columns, session_frames
from nwbgate.reading.format.file_layout import file_layout
from support.development_data import shared
from support.standard_session import ACTIVE, GRATINGS, PASSIVE, write_standard

EXPECTED = [
    *(f"behavior_ophys_experiment_{number}" for number in (1900011010, 1900011011, 1900011012, 1900011110, 1900011210)),
    *(f"behavior_session_{number}" for number in (1900011301, 1900011401, 1900011501)),
]


@pytest.fixture(scope="module")
def released():
    return session_frames(ACTIVE)


@pytest.fixture(scope="module")
def standard_path(tmp_path_factory, released):
    return write_standard(tmp_path_factory.mktemp("standard") / "session.nwb", released)


@pytest.fixture(scope="module")
def standard(standard_path):
    return session_frames(standard_path)


@pytest.fixture
def foreign(tmp_path):
    """An NWB file of somebody else."""
    nwb = NWBFile(session_description="ours", identifier="1", session_start_time=datetime(2020, 1, 1, tzinfo=UTC))
    nwb.add_acquisition(TimeSeries(name="v_sig", data=np.zeros(5), unit="furlongs", rate=1.0))
    nwb.add_trial(start_time=0.0, stop_time=1.0)
    with NWBHDF5IO(tmp_path / "foreign.nwb", "w") as io:
        io.write(nwb)
    return tmp_path / "foreign.nwb"


@pytest.mark.parametrize("table", ["task_parameters", "trials", "stimulus_templates", "licks", "rewards"])
def test_both_layouts_give_the_same_table(released, standard, table):
    for column in released[table]:
        ours, theirs = released[table][column], standard[table][column]
        if isinstance(ours.iloc[0], np.ndarray):
            assert [row.tolist() for row in ours] == [row.tolist() for row in theirs]
        else:
            pd.testing.assert_series_equal(ours, theirs)


def test_both_layouts_give_the_same_presentations(released, standard):
    ours, theirs = released["stimulus_presentations"], standard["stimulus_presentations"]
    flags = ["is_change", "omitted", "is_image_novel"]
    pd.testing.assert_frame_equal(ours.drop(columns=flags), theirs.drop(columns=flags), check_dtype=False)
    for flag in flags:
        assert ours[flag].fillna(False).tolist() == theirs[flag].tolist()


def test_presentations_of_several_tables_are_one_in_order_of_time(released):
    shown = released["stimulus_presentations"]
    assert shown["start_time"].is_monotonic_increasing
    assert shown["stimulus_name"].nunique() == 3
    assert shown["image_name"].isna().sum() == 902
    assert shown["movie_frame_index"].notna().sum() == 900


def test_sentinels_are_missing_values(released):
    assert released["trials"]["change_frame"].isna().tolist() == released["trials"]["aborted"].tolist()


def test_a_session_without_licks_has_trials_without_licks():
    frames = session_frames(PASSIVE)
    assert not {"licks", "rewards", "eye_tracking_rig_geometry"} & set(frames)
    assert [len(times) for times in frames["trials"]["lick_times"]] == [0] * 11


def test_a_session_without_imaging_has_no_planes():
    frames = session_frames(GRATINGS)
    assert not {"planes", "cells", "masks"} & set(frames)
    assert "trace_columns" not in frames
    assert frames["series_rois"].empty


def test_planes_carry_the_ids_of_their_table(standard):
    planes = standard["planes"].set_index("plane")
    assert planes.loc["VISl_75", "ophys_experiment_id"] == 1900011012
    assert planes.loc["VISp_150", "indicator"] == "GCaMP6f"
    assert standard["cells"].groupby("plane").size().to_dict() == {"VISl_75": 5, "VISp_150": 5}


def test_the_only_plane_of_a_released_file_is_named_for_its_place(released):
    assert released["planes"]["plane"].tolist() == ["VISp_150"]
    assert released["cells"]["plane"].unique().tolist() == ["VISp_150"]


def test_values_per_roi_are_columns_of_the_cells(released):
    with h5py.File(ACTIVE) as file:
        ophys = file["processing/ophys"]
        assert released["cells"]["r"].tolist() == ophys["corrected_fluorescence/r/data"][()].tolist()
        assert released["cells"]["noise_std"].tolist() == ophys["event_detection/noise_stds"][()].tolist()
    assert "/processing/ophys/corrected_fluorescence/r" not in set(released["series"]["path"])


def test_a_roi_without_events_has_no_noise():
    path = shared("visual_behavior_release", "behavior_ophys_experiments", "behavior_ophys_experiment_1900011011.nwb")
    assert session_frames(path, ["cells"])["cells"]["noise_std"].isna().tolist() == [False] * 4 + [True]


def test_only_what_is_asked_for_is_read():
    assert set(session_frames(ACTIVE, ["trials", "clocks"])) == {"trials", "clocks"}
    assert set(session_frames(ACTIVE)) <= set(FRAMES)


def test_an_open_file_is_read_and_stays_open():
    with h5py.File(GRATINGS) as file:
        assert len(session_frames(file, ["trials"])["trials"]) == 20
        assert file_layout(file) == "released"


def test_a_frame_names_its_key(released):
    assert key_columns("cells") == ("plane", "cell_roi_id")


def test_a_file_of_somebody_else_is_held_to_nothing_it_did_not_promise(foreign):
    frames = session_frames(foreign)
    assert frames["session"]["layout"].tolist() == ["other"]
    assert "trials" not in frames
    assert frames["columns"].empty
    assert frames["series"].loc[0, ["unit", "accepted_units", "table"]].tolist() == ["furlongs", (), None]


def test_a_table_without_a_needed_column_is_left_out_and_said_to_be(tmp_path):
    path = shutil.copy(GRATINGS, tmp_path / "copy.nwb")
    with h5py.File(path, "r+") as file:
        del file["intervals/trials/hit"]
    frames = session_frames(path)
    lacking = frames["columns"].query("required and not found")
    assert "trials" not in frames
    assert lacking[["table", "column"]].values.tolist() == [["trials", "hit"]]


def test_a_table_with_text_among_its_numbers_is_left_out_and_said_to_be(tmp_path):
    path = shutil.copy(GRATINGS, tmp_path / "copy.nwb")
    with h5py.File(path, "r+") as file:
        attributes = dict(file["intervals/trials/reward_volume"].attrs)
        del file["intervals/trials/reward_volume"]
        file["intervals/trials/reward_volume"] = ["0.005"] * 19 + ["none"]
        file["intervals/trials/reward_volume"].attrs.update(attributes)
    frames = session_frames(path)
    assert "trials" not in frames
    assert frames["columns"].query("n_unreadable > 0")[["column", "n_unreadable"]].values.tolist() == [
        ["reward_volume", 1]
    ]


def test_a_table_whose_columns_differ_in_length_cannot_be_read(tmp_path):
    path = shutil.copy(GRATINGS, tmp_path / "copy.nwb")
    with h5py.File(path, "r+") as file:
        del file["intervals/trials/trial_length"]
        file["intervals/trials/trial_length"] = np.zeros(3)
    with pytest.raises(SourceError, match="differ in length"):
        session_frames(path)


def test_a_damaged_chunk_is_said_to_be_unreadable(tmp_path):
    path = shutil.copy(ACTIVE, tmp_path / "copy.nwb")
    with h5py.File(path) as file:
        chunk = file["processing/ophys/dff/traces/data"].id.get_chunk_info(0)
    with path.open("r+b") as file:
        file.seek(chunk.byte_offset)
        file.write(bytes(64))
    with pytest.raises(SourceError, match="cannot read"):
        session_frames(path)


def test_a_missing_file_is_a_usage_error(tmp_path):
    with pytest.raises(UsageError, match="no such file"):
        session_frames(tmp_path / "nothing.nwb")


@pytest.mark.parametrize("name", EXPECTED)
def test_tables_are_as_long_as_those_that_allensdk_returns(name):
    folder = "behavior_sessions" if name.startswith("behavior_session") else "behavior_ophys_experiments"
    schema = json.loads(shared("visual_behavior_expected", name, "schema.json").read_text())
    frames = session_frames(shared("visual_behavior_release", folder, f"{name}.nwb"))
    for table, ours in (
        ("trials", "trials"),
        ("stimulus_presentations", "stimulus_presentations"),
        ("licks", "licks"),
        ("rewards", "rewards"),
        ("cell_specimen_table", "cells"),
    ):
        assert len(frames.get(ours, ())) == schema.get(table, {"rows": 0})["rows"], table


@pytest.mark.parametrize("name", EXPECTED)
def test_task_parameters_are_those_that_allensdk_returns(name):
    folder = "behavior_sessions" if name.startswith("behavior_session") else "behavior_ophys_experiments"
    theirs = json.loads(shared("visual_behavior_expected", name, "scalars.json").read_text())["task_parameters"]
    ours = session_frames(shared("visual_behavior_release", folder, f"{name}.nwb"), ["task_parameters"])
    row = ours["task_parameters"].iloc[0]
    for key in set(theirs) & set(row.index):
        np.testing.assert_equal(row[key].tolist() if isinstance(row[key], np.ndarray) else row[key], theirs[key])
