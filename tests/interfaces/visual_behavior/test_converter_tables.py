"""The tables read back from a converted session are the released ones, for all files and both layouts of events."""

import h5py
import numpy as np
import pandas as pd
import pynwb
import pytest
from pandas.testing import assert_frame_equal

from nwbgate.conversion.session import convert_session
from nwbgate.reading.format.session_table import find_table
from nwbgate.storage.hdf5 import open_nwb_file
from support.behavior_streams import behavior_of
from support.standard_session import ACTIVE, FLASHED, GRATINGS, PASSIVE

TABLES = (
    "task_parameters", "trials", "stimulus_presentations", "stimulus_templates", "stimulus_timestamps", "licks",
    "rewards", "running_speed", "raw_running_speed", "running_encoder", "eye_tracking", "eye_tracking_rig_geometry",
)  # fmt: skip
#: Columns of the table `session` that a file of ours says otherwise, or that the release does not say.
OTHERWISE = ["identifier", "object_id", "source_script", "session_id", "cre_line"]
#: Truth values of rows to which they do not apply are NaN in the release and false in ours.
TRUTH = ["is_change", "is_image_novel", "omitted", "is_sham_change"]


@pytest.fixture(scope="module", params=["table", "series"])
def events(request):
    return request.param


@pytest.fixture(scope="module", params=[ACTIVE, PASSIVE, GRATINGS, FLASHED], ids=lambda path: path.stem)
def released(request):
    return request.param


@pytest.fixture(scope="module")
def converted(released, events, tmp_path_factory):
    path = tmp_path_factory.mktemp("converted") / released.name
    options = {name: {"events": events} for name in ("Licks", "Rewards")}
    convert_session(behavior_of(released), path, conversion_options=options)
    return path


def read(path, name, layout):
    with open_nwb_file(path) as file:
        found = find_table(file, name, layout, {})
    return None if found is None else found.frame


def comparable(frame: pd.DataFrame) -> pd.DataFrame:
    truths = {name: frame[name].astype("boolean").fillna(False) for name in TRUTH if name in frame}
    return frame.assign(**truths)


@pytest.mark.parametrize("name", TABLES)
def test_a_table_read_back_is_the_released_one(released, converted, name):
    theirs, ours = read(released, name, "released"), read(converted, name, "standard")
    if theirs is None:
        assert ours is None
        return
    columns = comparable if name == "stimulus_presentations" else pd.DataFrame
    assert_frame_equal(columns(ours), columns(theirs), check_exact=True)


def test_the_session_is_described_as_released(released, converted):
    theirs, ours = (
        read(path, "session", layout).drop(columns=OTHERWISE)
        for path, layout in ((released, "released"), (converted, "standard"))
    )
    assert_frame_equal(ours, theirs)


def test_the_schema_finds_no_error(converted):
    assert pynwb.validate(path=str(converted)) == []


def test_images_are_those_of_the_release(released, converted):
    with h5py.File(released) as theirs, h5py.File(converted) as ours:
        (stack,) = theirs["stimulus/templates"].values()
        for index, name in enumerate(stack["control_description"].asstr()[:]):
            for container, dataset in (("stimulus_images", "data"), ("stimulus_images_unwarped", "unwarped")):
                image = ours[f"stimulus/templates/{container}/{name}"]
                assert image.dtype == stack[dataset].dtype
                assert np.array_equal(image[()], stack[dataset][index], equal_nan=image.dtype.kind == "f")


def test_the_series_of_shown_images_points_to_images(released, converted):
    with h5py.File(released) as theirs, h5py.File(converted) as ours:
        (shown,) = theirs["stimulus/presentation"].values()
        series = ours["stimulus/presentation/stimulus_image_presentations"]
        for name in ("data", "timestamps"):
            assert np.array_equal(series[name][()], shown[name][()])
        assert series["indexed_images"] == ours["stimulus/templates/stimulus_images"]


def test_truth_values_are_stored_as_such(converted):
    with h5py.File(converted) as ours:
        shown = ours["intervals/stimulus_presentations"]
        assert {shown[name].dtype for name in [*TRUTH, "active"]} == {np.dtype(bool)}


def test_eye_series_share_one_set_of_timestamps(released, converted):
    with h5py.File(converted) as ours:
        behavior = ours["processing/behavior"]
        assert ("EyeTracking" in behavior) == (released == ACTIVE)
        homes = [behavior[name] for name in ("EyeTracking", "PupilTracking", "eye_ellipses") if name in behavior]
        series = [one for home in homes for one in home.values()]
        assert len(series) == (19 if homes else 0)
        assert all(one["timestamps"] == behavior["EyeTracking/eye_tracking/timestamps"] for one in series)


def test_running_series_share_one_set_of_timestamps(converted):
    with h5py.File(converted) as ours:
        behavior, acquired = ours["processing/behavior"], ours["acquisition"]
        series = [*(behavior[name] for name in ("raw_running_speed", "running_wheel_rotation")), *acquired.values()]
        assert len(series) == 4
        assert all(one["timestamps"] == behavior["running_speed/timestamps"] for one in series)


def test_a_box_is_not_called_a_microscope(released, converted):
    with h5py.File(converted) as ours:
        devices = ours.get("general/devices", {})
        assert [name for name in devices if name != "models"] == (
            ["BEH.F-Box3"] if released in (GRATINGS, FLASHED) else []
        )
        assert list(devices.get("models", {})) == (["Behavior box"] if len(devices) else [])


def test_the_notes_list_what_was_mended(converted):
    with h5py.File(converted) as ours:
        assert "lick_times are per trial" in ours["general/notes"].asstr()[()]
