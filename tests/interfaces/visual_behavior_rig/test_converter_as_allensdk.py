"""Files converted from the development data, opened with AllenSDK's names: equal to what AllenSDK computed."""

import json

import numpy as np
import pandas as pd
import pytest

import nwbgate
from nwbgate.conversion.batches.batch import convert_batch
from support.development_data import shared
from support.rig_conversions import session_file

pytestmark = pytest.mark.slow

BEHAVIOR = (2100110001, 2100110101, 2100110201)
#: Sessions with imaging and the experiments of their planes.
OPHYS = {
    2100110301: [2100110310],
    2100110401: [2100110410, 2100110411, 2100110412, 2100110413],
    2100110501: [2100110510],
}
#: How much times (s), raw speed and ellipses, and filtered speed may be off: as SciPy versions differ.
TIME, RAW, FILTERED = 1e-12, 1e-9, 1e-7
PLANES = [(session, plane) for session, planes in OPHYS.items() for plane in planes]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    sources, found = shared("rig_sources"), tmp_path_factory.mktemp("as_allensdk")
    sessions = [path for path in sorted(sources.iterdir()) if path.name not in ("bad", "image_sets", "README.md")]
    options = {"image_sets": str(sources / "image_sets")}
    outcomes = convert_batch("visual_behavior_rig", sessions, found, options=options)
    assert [str(outcome.status) for outcome in outcomes] == ["converted"] * 6
    return found


@pytest.fixture(params=[*BEHAVIOR, *OPHYS])
def pair(request, folder):
    """A session opened, and the folder of what AllenSDK computed."""
    number = request.param
    name = f"behavior_ophys_experiment_{OPHYS[number][0]}" if number in OPHYS else f"behavior_session_{number}"
    return nwbgate.open(session_file(folder, number)), shared("rig_expected", name)


@pytest.fixture(params=PLANES, ids=str)
def plane_pair(request, folder):
    """A plane opened, and the folder of what AllenSDK computed."""
    session, experiment = request.param
    plane = nwbgate.open(session_file(folder, session)).planes_by_experiment[experiment]
    return plane, shared("rig_expected", f"behavior_ophys_experiment_{experiment}")


def kept(folder, name):
    """Return a table as AllenSDK made it: straight from the files where it changes on reading."""
    direct = folder / "direct" / f"{name}.parquet"
    return pd.read_parquet(direct if direct.exists() else folder / f"{name}.parquet")


def assert_same(ours, theirs, names, tolerance=TIME):
    """Compare columns: numbers to a tolerance, all else exactly; -99 and texts of nothing are missing."""
    assert len(ours) == len(theirs)
    for name in names:
        found, expected = ours[name], theirs[name]
        if expected.dtype.kind == "f" and name not in ("is_image_novel",):
            np.testing.assert_allclose(found.astype(float), expected, rtol=0, atol=tolerance, err_msg=name)
            continue
        plain = [[None if pd.isna(one) or one in (-99, "") else one for one in column] for column in (found, expected)]
        assert plain[0] == plain[1], name


def test_licks_rewards_and_running(pair):
    session, folder = pair
    for name in ("licks", "rewards"):
        table = kept(folder, name)
        assert_same(getattr(session, name), table, [column for column in table if column != "index"])
    assert_same(session.running_speed, kept(folder, "running_speed"), ["timestamps", "speed"], FILTERED)
    assert_same(session.raw_running_speed, kept(folder, "raw_running_speed"), ["timestamps", "speed"], RAW)


def test_trials(pair):
    session, folder = pair
    table = kept(folder, "trials")
    assert_same(session.trials, table, [name for name in table if name not in ("trials_id", "lick_times")])
    for ours, theirs in zip(session.trials["lick_times"], table["lick_times"], strict=True):
        np.testing.assert_allclose(ours, np.asarray(theirs, dtype=float), rtol=0, atol=TIME)


