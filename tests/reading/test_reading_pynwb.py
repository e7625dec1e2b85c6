"""PyNWB opens what was converted, and gives the numbers that reading with h5py alone gives."""

from datetime import datetime

import numpy as np
import pandas as pd
import pynwb
import pytest

import nwbgate
from support.converted_sessions import converted_recordings, converted_release, session_files

SESSIONS = ("1900011001", "1900011201", "1900011401", "1900011501")
#: Session table to the TimeSeries of the module ``behavior`` that each of its columns is.
RUNNING = {"running_speed": "running_speed", "raw_running_speed": "raw_running_speed"}
#: Matrix of a plane to the container of its series.
MATRICES = {
    "dff": "DfOverF",
    "corrected": "CorrectedFluorescence",
    "demixed": "DemixedFluorescence",
    "neuropil": "NeuropilFluorescence",
    "events": "DetectedEvents",
}
IMAGES = {
    "max_projection": "max_projection",
    "average_projection": "average_image",
    "segmentation_mask_image": "segmentation_mask_image",
}


@pytest.fixture(scope="module", params=SESSIONS)
def session(request, tmp_path_factory):
    with nwbgate.open(session_files(converted_release(tmp_path_factory.getbasetemp()))[request.param]) as session:
        yield session


def same(ours: "pd.Series", theirs) -> None:
    """Hold a column against PyNWB's values; numbers that stand for none are NaN in the file."""
    values = np.asarray(theirs)
    if ours.dtype == object:
        texts = [None if isinstance(value, float) else value for value in ours]
        assert texts == [value or None for value in values]
        return
    if values.dtype.kind == "f" and ours.dtype.kind == "i":
        values = np.where(np.isnan(values), -99, values)
    known = ours.notna().to_numpy()
    np.testing.assert_array_equal(ours[known].to_numpy(values.dtype), values[known])


def test_this_is_a_pynwb_that_knows_tables_of_events():
    assert int(pynwb.__version__.split(".")[0]) >= 4


def test_trials_are_the_same(session):
    theirs = session.nwbfile.trials.to_dataframe()
    assert theirs.index.tolist() == session.trials.index.tolist()
    for name in session.trials:
        if name == "lick_times":
            for ours, other in zip(session.trials[name], theirs["lick_timestamps"], strict=True):
                np.testing.assert_array_equal(ours, other)
        else:
            same(session.trials[name], theirs[name])


def test_presentations_are_the_same(session):
    theirs = session.nwbfile.intervals["stimulus_presentations"].to_dataframe()
    ours = session.stimulus_presentations.rename(columns={"end_time": "stop_time"})
    for name in ours.columns.drop("flashes_since_change"):  # which are counted anew, as AllenSDK counts them
        same(ours[name], theirs[name])


@pytest.mark.parametrize("name", ["licks", "rewards"])
def test_events_are_the_same(session, name):
    ours = getattr(session, name)
    if ours.empty:
        assert name not in session.nwbfile.events
        return
    theirs = session.nwbfile.events[name].to_dataframe()
    for column in ours:
        same(ours[column], theirs["timestamp" if column == "timestamps" else column])


@pytest.mark.parametrize("name", RUNNING)
def test_running_is_the_same(session, name):
    series = session.nwbfile.processing["behavior"][RUNNING[name]]
    same(getattr(session, name)["speed"], series.data[:])
    same(getattr(session, name)["timestamps"], series.timestamps[:])


def test_the_encoder_is_the_same(session):
    nwbfile, ours = session.nwbfile, session.running_encoder
    for name, series in (
        ("v_sig", nwbfile.acquisition["v_sig"]),
        ("v_in", nwbfile.acquisition["v_in"]),
        ("dx", nwbfile.processing["behavior"]["running_wheel_rotation"]),
    ):
        same(ours[name], series.data[:])
        same(ours["timestamps"], series.timestamps[:])


def test_the_stimulus_clock_and_images_are_the_same(session):
    nwbfile = session.nwbfile
    clock = nwbfile.processing["behavior"]["stimulus_timestamps"]
    np.testing.assert_array_equal(session.stimulus_timestamps, clock.timestamps[:])
    for column, home in (("warped", "stimulus_images"), ("unwarped", "stimulus_images_unwarped")):
        images = nwbfile.stimulus_template[home]
        assert [image.name for image in images.order_of_images] == session.stimulus_templates.index.tolist()
        for name, pixels in session.stimulus_templates[column].items():
            np.testing.assert_array_equal(images[name].data[:], pixels)


