"""The release converted through the command line, held against what AllenSDK returns."""

import h5py
import numpy as np
import pandas as pd
import pytest

from nwbgate.reading.facts.file_frames import session_frames
from support.release_by_command import (
    EXPERIMENTS,
    FILES,
    assert_equal_columns,
    converted_by_command,
    expected,
    plain,
    shared,
    table,
)


@pytest.fixture(scope="module")
def release():
    return shared("visual_behavior_release")


@pytest.fixture(scope="module")
def converted(release, tmp_path_factory):
    return converted_by_command(tmp_path_factory.getbasetemp())


@pytest.fixture(scope="module")
def files(converted):
    """The written file of each released one, by its name, and the plane in it."""
    found = {}
    for path in converted.glob("sub-*/*.nwb"):
        planes = table(path, "imaging_planes")
        if planes is None:
            found[f"behavior_session_{path.stem.split('_ses-')[1].split('_')[0]}"] = (path, None)
            continue
        for row in planes.itertuples():
            found[f"behavior_ophys_experiment_{row.ophys_experiment_id}"] = (path, row.plane)
    return found


@pytest.fixture(params=FILES)
def pair(request, files):
    return request.param, *files[request.param]


@pytest.fixture(params=FILES[: len(EXPERIMENTS)])
def plane_pair(request, files):
    return request.param, *files[request.param]


def test_every_file_of_the_release_is_in_one_of_ours(files, converted):
    assert sorted(files) == sorted(FILES)
    names = sorted(path.name for path in converted.glob("sub-*/*.nwb"))
    assert names == [
        "sub-412366_ses-1900011101_behavior+image+ophys.nwb",
        "sub-453988_ses-1900011201_behavior+image+ophys.nwb",
        "sub-453988_ses-1900011401_behavior.nwb",
        "sub-453988_ses-1900011501_behavior.nwb",
        "sub-457841_ses-1900011001_behavior+image+ophys.nwb",
        "sub-457841_ses-1900011301_behavior+image.nwb",
    ]


def test_planes_are_named_by_place_and_in_the_order_of_their_ids(files):
    path, _ = files["behavior_ophys_experiment_1900011010"]
    assert table(path, "imaging_planes")["plane"].tolist() == ["VISp_150", "VISl_225", "VISl_75"]


@pytest.mark.parametrize("name", ["licks", "rewards"])
def test_events_are_those_that_allensdk_returns(pair, name):
    stem, path, _ = pair
    theirs, ours = expected(stem, f"{name}.parquet").drop(columns="index"), table(path, name)
    if theirs.empty:
        assert ours is None
    else:
        assert_equal_columns(ours, theirs, theirs.columns)


def test_trials_are_those_that_allensdk_returns(pair):
    stem, path, _ = pair
    theirs, ours = expected(stem, "trials.parquet"), table(path, "trials")
    assert_equal_columns(ours, theirs, [name for name in theirs if name != "change_frame"])
    assert_equal_columns(ours, theirs, ["change_frame"], missing=-99)


def test_presentations_are_those_that_allensdk_returns(pair, release):
    stem, path, _ = pair
    theirs, ours = expected(stem, "stimulus_presentations.parquet"), table(path, "stimulus_presentations")
    names = [name for name in theirs if name not in ("stimulus_presentations_id", "end_time")]
    truths = [name for name in names if theirs[name].dtype == "boolean"]
    columns = {"stop_time", *names} - {*truths, "flashes_since_change"}
    assert_equal_columns(ours, theirs, sorted(columns), missing=-99)
    # AllenSDK counts flashes_since_change anew when it reads, gray screens and movie frames too; ours are those stored.
    kind = "behavior_sessions" if stem.startswith("behavior_session") else "behavior_ophys_experiments"
    source = session_frames(release / kind / f"{stem}.nwb", ["stimulus_presentations"])["stimulus_presentations"]
    assert plain(ours["flashes_since_change"]) == plain(source["flashes_since_change"])
    for name in truths:  # a gray screen is no omission, and shows no novel image
        assert plain(ours[name].fillna(False)) == plain(theirs[name].fillna(False)), name


