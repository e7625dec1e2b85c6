"""Planes read back are what AllenSDK returned from the released files."""

import json

import numpy as np
import pandas as pd
import pytest

from nwbgate.reading.opening import open_nwb
from support.converted_sessions import converted_whole_release, session_files
from support.development_data import shared

#: Experiments whose every AllenSDK table was kept, by the session that they are a plane of.
EXPERIMENTS = {
    1900011010: 1900011001,
    1900011011: 1900011001,
    1900011012: 1900011001,
    1900011110: 1900011101,
    1900011210: 1900011201,
}
#: Table of traces to its column of values, and to the array that AllenSDK's values were kept in.
TRACES = {
    "dff_traces": ("dff", "dff"),
    "corrected_fluorescence_traces": ("corrected_fluorescence", "corrected_fluorescence"),
    "demixed_traces": ("demixed_trace", "demixed_trace"),
    "neuropil_traces": ("neuropil_trace", "neuropil_trace"),
}
MATRICES = {
    "dff_traces": "dff",
    "corrected_fluorescence_traces": "corrected",
    "demixed_traces": "demixed",
    "neuropil_traces": "neuropil",
}


@pytest.fixture(scope="session")
def whole_release(tmp_path_factory):
    """The release of the development data, converted."""
    converted = converted_whole_release(tmp_path_factory.getbasetemp())
    return shared("visual_behavior_release"), session_files(converted)


@pytest.fixture(params=[(number, layout) for number in EXPERIMENTS for layout in ("released", "converted")], ids=str)
def pair(request, whole_release):
    """A plane, and the folder of what AllenSDK returned from it."""
    number, layout = request.param
    release, files = whole_release
    stem = f"behavior_ophys_experiment_{number}"
    if layout == "released":
        plane = open_nwb(release / "behavior_ophys_experiments" / f"{stem}.nwb").plane
    else:
        plane = open_nwb(files[str(EXPERIMENTS[number])]).planes_by_experiment[number]
    return plane, shared("visual_behavior_expected", stem)


def kept(folder, name):
    """Return what AllenSDK returned, as it was kept."""
    path = folder / name
    if path.suffix == ".parquet":
        pytest.importorskip("pyarrow")
        return pd.read_parquet(path)
    return np.load(path) if path.suffix == ".npz" else json.loads(path.read_text())


def assert_dtypes(frame, described):
    """Hold the columns of a table, their order and types against what was kept of AllenSDK's."""
    assert list(frame.columns) == list(described["columns"])
    assert frame.index.name == (described["index"][0] if described["index"][0] != "None" else None)
    assert str(frame.index.dtype) == described["index"][1]
    for name, dtype in described["columns"].items():
        assert str(frame[name].dtype) == (dtype if not dtype.startswith("array") else "object"), name


@pytest.mark.parametrize("name", TRACES)
def test_traces_are_those_of_allensdk(pair, name):
    plane, folder = pair
    column, array = TRACES[name]
    theirs, table = kept(folder, "traces.npz"), getattr(plane, name)
    extra = ["RMSE", "r"] if column == "corrected_fluorescence" else []
    assert list(table.columns) == ["cell_roi_id", column, *extra]
    assert table.index.name == "cell_specimen_id"
    np.testing.assert_array_equal(table.index, theirs["cell_specimen_id"])
    np.testing.assert_array_equal(table["cell_roi_id"], theirs["cell_roi_id"])
    np.testing.assert_array_equal(np.stack(table[column]), theirs[array])
    for about in extra:
        np.testing.assert_array_equal(table[about], theirs[about])
    np.testing.assert_array_equal(plane.matrix(MATRICES[name]), theirs[array].T)
    assert plane.matrix(MATRICES[name]).flags.f_contiguous


