"""Shifts of motion correction, as their range."""

import shutil

import h5py

from nwbgate.reading.facts.file_frames import session_frames
from support.standard_session import ACTIVE


def test_shifts_have_a_range_per_axis():
    motion = session_frames(ACTIVE, ["motion"])["motion"]
    assert motion[["plane", "axis"]].to_numpy().tolist() == [["VISp_150", "x"], ["VISp_150", "y"]]
    assert (motion["low"] < 0).all()
    assert (motion["high"] > 0).all()


def test_single_frames_that_were_registered_wrongly_do_not_count(tmp_path):
    path = shutil.copy(ACTIVE, tmp_path / "copy.nwb")
    with h5py.File(path, "r+") as file:
        file["processing/ophys/ophys_motion_correction_x/data"][100:130] = 90
    assert session_frames(path, ["motion"])["motion"]["high"].max() < 10