@pytest.mark.parametrize("name", ["running_speed", "raw_running_speed"])
def test_running_is_what_allensdk_returns(pair, name):
    stem, path, _ = pair
    theirs = expected(stem, f"{name}.parquet").drop(columns="index")
    assert_equal_columns(table(path, name), theirs, theirs.columns)


def test_eye_tracking_is_what_allensdk_returns(pair):
    stem, path, _ = pair
    theirs, ours = expected(stem, "eye_tracking.parquet").drop(columns="frame"), table(path, "eye_tracking")
    if theirs.empty:
        assert ours is None
    else:
        assert_equal_columns(ours, theirs, theirs.columns)


def test_stimulus_clock_and_images_are_what_allensdk_returns(pair):
    stem, path, _ = pair
    clock = table(path, "stimulus_timestamps")["timestamps"].to_numpy()
    np.testing.assert_array_equal(clock, expected(stem, "arrays.npz")["stimulus_timestamps"])
    theirs = expected(stem, "stimulus_templates.npz")
    with h5py.File(path) as file:
        for home, key in (("stimulus_images", "warped"), ("stimulus_images_unwarped", "unwarped")):
            images = file[f"stimulus/templates/{home}"]
            for name, pixels in zip(theirs["names"], theirs[key], strict=True):
                assert images[str(name)].dtype == pixels.dtype
                np.testing.assert_array_equal(images[str(name)][()], pixels)


def test_ids_lines_and_settings_are_those_that_allensdk_returns(pair):
    stem, path, plane = pair
    theirs = expected(stem, "scalars.json")
    session, task = (table(path, name).iloc[0] for name in ("session", "task_parameters"))
    about = theirs["metadata"]
    for key in ("equipment_name", "sex", "stimulus_frame_rate", "session_type", "reporter_line", "cre_line",
                "behavior_session_uuid", "project_code", "behavior_session_id"):  # fmt: skip
        assert session[key] == about[key] or (about[key] is None and pd.isna(session[key])), key
    assert (session["subject_id"], session["genotype"]) == (about["mouse_id"], about["full_genotype"])
    assert session["age"] == f"P{about['age_in_days']}D"
    assert sorted(session["driver_line"].split("; ")) == sorted(about["driver_line"])
    assert pd.Timestamp(session["session_start_time"]) == pd.Timestamp(about["date_of_acquisition"])
    for key in set(theirs["task_parameters"]) & set(task.index):
        np.testing.assert_equal(plain([task[key]]), plain([theirs["task_parameters"][key]]), err_msg=key)
    if plane is not None:
        row = table(path, "imaging_planes").set_index("plane").loc[plane]
        for key in row.index:
            sentinel = {"imaging_plane_group": -1, "imaging_plane_group_count": 0}.get(key)
            assert plain([row[key]], sentinel) == plain([about[key]], sentinel), key
        imaging = table(path, "planes", plane).iloc[0]
        assert imaging["targeted_structure"] == about["targeted_structure"]
        for key in ("indicator", "excitation_lambda"):
            assert imaging[key] == about[key]
        with h5py.File(path) as file:
            assert file[f"general/optophysiology/{plane}/green/emission_lambda"][()] == about["emission_lambda"]


def test_rig_geometry_is_what_allensdk_returns(pair):
    stem, path, _ = pair
    theirs, ours = expected(stem, "scalars.json").get("eye_tracking_rig_geometry"), None
    found = table(path, "eye_tracking_rig_geometry")
    if not theirs:
        assert found is None
        return
    ours = found.iloc[0]
    assert {key: plain([ours[key]])[0] for key in theirs} == theirs


