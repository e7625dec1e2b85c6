"""Planes of the bundled release read back: what a hand would read with h5py, and made changes to it."""

import pickle
import shutil
from functools import cache

import h5py
import numpy as np
import pandas as pd
import pytest
import xarray

from nwbgate.errors import SourceError
from nwbgate.reading.nwb_data import NWBData
from nwbgate.reading.planes.plane import planes
from support.converted_sessions import converted_release, session_files
from support.places import TESTS

RELEASED = TESTS / "data" / "visual_behavior_release"


@pytest.fixture(scope="session")
def converted(tmp_path_factory):
    return session_files(converted_release(tmp_path_factory.getbasetemp()))


@pytest.fixture(params=["released", "converted"])
def both(request, converted):
    """The plane of the passive session in each layout."""
    path = RELEASED / "behavior_ophys_experiment_1900011210.nwb"
    (plane,) = planes(NWBData(path if request.param == "released" else converted["1900011201"])).values()
    return plane


@pytest.fixture
def changed(tmp_path):
    """Return the one plane of a released file after a change to a copy of it."""

    def make(change):
        path = tmp_path / "changed.nwb"
        shutil.copy(RELEASED / "behavior_ophys_experiment_1900011210.nwb", path)
        with h5py.File(path, "r+") as file:
            change(file)
        (plane,) = planes(NWBData(path)).values()
        return plane

    return make


@cache
def source():
    """Return the traces of the passive session by their place in the released file."""
    with h5py.File(RELEASED / "behavior_ophys_experiment_1900011210.nwb") as file:
        ophys = file["processing/ophys"]
        places = ("dff/traces", "corrected_fluorescence/traces", "demixed_trace/traces", "neuropil_trace/traces")
        return {place: ophys[place]["data"][()] for place in (*places, "event_detection")}


def test_matrices_hold_what_the_file_holds(both):
    for name, place in zip(("dff", "corrected", "demixed", "neuropil", "events"), source(), strict=True):
        np.testing.assert_array_equal(both.matrix(name), source()[place])
    assert both.matrix("dff") is both.matrix("dff")


def test_planes_are_in_the_order_of_their_experiments(converted):
    found = planes(NWBData(converted["1900011001"]))
    numbers = [plane.metadata["ophys_experiment_id"] for plane in found.values()]
    assert len(numbers) > 1
    assert numbers == sorted(numbers)
    assert all(name == plane.name for name, plane in found.items())


def test_a_session_without_imaging_has_no_planes(converted):
    assert planes(NWBData(converted["1900011401"])) == {}
    assert planes(NWBData(RELEASED / "behavior_session_1900011401.nwb")) == {}


def test_nothing_is_read_before_it_is_asked_for(both, monkeypatch):
    read = []
    monkeypatch.setattr(
        "nwbgate.reading.planes.matrices.read", lambda data, **options: read.append(data.name) or data[()]
    )
    traces = both.traces
    assert repr(both)
    assert not read
    assert traces["dff"].shape == both.matrix("dff").shape
    assert len(read) == 1
    both.dff_traces, traces["dff"].values  # read already
    assert len(read) == 1


def test_xarray_gives_the_same_traces_by_time_and_cell(both):
    traces = both.traces
    assert isinstance(traces, xarray.Dataset)
    assert list(traces.data_vars) == ["dff", "corrected", "demixed", "neuropil", "events"]
    assert traces["dff"].dims == ("time", "cell")
    np.testing.assert_array_equal(traces["time"], both.ophys_timestamps)
    np.testing.assert_array_equal(traces["cell_roi_id"], both.cell_roi_ids)
    np.testing.assert_array_equal(traces["cell_specimen_id"], both.cell_specimen_ids)
    for name in traces.data_vars:
        np.testing.assert_array_equal(traces[name], both.matrix(name))
    window = traces["dff"].sel(time=slice(20, 21)).isel(cell=[2, 0])
    inside = (both.ophys_timestamps >= 20) & (both.ophys_timestamps <= 21)
    np.testing.assert_array_equal(window, both.matrix("dff")[inside][:, [2, 0]])
    assert traces["demixed"].attrs["units"] == "a.u."


def test_a_plane_is_pickled_as_its_file_and_name(both):
    both.matrix("dff")
    pickled = pickle.dumps(both)
    assert len(pickled) < 1000
    again = pickle.loads(pickled)
    assert again.name == both.name
    np.testing.assert_array_equal(again.matrix("dff"), both.matrix("dff"))