def test_neuropil_is_neuropil_which_in_allensdk_it_is_not(pair):
    plane, folder = pair
    assert kept(folder, "scalars.json")["neuropil_property_columns"] == ["cell_roi_id", "demixed_trace"]
    assert list(plane.neuropil_traces.columns) == ["cell_roi_id", "neuropil_trace"]
    assert not np.array_equal(plane.matrix("neuropil"), plane.matrix("demixed"))


def test_events_are_those_of_allensdk_and_the_filter_is_recomputed(pair):
    plane, folder = pair
    theirs, about = kept(folder, "traces.npz"), kept(folder, "events_meta.parquet")
    events = plane.events
    assert list(events.columns) == ["cell_roi_id", "events", "filtered_events", "lambda", "noise_std"]
    np.testing.assert_array_equal(events.index, about["cell_specimen_id"])
    np.testing.assert_array_equal(events["cell_roi_id"], theirs["events_cell_roi_id"])
    np.testing.assert_array_equal(np.stack(events["events"]), theirs["events"])
    # NumPy's exponential, of which the filter is made, differs in its last bits between computers.
    np.testing.assert_array_max_ulp(np.stack(events["filtered_events"]), theirs["filtered_events"], maxulp=6)
    for name in ("lambda", "noise_std"):
        np.testing.assert_array_equal(events[name], about[name])


def test_the_table_of_cells_is_that_of_allensdk(pair):
    plane, folder = pair
    theirs, masks = kept(folder, "cell_specimen_table.parquet"), kept(folder, "roi_masks.npz")
    table = plane.cell_specimen_table
    assert_dtypes(table, kept(folder, "schema.json")["cell_specimen_table"])
    pd.testing.assert_frame_equal(table.drop(columns="roi_mask"), theirs.set_index("cell_specimen_id"))
    np.testing.assert_array_equal(np.stack(table["roi_mask"]), masks["roi_mask"])
    assert list(plane.roi_masks.columns) == ["cell_roi_id", "roi_mask"]
    np.testing.assert_array_equal(plane.roi_masks["cell_roi_id"], masks["cell_roi_id"])
    np.testing.assert_array_equal(plane.cell_roi_ids, masks["cell_roi_id"])
    np.testing.assert_array_equal(plane.cell_specimen_ids, theirs["cell_specimen_id"])


@pytest.mark.parametrize("name", ["max_projection", "average_projection", "segmentation_mask_image"])
def test_images_are_those_of_allensdk(pair, name):
    plane, folder = pair
    theirs, image = kept(folder, "images.npz"), getattr(plane, name)
    assert image.dtype == theirs[name].dtype
    np.testing.assert_array_equal(image, theirs[name])
    np.testing.assert_array_equal(image.data, theirs[name])
    np.testing.assert_allclose(image.spacing, theirs["spacing"], rtol=1e-12)
    assert image.unit == "mm"
    assert image[2:4].spacing == image.spacing


def test_clock_and_shifts_are_those_of_allensdk(pair):
    plane, folder = pair
    np.testing.assert_array_equal(plane.ophys_timestamps, kept(folder, "arrays.npz")["ophys_timestamps"])
    assert_dtypes(plane.motion_correction, kept(folder, "schema.json")["motion_correction"])
    pd.testing.assert_frame_equal(
        plane.motion_correction, kept(folder, "motion_correction.parquet").drop(columns="index")
    )


def test_metadata_are_those_of_allensdk(pair):
    plane, folder = pair
    theirs = kept(folder, "scalars.json")["metadata"]
    ours = plane.metadata | {key: str(plane.metadata[key]) for key in ("date_of_acquisition", "behavior_session_uuid")}
    assert ours == theirs
    assert list(ours) == list(theirs)
    assert {key: type(value) for key, value in ours.items()} == {key: type(value) for key, value in theirs.items()}
    for name in ("behavior_session_id", "ophys_session_id", "ophys_experiment_id"):
        assert getattr(plane, name) == theirs[name]
    assert plane.name == f"{theirs['targeted_structure']}_{theirs['targeted_imaging_depth']}"