def test_cells_are_those_that_allensdk_returns(plane_pair):
    stem, path, plane = plane_pair
    theirs, ours = expected(stem, "cell_specimen_table.parquet"), table(path, "cells", plane)
    assert_equal_columns(ours, theirs, theirs.columns, missing=-1)
    traces, events = expected(stem, "traces.npz"), expected(stem, "events_meta.parquet").set_index("cell_roi_id")
    np.testing.assert_array_equal(ours["r"], traces["r"])
    np.testing.assert_array_equal(ours["RMSE"], traces["RMSE"])
    for column in ("lambda", "noise_std"):
        np.testing.assert_array_equal(ours[column], events[column].reindex(ours["cell_roi_id"]))
    masks = expected(stem, "roi_masks.npz")
    with h5py.File(path) as file:
        home = file[f"processing/ophys/ImageSegmentation/{plane}"]
        np.testing.assert_array_equal(home["id"][()], masks["cell_roi_id"])
        np.testing.assert_array_equal(home["image_mask"][()], masks["roi_mask"])


@pytest.mark.parametrize(
    ("container", "key"),
    [
        ("DfOverF", "dff"),
        ("CorrectedFluorescence", "corrected_fluorescence"),
        ("DemixedFluorescence", "demixed_trace"),
        ("NeuropilFluorescence", "neuropil_trace"),
        ("DetectedEvents", "events"),
    ],
)
def test_traces_are_those_that_allensdk_returns(plane_pair, container, key):
    """AllenSDK's neuropil_traces returns demixed traces; the expected ones were read from the file beside it."""
    stem, path, plane = plane_pair
    theirs = expected(stem, "traces.npz")
    ids = theirs["events_cell_roi_id" if key == "events" else "cell_roi_id"]
    with h5py.File(path) as file:
        series, cells = (
            file[f"processing/ophys/{container}/{plane}"],
            file[f"processing/ophys/ImageSegmentation/{plane}"],
        )
        np.testing.assert_array_equal(cells["id"][()][series["rois"][()]], ids)
        assert series["data"].dtype == theirs[key].dtype
        np.testing.assert_array_equal(series["data"][()].T, theirs[key])
        np.testing.assert_array_equal(series["timestamps"][()], expected(stem, "arrays.npz")["ophys_timestamps"])


def test_motion_and_projections_are_those_that_allensdk_returns(plane_pair):
    stem, path, plane = plane_pair
    theirs = expected(stem, "motion_correction.parquet")
    with h5py.File(path) as file:
        shifts = file[f"processing/ophys/motion_correction_{plane}/data"][()]
        np.testing.assert_array_equal(shifts, theirs[["x", "y"]])
        images, source = file[f"processing/ophys/projections_{plane}"], expected(stem, "images.npz")
        for ours, name in (("max_projection",) * 2, ("average_image", "average_projection")):
            np.testing.assert_array_equal(images[ours][()], source[name])
        masks = images["segmentation_mask_image"][()]
        np.testing.assert_array_equal(masks, source["segmentation_mask_image"])
        millimeters_per_centimeter = 10
        assert images["max_projection"].attrs["resolution"] == pytest.approx(
            millimeters_per_centimeter / source["spacing"][0]
        )


def test_planes_of_one_group_share_their_times_and_groups_are_offset(files):
    path, _ = files["behavior_ophys_experiment_1900011010"]
    with h5py.File(path) as file:
        clocks = {name: series["timestamps"][()] for name, series in file["processing/ophys/DfOverF"].items()}
        np.testing.assert_array_equal(clocks["VISp_150"], clocks["VISl_225"])
        assert (clocks["VISl_75"] > clocks["VISp_150"]).all()
        home = file["processing/ophys/DfOverF/VISp_150/timestamps"]
        linked = ["CorrectedFluorescence/VISp_150", "DetectedEvents/VISp_150", "motion_correction_VISp_150"]
        assert all(file[f"processing/ophys/{name}/timestamps"] == home for name in linked)