def test_presentations(pair):
    session, folder = pair
    table, ours = kept(folder, "stimulus_presentations"), session.stimulus_presentations
    ours, theirs = (frame.sort_values("start_frame", kind="stable") for frame in (ours, table))
    flags = ("is_change", "is_image_novel", "omitted")
    left_out = (*flags, "flashes_since_change", "stimulus_presentations_id", "image_set")
    assert_same(ours, theirs, [name for name in theirs if name not in left_out])
    # Counted again on reading, as AllenSDK does it.
    read = pd.read_parquet(folder / "stimulus_presentations.parquet").sort_values("start_frame", kind="stable")
    assert_same(ours, read, ["flashes_since_change"])
    for name in flags:  # gray screens and movies are no change and no omission here, and missing there
        plain = [frame[name].astype("boolean").fillna(False).tolist() for frame in (ours, theirs)]
        assert plain[0] == plain[1], name


def test_eye_tracking(pair):
    session, folder = pair
    theirs = kept(folder, "eye_tracking")
    if len(theirs):
        assert_same(session.eye_tracking, theirs, [name for name in theirs if name != "frame"], RAW)


def test_metadata_and_task_parameters(pair):
    session, folder = pair
    theirs = json.loads((folder / "scalars.json").read_text())
    for name, value in theirs["task_parameters"].items():
        ours = session.task_parameters[name]
        assert np.array_equal(ours, value) or (ours != ours and value != value), name
    names = "equipment_name sex age_in_days stimulus_frame_rate session_type reporter_line cre_line driver_line"
    for name in [*names.split(), "mouse_id", "project_code", "full_genotype", "behavior_session_id"]:
        assert session.metadata[name] == theirs["metadata"][name], name
    assert str(session.metadata["behavior_session_uuid"]) == theirs["metadata"]["behavior_session_uuid"]
    acquired = pd.Timestamp(theirs["metadata"]["date_of_acquisition"])
    assert pd.Timestamp(session.metadata["date_of_acquisition"]) == acquired


def test_planes(plane_pair):
    plane, folder = plane_pair
    theirs = np.load(folder / "traces.npz")
    for matrix, name in (
        ("dff", "dff"), ("corrected", "corrected_fluorescence"), ("demixed", "demixed_trace"),
        ("neuropil", "neuropil_trace"),
    ):  # fmt: skip
        np.testing.assert_array_equal(plane.matrix(matrix), theirs[name].T, err_msg=name)
    np.testing.assert_array_equal(np.stack(plane.events["events"]), theirs["events"])
    np.testing.assert_allclose(np.stack(plane.events["filtered_events"]), theirs["filtered_events"], rtol=0, atol=RAW)
    np.testing.assert_array_equal(plane.corrected_fluorescence_traces["r"], theirs["r"])
    np.testing.assert_array_equal(plane.corrected_fluorescence_traces["RMSE"], theirs["RMSE"])
    times = np.load(folder / "arrays.npz")["ophys_timestamps"]
    np.testing.assert_allclose(plane.ophys_timestamps, times, rtol=0, atol=TIME)
    images = np.load(folder / "images.npz")
    for name in ("max_projection", "average_projection", "segmentation_mask_image"):
        np.testing.assert_array_equal(getattr(plane, name), images[name], err_msg=name)
    np.testing.assert_array_equal(np.stack(plane.roi_masks["roi_mask"]), np.load(folder / "roi_masks.npz")["roi_mask"])
    cells = kept(folder, "cell_specimen_table")
    assert_same(plane.cell_specimen_table.reset_index(), cells, list(cells))
    assert_same(plane.motion_correction, kept(folder, "motion_correction"), ["x", "y"])
    metadata = json.loads((folder / "scalars.json").read_text())["metadata"]
    for name, value in metadata.items():
        if name not in ("date_of_acquisition", "behavior_session_uuid"):
            assert plane.metadata[name] == value, name
