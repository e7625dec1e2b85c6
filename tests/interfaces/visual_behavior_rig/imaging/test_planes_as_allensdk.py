"""Planes computed from rig sources are what AllenSDK computed from the same files."""

import json

import numpy as np
import pandas as pd
import pytest

from nwbgate.algorithms.frame_clocks import rounded_rate
from nwbgate.interfaces.visual_behavior_rig.imaging.grey_png import read_grey_png
from nwbgate.interfaces.visual_behavior_rig.imaging.motion_table import read_shifts
from nwbgate.interfaces.visual_behavior_rig.imaging.rig_plane import RigPlane
from support.development_data import shared

PLANES = {
    2100110310: "ophys_single_plane", 2100110410: "ophys_multiplane", 2100110411: "ophys_multiplane",
    2100110412: "ophys_multiplane", 2100110413: "ophys_multiplane", 2100110510: "ophys_passive",
}  # fmt: skip
TRACES = {"corrected": "corrected_fluorescence", "demixed": "demixed_trace", "neuropil": "neuropil_trace"}


@pytest.fixture(params=PLANES, scope="module")
def pair(request):
    """A plane, and a function that gives a file of what AllenSDK computed from it."""
    folder = shared("rig_sources", PLANES[request.param]) / f"ophys_experiment_{request.param}"
    kept = shared("rig_expected", f"behavior_ophys_experiment_{request.param}")
    return RigPlane(folder / "experiment.json"), kept


def test_traces(pair):
    plane, kept = pair
    theirs = np.load(kept / "traces.npz")
    assert plane.cell_ids == theirs["cell_roi_id"].tolist()
    dff = plane.trace_file("dff").traces(plane.cell_ids, np.float64)
    np.testing.assert_array_equal(dff[:, :].T, theirs["dff"], strict=True)
    for ours, name in TRACES.items():
        traces = plane.trace_file(ours).traces(plane.cell_ids)[:, :]
        np.testing.assert_array_equal(traces.T, theirs[name], strict=True)
    events = plane.trace_file("events").traces(theirs["events_cell_roi_id"].tolist())[:, :]
    np.testing.assert_array_equal(events.T, theirs["events"], strict=True)


def test_cells_and_masks(pair):
    pytest.importorskip("pyarrow")
    plane, kept = pair
    ours, theirs = plane.described_cells(), pd.read_parquet(kept / "cell_specimen_table.parquet")
    pd.testing.assert_frame_equal(ours[list(theirs)], theirs)
    about = pd.read_parquet(kept / "events_meta.parquet")
    with_events = ours.set_index("cell_roi_id").loc[about["cell_roi_id"]]
    for name in ("lambda", "noise_std"):
        np.testing.assert_array_equal(with_events[name], about[name])
    traces = np.load(kept / "traces.npz")
    for name in ("r", "RMSE"):
        np.testing.assert_array_equal(ours[name], traces[name])
    np.testing.assert_array_equal(plane.rois.masks[:], np.load(kept / "roi_masks.npz")["roi_mask"])


def test_images_and_shifts(pair):
    pytest.importorskip("pyarrow")
    plane, kept = pair
    theirs, facts = np.load(kept / "images.npz"), plane.facts
    for fact, name in (
        ("max_projection_file", "max_projection"),
        ("average_intensity_projection_image_file", "average_projection"),
    ):
        ours = read_grey_png(plane.file(fact), facts.movie_height, facts.movie_width)
        np.testing.assert_array_equal(ours, theirs[name], strict=True)
    np.testing.assert_array_equal(plane.rois.masks.union(), theirs["segmentation_mask_image"], strict=True)
    shifts = read_shifts(plane.file("rigid_motion_transform_file"), plane.frames)
    np.testing.assert_array_equal(shifts, pd.read_parquet(kept / "motion_correction.parquet")[["x", "y"]])


def test_clock_and_metadata(pair):
    plane, kept = pair
    times = plane.clock.times
    np.testing.assert_allclose(times, np.load(kept / "arrays.npz")["ophys_timestamps"], rtol=0, atol=1e-12)
    theirs = json.loads((kept / "scalars.json").read_text())["metadata"]
    described = plane.description(rounded_rate(times), plane.name)
    assert described.imaging_rate == theirs["ophys_frame_rate"]
    assert described.indicator == theirs["indicator"]
    assert described.location == theirs["targeted_structure"]
    assert (described.excitation_lambda, described.emission_lambda) == (
        theirs["excitation_lambda"],
        theirs["emission_lambda"],
    )
    for name, value in described.identifiers.items():
        assert value == theirs[name] or (value is None and theirs[name] in (None, 0)), name
