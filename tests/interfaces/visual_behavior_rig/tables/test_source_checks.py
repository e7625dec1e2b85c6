"""Whether the sources of a session agree: sound ones do, and each kind of fault is named."""

import numpy as np
import pytest

from nwbgate.interfaces.visual_behavior_rig.pickles.stimulus_pickle import StimulusPickle
from nwbgate.interfaces.visual_behavior_rig.sync.clocks import Clocks
from nwbgate.interfaces.visual_behavior_rig.sync.sync_file import SyncFile
from nwbgate.interfaces.visual_behavior_rig.tables.source_checks import source_checks
from support.rig_pickles import behavior, tree, write_pickle
from support.rig_recordings import write_sync


@pytest.fixture
def checked(tmp_path):
    """Return a function that checks a session of whose sync lines some are changed, by name of the check."""
    pickle = StimulusPickle(write_pickle(tmp_path / "stimulus.pkl", tree(behavior())))
    falls = 10 + pickle.frame_times

    def check(lost=None, **lines):
        sound = {
            "stim_vsync": np.ravel(np.stack([falls - 0.002, falls], axis=1)).tolist(),
            "lick_sensor": [
                edge for frame in (200, 330, 540, 800) for edge in (falls[frame] + 0.002, falls[frame] + 0.01)
            ],
            "photodiode": (falls[::60] + 0.02).tolist(),
            "cam2_exposure": np.ravel([[time, time + 0.01] for time in 10 + np.arange(400) / 30]).tolist(),
        }
        sync = SyncFile(write_sync(tmp_path / "sync.h5", sound | lines))
        clocks = Clocks(sync)
        return {one.name: one for one in source_checks(pickle, clocks, clocks.stimulus(pickle.frames).times, lost)}

    return check


def test_sources_of_one_session_agree(checked):
    found = checked(lost=0)
    assert all(check.sound for check in found.values())
    assert found["licks"].sentence.startswith(
        "licks: 4 in the pickle, 0 of them not on the lick line; 4 on the line, 0"
    )
    assert "photodiode: 15 turns of 15 due, 0" in found["photodiode"].sentence
    assert "0 by one alone" in found["stimulus frames"].sentence


def test_licks_that_the_sensor_did_not_feel_are_counted(checked):
    found = checked(lick_sensor=[1.0, 1.1])
    assert not found["licks"].sound
    assert "4 of them not on the lick line; 1 on the line, 1 of them not in the pickle" in found["licks"].sentence


def test_a_photodiode_that_missed_turns_is_named(checked):
    found = checked(photodiode=[12.0, 13.0, 14.0, 15.0])
    assert not found["photodiode"].sound
    assert "4 turns of 15 due" in found["photodiode"].sentence


def test_a_clock_that_lost_its_pace_is_named(checked):
    shaken = np.ravel([[time, time + 0.002] for time in 10 + np.arange(900) / 60 + 0.05 * (np.arange(900) > 400)])
    found = checked(stim_vsync=shaken.tolist())
    assert not found["stimulus frames"].sound
    assert "1 late of 900 by the sync file, 0 by the pickle, 1 by one alone" in found["stimulus frames"].sentence


def test_lost_frames_of_the_camera_are_named(checked):
    assert not checked(lost=50)["eye camera"].sound
    assert "50 frames lost by its report" in checked(lost=50)["eye camera"].sentence


def test_lines_that_a_rig_does_not_have_are_not_compared(checked, tmp_path):
    pickle = StimulusPickle(tmp_path / "stimulus.pkl")
    falls = np.ravel([[time, time + 0.002] for time in 10 + pickle.frame_times])
    clocks = Clocks(SyncFile(write_sync(tmp_path / "bare.h5", {"stim_vsync": falls.tolist()})))
    assert [check.name for check in source_checks(pickle, clocks, clocks.stimulus().times)] == ["stimulus frames"]
