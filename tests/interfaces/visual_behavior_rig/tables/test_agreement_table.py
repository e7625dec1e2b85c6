"""How far the sources of a session agree: sound ones do, and each kind of fault is counted."""

import numpy as np
import pytest

from nwbgate.interfaces.visual_behavior_rig.pickles.stimulus_pickle import StimulusPickle
from nwbgate.interfaces.visual_behavior_rig.sync.clocks import Clocks
from nwbgate.interfaces.visual_behavior_rig.sync.sync_file import SyncFile
from nwbgate.interfaces.visual_behavior_rig.tables.agreement_table import (
    CameraFrames,
    agreement_table,
    source_agreement,
)
from nwbgate.reading.format.layouts import session_tables
from support.rig_pickles import behavior, tree, write_pickle
from support.rig_recordings import write_sync


@pytest.fixture
def compared(tmp_path):
    """Return a function that compares a session of whose sync lines some are changed, by name of the comparison."""
    pickle = StimulusPickle(write_pickle(tmp_path / "stimulus.pkl", tree(behavior())))
    falls = 10 + pickle.frame_times

    def compare(camera=None, **lines):
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
        found = source_agreement(pickle, clocks, clocks.stimulus(pickle.frames).times, camera)
        return {one.comparison: one for one in found}

    return compare


def counts(row):
    return row.n_expected, row.n_found, row.n_unmatched


def test_sources_of_one_session_agree(compared):
    found = compared(CameraFrames(video=400, lost=0))
    assert {name: counts(row) for name, row in found.items()} == {
        "late_stimulus_frames": (0, 0, 0), "licks": (4, 4, 0), "photodiode_turns": (15, 15, 0),
        "eye_frames": (400, 400, 0), "lost_eye_frames": (0, 0, 0),
    }  # fmt: skip
    assert found["late_stimulus_frames"].deviation_sec < 1e-3
    assert found["licks"].sentence.startswith("licks: 4 in the pickle, 0 of them not on the lick line; 4 on the line")
    assert "0 by one alone" in found["late_stimulus_frames"].sentence


def test_licks_that_the_sensor_did_not_feel_are_counted(compared):
    found = compared(lick_sensor=[1.0, 1.1])
    assert counts(found["licks"]) == (4, 1, 4)
    assert "4 of them not on the lick line; 1 on the line, 1 of them not in the pickle" in found["licks"].sentence


def test_turns_that_a_photodiode_missed_are_counted(compared):
    assert counts(compared(photodiode=[12.0, 13.0, 14.0, 16.0, 17.0, 18.0])["photodiode_turns"]) == (15, 6, 1)


def test_a_clock_that_lost_its_pace_is_measured(compared):
    shaken = np.ravel([[time, time + 0.002] for time in 10 + np.arange(900) / 60 + 0.05 * (np.arange(900) > 400)])
    found = compared(stim_vsync=shaken.tolist())["late_stimulus_frames"]
    assert counts(found) == (0, 1, 1)
    assert 0.02 < found.deviation_sec < 0.05


def test_frames_that_a_camera_lost_are_counted_and_compared_with_its_report(compared):
    found = compared(CameraFrames(video=350, lost=48))
    assert counts(found["eye_frames"]) == (400, 350, 50)
    assert counts(found["lost_eye_frames"]) == (48, 50, 2)
    assert "48 frames lost by its report" in found["eye_frames"].sentence


def test_without_a_video_its_frames_are_not_compared(compared):
    assert not {"eye_frames", "lost_eye_frames"} & set(compared())


def test_lines_that_a_rig_does_not_have_are_not_compared(compared, tmp_path):
    pickle = StimulusPickle(tmp_path / "stimulus.pkl")
    falls = np.ravel([[time, time + 0.002] for time in 10 + pickle.frame_times])
    clocks = Clocks(SyncFile(write_sync(tmp_path / "bare.h5", {"stim_vsync": falls.tolist()})))
    rows = source_agreement(pickle, clocks, clocks.stimulus().times)
    assert [row.comparison for row in rows] == ["late_stimulus_frames"]


def test_the_table_has_the_columns_of_its_declaration(compared):
    found = agreement_table(list(compared().values()))
    assert list(found) == list(session_tables().tables["source_agreement"].columns)
