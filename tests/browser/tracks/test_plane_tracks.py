"""Planes of a session as tracks."""

from shutil import copyfile

import h5py

import nwbgate
from nwbgate.browser.tracks.plane_tracks import plane_tracks
from support.standard_session import ACTIVE


def test_a_plane_without_a_table_of_cells_is_noted(tmp_path):
    copyfile(ACTIVE, tmp_path / "a.nwb")
    with h5py.File(tmp_path / "a.nwb", "r+") as file:
        del file["processing/ophys/image_segmentation"]
    notes: list[str] = []
    with nwbgate.open(tmp_path / "a.nwb") as session:
        tracks, images = plane_tracks(session, notes)
    assert (tracks, images) == ([], [])
    assert "no table of cells" in notes[0]


def test_the_planes_of_a_whole_file_need_no_note():
    notes: list[str] = []
    with nwbgate.open(ACTIVE) as session:
        tracks, images = plane_tracks(session, notes)
    assert len(images) == 1
    assert tracks
    assert notes == []