def test_eye_tracking_is_the_same(session):
    ours, behavior = session.eye_tracking, session.nwbfile.processing["behavior"]
    if ours.empty:
        assert "EyeTracking" not in behavior.data_interfaces
        return
    for part, name in (("eye", "eye_tracking"), ("cr", "corneal_reflection_tracking"), ("pupil", "pupil_tracking")):
        center = behavior["EyeTracking"][name]
        for axis, values in zip("xy", center.data[:].T, strict=True):
            same(ours[f"{part}_center_{axis}"], values)
        home = behavior["PupilTracking" if part == "pupil" else "eye_ellipses"]
        for measure in ("area", "area_raw", "width", "height", "phi"):
            same(ours[f"{part}_{measure}"], home[f"{part}_{measure}"].data[:])
        same(ours["timestamps"], center.timestamps[:])
    same(ours["likely_blink"], behavior["eye_ellipses"]["likely_blink"].data[:])


@pytest.mark.parametrize("name", ["task_parameters", "eye_tracking_rig_geometry"])
def test_settings_are_the_same(session, name):
    ours, behavior = getattr(session, name), session.nwbfile.processing["behavior"]
    if not ours:
        assert name not in behavior.data_interfaces
        return
    theirs = behavior[name].to_dataframe().iloc[0]
    for key, value in ours.items():
        np.testing.assert_equal(np.asarray(theirs[key]).tolist(), value, err_msg=key)


def test_session_and_subject_are_the_same(session):
    nwbfile, ours = session.nwbfile, session.metadata
    assert isinstance(ours["date_of_acquisition"], datetime)
    assert ours["date_of_acquisition"] == nwbfile.session_start_time
    assert nwbfile.session_id == str(ours["behavior_session_id"])
    subject = nwbfile.subject
    assert (subject.subject_id, subject.sex, subject.genotype, subject.age) == (
        ours["mouse_id"],
        ours["sex"],
        ours["full_genotype"],
        f"P{ours['age_in_days']}D",
    )
    about = nwbfile.processing["behavior"]["session_metadata"].to_dataframe().iloc[0]
    for key in ("behavior_session_id", "session_type", "project_code", "equipment_name", "stimulus_frame_rate",
                "cre_line", "reporter_line"):  # fmt: skip
        assert about[key] == ours[key]


def test_planes_are_the_same(session):
    nwbfile = session.nwbfile
    assert set(session.planes) == set(nwbfile.imaging_planes)
    for name, plane in session.planes.items():
        ophys = nwbfile.processing["ophys"]
        table = ophys["ImageSegmentation"][name]
        np.testing.assert_array_equal(plane.cell_roi_ids, table.id[:])
        np.testing.assert_array_equal(np.stack(plane.roi_masks["roi_mask"]), table["image_mask"][:])
        np.testing.assert_array_equal(plane.cell_specimen_table.index, table["cell_specimen_id"][:])
        for matrix, container in MATRICES.items():
            series = ophys[container][name]
            np.testing.assert_array_equal(plane.matrix(matrix), series.data[:])
            np.testing.assert_array_equal(plane.ophys_timestamps, series.timestamps[:])
        np.testing.assert_array_equal(plane.motion_correction, ophys[f"motion_correction_{name}"].data[:])
        for attribute, stored in IMAGES.items():
            np.testing.assert_array_equal(getattr(plane, attribute), ophys[f"projections_{name}"][stored].data[:])
        assert plane.metadata["targeted_structure"] == nwbfile.imaging_planes[name].location
        assert plane.metadata["indicator"] == nwbfile.imaging_planes[name].indicator


def test_a_recording_is_the_same(tmp_path_factory):
    for path in session_files(converted_recordings(tmp_path_factory.getbasetemp())).values():
        with nwbgate.open(path) as recording:
            nwbfile = recording.nwbfile
            raw = nwbfile.acquisition["ElectricalSeries"]
            np.testing.assert_array_equal(recording.voltage, np.ravel(raw.data[:]) * raw.conversion + raw.offset)
            assert recording.voltage_rate == pytest.approx(raw.rate)
            np.testing.assert_array_equal(recording.spike_times, nwbfile.units["spike_times"][0])
            dff = nwbfile.processing["ophys"]["DfOverF"]["RoiResponseSeries"]
            np.testing.assert_array_equal(recording.dff, np.ravel(dff.data[:]))
            assert recording.metadata["subject_id"] == nwbfile.subject.subject_id
