"""Motion that is known, in traces with noise and activity."""

from datetime import UTC, datetime

import numpy as np
import pytest
from pynwb import NWBHDF5IO, NWBFile, TimeSeries
from pynwb.ophys import (
    CorrectedImageStack,
    Fluorescence,
    ImageSegmentation,
    OpticalChannel,
    RoiResponseSeries,
    TwoPhotonSeries,
)

import nwbgate
from nwbgate.qc.any_file import any_file_rows
from nwbgate.qc.metrics.any_file.motion_residue import motion_residue
from nwbgate.qc.unmeasurable import UnmeasurableError

RANDOM = np.random.default_rng(0)
SHIFTS = RANDOM.normal(0, 2, (2000, 2))
NOISE = RANDOM.normal(0, 1, (2000, 3))


def test_traces_without_motion_have_none():
    drift = np.linspace(0, 50, 2000)[:, np.newaxis]
    assert motion_residue(NOISE + drift, SHIFTS) < 0.01


@pytest.mark.parametrize("weight", [0.3, 1.0])
def test_the_share_is_that_of_the_motion(weight):
    assert motion_residue(NOISE + weight * SHIFTS[:, :1], SHIFTS) == pytest.approx(
        4 * weight**2 / (1 + 4 * weight**2), abs=0.03
    )


def test_motion_to_either_side_counts():
    assert motion_residue(NOISE + SHIFTS[:, 1:] ** 2, SHIFTS) > 0.9


def test_nothing_that_changes_is_not_measured():
    with pytest.raises(UnmeasurableError):
        motion_residue(NOISE, np.zeros((2000, 2)))
    with pytest.raises(UnmeasurableError):
        motion_residue(np.zeros((2000, 3)), SHIFTS)


def write_file(path, shifts):
    nwb = NWBFile("a session", "one", datetime(2024, 5, 1, tzinfo=UTC))
    device = nwb.create_device("microscope")
    channel = OpticalChannel(name="green", description="green", emission_lambda=510.0)
    plane = nwb.create_imaging_plane(
        name="plane", optical_channel=channel, description="a plane", device=device, excitation_lambda=920.0,
        indicator="GCaMP6f", location="VISp",
    )  # fmt: skip
    ophys = nwb.create_processing_module("ophys", "imaging")
    segmentation = ImageSegmentation()
    ophys.add(segmentation)
    rois = segmentation.create_plane_segmentation(name="rois", description="cells", imaging_plane=plane)
    for number in range(3):
        rois.add_roi(image_mask=np.eye(4) * (number + 1))
    region = rois.create_roi_table_region(region=[0, 1, 2], description="all")
    traces = RoiResponseSeries(name="traces", data=NOISE + SHIFTS[:, :1], rois=region, unit="a.u.", rate=30.0)
    ophys.add(Fluorescence(roi_response_series=traces))
    if shifts is not None:
        frames = np.zeros((2, 4, 4), np.uint8)
        movie = TwoPhotonSeries(name="movie", data=frames, imaging_plane=plane, rate=30.0, unit="n.a.")
        nwb.add_acquisition(movie)
        fixed = TwoPhotonSeries(name="corrected", data=frames, imaging_plane=plane, rate=30.0, unit="n.a.")
        moved = TimeSeries(name="xy_translation", data=shifts, unit="pixels", rate=30.0)
        ophys.add(CorrectedImageStack(name="registered", corrected=fixed, original=movie, xy_translation=moved))
    with NWBHDF5IO(path, "w") as io:
        io.write(nwb)
    return path


def rows_of(path):
    with nwbgate.open(path) as data:
        return [row for row in any_file_rows(data) if row.metric == "responses.motion_residue"]


def test_a_files_shifts_are_found_by_the_name_that_the_schema_fixes(tmp_path):
    (row,) = rows_of(write_file(tmp_path / "a.nwb", SHIFTS))
    assert row.value == pytest.approx(0.8, abs=0.03)
    assert row.object == "series processing/ophys/Fluorescence/traces"


@pytest.mark.parametrize("shifts", [None, SHIFTS[:100]])
def test_without_shifts_of_its_frames_it_does_not_apply(tmp_path, shifts):
    (row,) = rows_of(write_file(tmp_path / "a.nwb", shifts))
    assert np.isnan(row.value)
    assert "no shifts of 2000 frames" in row.reason
