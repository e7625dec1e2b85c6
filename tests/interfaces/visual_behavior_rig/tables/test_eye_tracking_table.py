"""Eye ellipses as pandas writes them, the camera's report, and the table of both."""

import json
import pickle

import h5py
import numpy as np
import pytest

from nwbgate.errors import SourceError
from nwbgate.interfaces.visual_behavior_rig.tables.camera_report import read_camera_report
from nwbgate.interfaces.visual_behavior_rig.tables.eye_ellipses import MEASURES, PARTS, read_ellipses
from nwbgate.interfaces.visual_behavior_rig.tables.eye_tracking_table import eye_tracking_table

FRAMES = 40
VALUES = np.random.default_rng(2).uniform(10, 11, (FRAMES, 5))
PULSES = 5 + np.arange(FRAMES) / 30
#: Columns in the order in which pandas sorts them.
SORTED = sorted(MEASURES)


def write_fixed(path, values=VALUES, names=SORTED):
    with h5py.File(path, "w") as file:
        for part in PARTS:
            file[f"{part}/block0_items"] = np.array(names, dtype="S8")
            file[f"{part}/block0_values"] = values
    return path


def write_table(path, kind):
    rows = np.zeros(FRAMES, dtype=[("index", "i8"), ("values_block_0", "c16", (5,))])
    rows["values_block_0"] = VALUES + 1j
    with h5py.File(path, "w") as file:
        for part in PARTS:
            file[f"{part}/table"] = rows
            file[f"{part}/table"].attrs["values_block_0_kind"] = np.void(kind)
    return path


@pytest.mark.parametrize("protocol", [0, 2, 4])
def test_both_layouts_hold_the_same_ellipses(tmp_path, protocol):
    fixed = read_ellipses(write_fixed(tmp_path / "fixed.h5"))
    table = read_ellipses(write_table(tmp_path / "table.h5", pickle.dumps(SORTED, protocol=protocol)))
    for part in PARTS:
        for place, name in enumerate(SORTED):
            assert np.array_equal(fixed[part][name], VALUES[:, place])
            assert np.array_equal(table[part][name], VALUES[:, place])


def test_a_pickle_among_the_attributes_is_not_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    evil = b"cposix\nmkdir\n(S'marker'\ntR." + " ".join(SORTED).encode()
    assert read_ellipses(write_table(tmp_path / "evil.h5", evil))["eye"]["phi"].shape == (FRAMES,)
    assert not (tmp_path / "marker").exists()


@pytest.mark.parametrize(
    ("write", "got"),
    [
        (lambda path: write_table(path, b"nothing"), "no names of its columns"),
        (lambda path: write_fixed(path, names=["center_x", "a", "b", "c", "d"]), "no center_y, width, height, phi"),
        (lambda path: write_fixed(path, values=VALUES[:, :3]), "values of shape (40, 3)"),
        (lambda path: h5py.File(path, "w").close(), "nothing at the top"),
    ],
)
def test_other_files_are_refused(tmp_path, write, got):
    write(tmp_path / "other.h5")
    with pytest.raises(SourceError, match="does not hold ellipses") as error:
        read_ellipses(tmp_path / "other.h5")
    assert got in error.value.got


def test_parts_of_different_lengths_are_refused(tmp_path):
    path = write_fixed(tmp_path / "uneven.h5")
    with h5py.File(path, "r+") as file:
        del file["cr/block0_values"]
        file["cr/block0_values"] = VALUES[:7]
    with pytest.raises(SourceError) as error:
        read_ellipses(path)
    assert error.value.got == "cr 7, eye 40, pupil 40"


@pytest.fixture
def ellipses(tmp_path):
    return read_ellipses(write_fixed(tmp_path / "ellipses.h5"))


def test_blinks_make_areas_and_axes_unknown_and_keep_raw_areas_and_centers(ellipses):
    ellipses["eye"]["width"][10] = np.nan
    table, decisions = eye_tracking_table(ellipses, PULSES)
    blinks = np.flatnonzero(table["likely_blink"])
    assert blinks.tolist() == [8, 9, 10, 11, 12]
    for name in ("cr_area", "pupil_area", "eye_height", "pupil_phi"):
        assert np.flatnonzero(table[name].isna()).tolist() == blinks.tolist()
    for name in ("cr_width", "eye_center_x", "pupil_area_raw"):
        assert table[name].notna().all()
    assert decisions == []


def test_surplus_pulses_are_cut_at_the_end_and_named(ellipses):
    table, decisions = eye_tracking_table(ellipses, np.append(PULSES, [90.0, 91.0]))
    assert table["timestamps"].tolist() == PULSES.tolist()
    assert decisions == ["2 of 42 pulses of the eye camera cut at the end"]


def test_a_first_frame_of_metadata_is_dropped(ellipses):
    table, decisions = eye_tracking_table(ellipses, PULSES[:-1], begins_with_metadata=True)
    assert table["eye_center_x"].tolist() == ellipses["eye"]["center_x"][1:].tolist()
    assert "frame of metadata" in decisions[0]


def test_more_frames_than_pulses_leave_no_table(ellipses):
    table, decisions = eye_tracking_table(ellipses, PULSES[:-3])
    assert len(table) == 0
    assert decisions == ["no eye tracking: 40 frames of the eye camera and 37 pulses"]


@pytest.mark.parametrize(
    ("video", "metadata"), [("Z:\\a_eye.mp4", True), ("a_mvr.avi", True), ("a.avi", False), ("", False)]
)
def test_the_report_says_whether_a_video_begins_with_metadata(tmp_path, video, metadata):
    report = {"RecordingReport": {"VideoOutputFileName": video, "LostFrames": ["13-14,67395-67398", "70000"]}}
    (tmp_path / "report.json").write_text(json.dumps(report))
    found = read_camera_report(tmp_path / "report.json")
    assert (found.begins_with_metadata, found.lost_frames) == (metadata, 7)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"RecordingReport": {"LostFrames": ["a"]}}'])
def test_other_reports_are_refused(tmp_path, content):
    (tmp_path / "report.json").write_text(content)
    with pytest.raises(SourceError, match="not the report"):
        read_camera_report(tmp_path / "report.json")