def test_what_was_read_can_be_given_back(both):
    before, cells = both.matrix("dff"), both.cell_specimen_table
    both.forget()
    assert both.matrix("dff") is not before
    np.testing.assert_array_equal(both.matrix("dff"), before)
    pd.testing.assert_frame_equal(both.cell_specimen_table, cells)


def test_cells_that_are_not_valid_are_left_out(changed):
    def change(file):
        file["processing/ophys/image_segmentation/cell_specimen_table/valid_roi"][1] = False

    plane = changed(change)
    left = [0, 2, 3, 4]
    np.testing.assert_array_equal(plane.matrix("dff"), source()["dff/traces"][:, left])
    np.testing.assert_array_equal(np.stack(plane.events["events"]), source()["event_detection"][:, left].T)
    assert len(plane.cell_specimen_table) == len(plane.dff_traces) == 4
    assert plane.cell_specimen_table["valid_roi"].all()
    with h5py.File(plane._owner.path) as file:
        masks = file["processing/ophys/image_segmentation/cell_specimen_table/image_mask"][()]
    np.testing.assert_array_equal(np.stack(plane.roi_masks["roi_mask"]), masks[left])


def test_columns_are_matched_to_cells_by_their_ids(changed):
    def change(file):
        events = file["processing/ophys/event_detection"]
        rows = events["rois"]
        about = dict(rows.attrs)
        for name in ("data", "rois"):
            values = events[name][()]
            del events[name]
            events[name] = values[..., [3, 1]]  # cells 3 and 1, in that order
        events["rois"].attrs.update(about)
        for name in ("lambdas", "noise_stds"):
            values = events[name][()]
            del events[name]
            events[name] = values[[3, 1]]

    plane = changed(change)
    events = source()["event_detection"]
    assert plane.events["cell_roi_id"].tolist() == plane.cell_roi_ids[[1, 3]].tolist()
    np.testing.assert_array_equal(np.stack(plane.events["events"]), events[:, [1, 3]].T)
    matrix = plane.matrix("events")
    np.testing.assert_array_equal(matrix[:, [1, 3]], events[:, [1, 3]])
    assert np.isnan(matrix[:, [0, 2, 4]]).all()
    assert np.isnan(plane.matrix("filtered_events")[:, 0]).all()
    assert plane.events["lambda"].notna().all()


def test_a_series_of_cells_that_are_not_in_the_table_is_refused(changed):
    plane = changed(lambda file: file["processing/ophys/dff/traces/rois"].write_direct(np.array([0, 1, 2, 3, 9])))
    with pytest.raises(SourceError, match="refer to unknown cells") as caught:
        plane.matrix("dff")
    assert "9" in caught.value.got


def test_a_series_in_another_unit_is_given_in_the_one_it_names(changed):
    def change(file):
        file["processing/ophys/dff/traces/data"].attrs["conversion"] = 2.0
        file["processing/ophys/dff/traces/data"].attrs["offset"] = 0.5

    np.testing.assert_array_equal(changed(change).matrix("dff"), source()["dff/traces"] * 2 + 0.5)


def test_a_frame_without_a_time_does_not_take_the_frame_rate_along(changed):
    rates = []

    def change(file):
        times = file["processing/ophys/dff/traces/timestamps"]
        rates.append(np.round(1 / np.mean(np.diff(times[()]))))
        times[3] = np.nan

    plane = changed(change)
    assert np.isnan(plane.ophys_timestamps[3])
    assert plane.ophys_frame_rate == rates[0]
    assert np.isfinite(plane.matrix("filtered_events")).all()


def test_a_series_without_regions_is_of_the_cells_in_their_order(changed):
    plane = changed(lambda file: file["processing/ophys/dff/traces"].pop("rois"))
    np.testing.assert_array_equal(plane.matrix("dff"), source()["dff/traces"])


def test_a_series_may_state_a_rate(changed):
    def change(file):
        series = file["processing/ophys/dff/traces"]
        for holder in list(file["processing/ophys"].values()):
            if "timestamps" in holder:
                del holder["timestamps"]
        del series["timestamps"]
        series["starting_time"] = 2.5
        series["starting_time"].attrs["rate"] = 10.0

    plane = changed(change)
    np.testing.assert_allclose(plane.ophys_timestamps[[0, 10]], [2.5, 3.5])
    assert plane.metadata["ophys_frame_rate"] == 10.0


