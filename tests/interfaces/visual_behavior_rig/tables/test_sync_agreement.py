"""The sync file keeps the pickle's pace and has its licks; what one of them lost is said."""

import numpy as np
import pytest

from nwbgate.interfaces.visual_behavior_rig.pickles.stimulus_pickle import StimulusPickle
from nwbgate.interfaces.visual_behavior_rig.sync.clocks import Clocks
from nwbgate.interfaces.visual_behavior_rig.sync.sync_file import SyncFile
from nwbgate.interfaces.visual_behavior_rig.tables.agreement_table import CameraFrames
from nwbgate.interfaces.visual_behavior_rig.tables.sync_agreement import sync_contradictions
from support.rig_pickles import behavior, tree, write_pickle
from support.rig_recordings import write_sync

LICKS = list(range(100, 880, 60))


@pytest.fixture
def told(tmp_path):
    """Return a function that gives the contradictions of a session some of whose licks or lines are changed."""

    def of(licks=LICKS, *, felt=LICKS, lag=None, width=0.005, video=None, gap=0):
        items = behavior()
        items["lick_sensors"][0]["lick_events"] = sorted(licks)
        pickle = StimulusPickle(write_pickle(tmp_path / "stimulus.pkl", tree(items)))
        falls = 10 + pickle.frame_times
        lags = np.full(len(felt), 0.002) if lag is None else lag
        pulses = np.delete(10 + np.arange(400) / 30, slice(200, 200 + gap))
        lines = {
            "stim_vsync": np.ravel(np.stack([falls - 0.002, falls], axis=1)),
            "lick_sensor": np.ravel([[falls[frame] + late, falls[frame] + late + width]
                                     for frame, late in zip(felt, lags, strict=True)]),
            "cam2_exposure": np.ravel([[time, time + 0.01] for time in pulses]),
        }  # fmt: skip
        sync = SyncFile(write_sync(tmp_path / "sync.h5", {name: edges.tolist() for name, edges in lines.items()}))
        clocks = Clocks(sync)
        times = clocks.stimulus(pickle.frames).times
        return {row.comparison: row.sentence for row in sync_contradictions(pickle, clocks, times, CameraFrames(video))}

    return of


def test_sources_of_one_session_tell_the_same(told):
    assert told(video=400) == {}
    assert told(video=390, gap=5) == {}  # the video has no more frames than pulses


def test_a_lick_that_the_pickle_lost_is_named_with_its_time(told):
    found = told([frame for frame in LICKS if frame != 220])
    assert found["lick_line"].startswith("lick line: the line has a lick in frame 220, at 13.6")


def test_a_lick_that_the_line_lost_is_named(told):
    found = told([*LICKS, 250])
    assert found["lick_line"].startswith("lick line: the pickle has a lick in frame 250")


def test_licks_in_a_row_may_share_a_pulse(told):
    assert told([*LICKS, 102]) == {}


def test_artefacts_of_a_solenoid_are_no_licks(told):
    assert told([], width=0.00005) == {}


def test_a_line_with_a_life_of_its_own_is_not_compared_lick_by_lick(told):
    assert told(LICKS[1:], lag=np.linspace(0, 0.015, len(LICKS))) == {}


@pytest.mark.parametrize(
    ("pace", "said"),
    [
        (1.01, "a frame lasts 16.847 ms by the sync file, and 16.680 ms by the pickle"),
        (0.99, "a frame lasts 16.513 ms by the sync file, and 16.680 ms by the pickle"),
        (1.0005, ""),
    ],
)
def test_another_pace_is_said(tmp_path, pace, said):
    items = behavior()
    items["intervalsms"], items["encoders"] = np.full(3999, 16.68), [{"vsig": [], "vin": [], "dx": []}]
    pickle = StimulusPickle(write_pickle(tmp_path / "stimulus.pkl", tree(items)))
    falls = 10 + pickle.frame_times * pace
    edges = np.ravel(np.stack([falls - 0.002, falls], axis=1)).tolist()
    clocks = Clocks(SyncFile(write_sync(tmp_path / "sync.h5", {"stim_vsync": edges})))
    rows = sync_contradictions(pickle, clocks, clocks.stimulus(4000).times, CameraFrames())
    assert [row.sentence for row in rows] == ([f"pace: {said}"] if said else [])


def test_pulses_that_a_line_lost_are_told_by_the_video(told):
    found = told(video=400, gap=20)
    assert found == {"eye_pulses": "eye pulses: 400 frames of video, 380 pulses with 1 gaps, the first after 16.633 s"}
