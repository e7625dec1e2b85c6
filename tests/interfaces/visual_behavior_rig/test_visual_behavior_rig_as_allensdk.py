"""Every table of the development sessions is that which AllenSDK 2.16.2 made from the same files."""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from nwbgate.interfaces.visual_behavior_rig.pickles.image_set import find_image_set, read_image_set
from nwbgate.interfaces.visual_behavior_rig.pickles.stimulus_pickle import StimulusPickle
from nwbgate.interfaces.visual_behavior_rig.sync.clocks import Clocks
from nwbgate.interfaces.visual_behavior_rig.sync.sync_file import SyncFile
from nwbgate.interfaces.visual_behavior_rig.tables.camera_report import read_camera_report
from nwbgate.interfaces.visual_behavior_rig.tables.event_tables import licks_table, rewards_table
from nwbgate.interfaces.visual_behavior_rig.tables.eye_ellipses import read_ellipses
from nwbgate.interfaces.visual_behavior_rig.tables.eye_tracking_table import eye_tracking_table
from nwbgate.interfaces.visual_behavior_rig.tables.presentations_table import presentations_table
from nwbgate.interfaces.visual_behavior_rig.tables.running_table import running_table
from nwbgate.interfaces.visual_behavior_rig.tables.task_parameters_table import task_parameters_table
from nwbgate.interfaces.visual_behavior_rig.tables.trials_table import trials_table
from nwbgate.manifest.usual_delays import behavior_box_delay
from support.development_data import shared

SESSIONS = {
    "behavior_habituation": "behavior_session_2100110001",
    "behavior_gratings_flashed": "behavior_session_2100110101",
    "behavior_gratings_static": "behavior_session_2100110201",
    "ophys_single_plane": "behavior_ophys_experiment_2100110310",
    "ophys_multiplane": "behavior_ophys_experiment_2100110410",
    "ophys_passive": "behavior_ophys_experiment_2100110510",
}
#: How much a time may be off (s), a raw speed or an ellipse, and a filtered speed (SciPy versions differ).
TIME, RAW, FILTERED = 1e-12, 1e-9, 1e-7


@dataclass
class Session:
    """One session of the development data, and what AllenSDK made of it."""

    folder: Path
    expected: Path

    @cached_property
    def pickle(self):
        return StimulusPickle(next(self.folder.glob("*.pkl*")))

    @cached_property
    def clocks(self):
        sync = sorted(self.folder.glob("*sync.h5"))
        return Clocks(SyncFile(sync[0])) if sync else None

    @cached_property
    def times(self):
        return self.clocks.stimulus(self.pickle.frames).times if self.clocks else self.pickle.frame_times

    @cached_property
    def scalars(self):
        return json.loads((self.expected / "scalars.json").read_text())

    @cached_property
    def delay(self):
        rig = self.scalars["metadata"]["equipment_name"]
        return self.clocks.monitor_delay(rig, self.times).seconds if self.clocks else behavior_box_delay()

    @cached_property
    def trials(self):
        return trials_table(self.pickle, self.times, self.delay)

    def table(self, name):
        direct = self.expected / "direct" / f"{name}.parquet"
        return pd.read_parquet(direct if direct.exists() else self.expected / f"{name}.parquet")


@pytest.fixture(scope="module", params=SESSIONS)
def session(request):
    return Session(shared("rig_sources", request.param), shared("rig_expected", SESSIONS[request.param]))


def assert_same(found, expected, names, tolerance=TIME):
    """Compare columns: truth, whole numbers and texts exactly, -99 and none being missing; numbers to a tolerance."""
    assert len(found) == len(expected)
    for name in names:
        ours, theirs = found[name], expected[name]
        if theirs.dtype.kind == "f":
            assert np.allclose(ours.astype(float), theirs, rtol=0, atol=tolerance, equal_nan=True), name
            continue
        plain = [[None if pd.isna(value) or value == -99 else value for value in column] for column in (ours, theirs)]
        assert plain[0] == plain[1], name


def test_the_clock_is_equal(session):
    assert np.abs(session.times - np.load(session.expected / "arrays.npz")["stimulus_timestamps"]).max() < TIME
    assert session.pickle.frame_rate == session.scalars["metadata"]["stimulus_frame_rate"]
    assert abs(session.delay - session.scalars["monitor_delay"]) < TIME


def test_licks_are_equal(session):
    assert_same(licks_table(session.pickle, session.times)[0], session.table("licks"), ["timestamps", "frame"])


def test_rewards_are_equal(session):
    names = ["timestamps", "volume", "auto_rewarded"]
    assert_same(rewards_table(session.pickle, session.times), session.table("rewards"), names)


def test_running_is_equal(session):
    found = running_table(session.pickle, session.times)
    assert_same(found, session.table("running_speed"), ["timestamps", "speed"], FILTERED)
    raw = session.table("raw_running_speed").rename(columns={"speed": "raw_speed"})
    assert_same(found, raw, ["timestamps", "raw_speed"], RAW)


def test_trials_are_equal(session):
    expected = session.table("trials")
    assert_same(session.trials, expected, [name for name in expected if name != "lick_times"])
    for ours, theirs in zip(session.trials["lick_times"], expected["lick_times"], strict=True):
        assert np.allclose(ours, np.asarray(theirs, dtype=float), rtol=0, atol=TIME)


def test_presentations_are_equal(session):
    stimulus, order = session.pickle.stimulus, None
    if stimulus.kind == "images":
        order = read_image_set(find_image_set(shared("rig_sources", "image_sets"), stimulus.image_set)).names
    times = session.times + session.delay
    found, _ = presentations_table(session.pickle, times, session.trials, image_order=order, novel_images=[])
    found = found.rename(columns={"stop_time": "end_time"}).sort_values("start_frame", kind="stable")
    expected = session.table("stimulus_presentations")
    assert_same(found, expected, [name for name in expected if name != "stimulus_presentations_id"])


def test_task_parameters_are_equal(session):
    found = task_parameters_table(session.pickle).iloc[0]
    for name, value in session.scalars["task_parameters"].items():
        if name != "image_set":  # of the session type, and written from there
            ours = found[name].tolist() if isinstance(found[name], np.ndarray) else found[name]
            assert ours == value or (np.isnan(ours) and np.isnan(value)), name


@pytest.mark.parametrize("folder", ["ophys_single_plane", "ophys_multiplane", "ophys_passive"])
def test_eye_tracking_is_equal(folder):
    session = Session(shared("rig_sources", folder), shared("rig_expected", SESSIONS[folder]))
    report = session.folder / "eye_video_meta.json"
    ellipses = read_ellipses(next(session.folder.glob("*ellipse.h5")))
    metadata = report.exists() and read_camera_report(report).begins_with_metadata
    found, _ = eye_tracking_table(ellipses, session.clocks.signal("eye").times, begins_with_metadata=metadata)
    expected = session.table("eye_tracking")
    assert_same(found, expected, [name for name in expected if name != "frame"], RAW)
    assert len(found) == {"ophys_single_plane": 17907, "ophys_multiplane": 16684, "ophys_passive": 0}[folder]