MISSING = {
    "dff_traces": "dff",
    "corrected_fluorescence_traces": "corrected_fluorescence",
    "demixed_traces": "demixed_trace",
    "neuropil_traces": "neuropil_trace",
    "events": "event_detection",
    "motion_correction": "ophys_motion_correction_x",
    "max_projection": "images/max_projection",
    "average_projection": "images/average_image",
    "segmentation_mask_image": "images/segmentation_mask_image",
    "cell_specimen_table": "image_segmentation",
    "roi_masks": "image_segmentation/cell_specimen_table/image_mask",
}


@pytest.mark.parametrize("name", MISSING)
def test_a_stream_that_is_not_there_is_said_with_what_there_is(changed, name):
    plane = changed(lambda file: file["processing/ophys"].pop(MISSING[name]))
    with pytest.raises(AttributeError, match=f"plane VISp_175 of .* has no {name}; it has") as caught:
        getattr(plane, name)
    there = str(caught.value).split("it has ")[1].split(", ")
    assert name not in there
    assert {"motion_correction", "max_projection"} - {name} <= set(there)
    assert not hasattr(plane, name)


def test_a_plane_without_traces_has_no_clock(changed):
    def change(file):
        for name in ("dff", "corrected_fluorescence", "demixed_trace", "neuropil_trace", "event_detection"):
            del file["processing/ophys"][name]

    plane = changed(change)
    with pytest.raises(AttributeError, match="has no ophys_timestamps"):
        plane.ophys_timestamps  # noqa: B018
    assert not any(map(plane.has, ("dff", "events", "filtered_events", "nonsense")))


def test_a_table_without_masks_is_a_table_all_the_same(changed):
    plane = changed(lambda file: file["processing/ophys/image_segmentation/cell_specimen_table"].pop("image_mask"))
    assert "roi_mask" not in plane.cell_specimen_table
    assert len(plane.cell_specimen_table) == 5


@pytest.mark.parametrize("known", [True, False], ids=["field of view known", "field of view unknown"])
def test_masks_may_be_lists_of_pixels(changed, known):
    pixels = np.array(
        [(3, 1, 1.0), (4, 1, 0.5), (4, 2, 0.0), (0, 5, 1.0)], dtype=[("x", "u4"), ("y", "u4"), ("weight", "f4")]
    )

    def change(file):
        table = file["processing/ophys/image_segmentation/cell_specimen_table"]
        del table["image_mask"]
        table["pixel_mask"] = pixels
        table["pixel_mask_index"] = np.array([3, 4, 4, 4, 4], "u1")
        if not known:
            for name in ("field_of_view_width", "field_of_view_height"):
                del file["general/metadata"].attrs[name]

    masks = np.stack(changed(change).roi_masks["roi_mask"])
    assert masks.shape == ((5, 96, 84) if known else (5, 6, 5))
    assert list(zip(*np.nonzero(masks), strict=True)) == [(0, 1, 3), (0, 1, 4), (1, 5, 0)]


def test_an_unknown_matrix_is_said(both):
    with pytest.raises(AttributeError, match="has no raw; it has dff_traces"):
        both.matrix("raw")


def test_an_unknown_attribute_is_said_with_the_nearest(both):
    with pytest.raises(AttributeError, match="a plane has no attribute 'dff_trace'; did you mean 'dff_traces'"):
        both.dff_trace  # noqa: B018
    with pytest.raises(AttributeError, match=r"no attribute 'licks'; the correct name is plane\.session\.licks"):
        both.licks  # noqa: B018


def test_a_notebook_shows_what_there_is(both):
    shown = both._repr_html_()
    assert "<b>VISp_175</b>: 5 cells, 14588 frames" in shown
    assert "motion_correction" in shown


def test_a_plane_of_a_file_of_somebody_else_has_what_core_nwb_names(tmp_path_factory):
    from support.converted_sessions import converted_recordings

    path = next(iter(session_files(converted_recordings(tmp_path_factory.getbasetemp())).values()))
    (plane,) = planes(NWBData(path)).values()
    assert plane.dff_traces["cell_roi_id"].tolist() == [0]
    assert plane.dff_traces.index.tolist() == [-1]
    assert plane.roi_masks["roi_mask"].iloc[0].sum() == 0
    with pytest.raises(AttributeError, match="has no events"):
        plane.events  # noqa: B018
