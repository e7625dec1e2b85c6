"""A plane of a rig: its clock, its files held against each other, and everything that does not fit refused."""

import json
import shutil

import h5py
import numpy as np
import pytest

from nwbgate.errors import SourceError
from nwbgate.interfaces.visual_behavior_rig.imaging.planes import planes_by_name
from nwbgate.interfaces.visual_behavior_rig.imaging.rig_plane import RigPlane, indicator
from nwbgate.samples.rig.sync_recording import imaging_frames
from support.rig_sample import BY_FOLDER, plane_json, rig_sample


@pytest.fixture
def copied(tmp_path, tmp_path_factory):
    """Return a function that copies a session of the sample and gives the facts of its first plane."""

    def copy(name: str):
        shutil.copytree(rig_sample(tmp_path_factory.getbasetemp()) / name, tmp_path / name)
        return plane_json(tmp_path, name)

    return copy


def rewrite(path, **changes):
    """Replace datasets of an HDF5 file."""
    with h5py.File(path, "a") as file:
        for name, values in changes.items():
            del file[name]
            file[name] = values


def test_surplus_pulses_of_a_microscope_without_groups_are_cut_and_told(copied):
    session = BY_FOLDER["ophys_single_plane"]
    plane = RigPlane(copied("ophys_single_plane"))
    np.testing.assert_array_equal(plane.clock.times, imaging_frames(session, None))
    assert "4 of" in plane.clock.decisions[0]


def shorten(path, frames):
    for name in ("dff", "demixed_traces", "event"):
        file = next(path.parent.glob(f"*_{name}.h5"))
        with h5py.File(file) as opened:
            key = "events" if name == "event" else "data"
            values = opened[key][:, :-frames]
        rewrite(file, **{key: values})


def test_frames_that_do_not_match_are_refused_with_both_numbers(copied):
    path = copied("ophys_multi_plane")
    shorten(path, 2)
    frames = len(imaging_frames(BY_FOLDER["ophys_multi_plane"], 0))
    with pytest.raises(SourceError, match=f"{frames} pulses for {frames - 2} samples"):
        _ = RigPlane(path).clock


def test_surplus_pulses_of_a_group_are_cut_where_that_is_allowed(copied):
    path = copied("ophys_multi_plane")
    shorten(path, 2)
    with pytest.raises(SourceError, match="up to 1 more"):
        _ = RigPlane(path, allow_trim=1).clock
    clock = RigPlane(path, allow_trim=2).clock
    np.testing.assert_array_equal(clock.times, imaging_frames(BY_FOLDER["ophys_multi_plane"], 0)[:-2])
    assert clock.decisions[-1].startswith("2 of")


def test_fewer_pulses_than_frames_are_never_made_up(copied):
    path = copied("ophys_multi_plane")
    file = next(path.parent.glob("*_dff.h5"))
    with h5py.File(file) as opened:
        values = np.pad(opened["data"][()], ((0, 0), (0, 3)))
    rewrite(file, data=values)
    with pytest.raises(SourceError, match="does not fit its stream"):
        _ = RigPlane(path, allow_trim=5).clock


def test_trace_files_of_different_lengths_are_refused(copied):
    path = copied("ophys_multi_plane")
    file = path.parent / "neuropil_traces.h5"
    with h5py.File(file) as opened:
        values = opened["data"][:, :-1]
    rewrite(file, data=values)
    with pytest.raises(SourceError, match="different numbers of frames"):
        RigPlane(path).trace_file("neuropil")


def test_regions_of_another_plane_are_refused(copied):
    path = copied("ophys_multi_plane")
    file = path.parent / "neuropil_correction.h5"
    with h5py.File(file) as opened:
        names = opened["roi_names"][()]
    rewrite(file, roi_names=names + 100)
    with pytest.raises(SourceError, match="that the cell table lacks"):
        RigPlane(path).trace_file("corrected")


def test_a_file_that_the_facts_do_not_name(copied):
    path = copied("ophys_multi_plane")
    facts = json.loads(path.read_text())
    del facts["events_file"]
    path.write_text(json.dumps(facts))
    plane = RigPlane(path)
    assert not plane.has("events")
    assert "lambda" not in plane.described_cells()
    with pytest.raises(SourceError, match="the plane lacks a file"):
        plane.trace_file("events")


def test_planes_of_one_place_are_named_by_their_experiment(tmp_path_factory):
    folder = rig_sample(tmp_path_factory.getbasetemp())
    first, second = (RigPlane(plane_json(folder, "ophys_multi_plane", number)) for number in (0, 1))
    second.name = first.name
    assert list(planes_by_name([second, first])) == ["VISp_150_2600010410", "VISp_150_2600010411"]


def test_planes_of_two_sessions_or_twice_the_same_are_refused(tmp_path_factory):
    folder = rig_sample(tmp_path_factory.getbasetemp())
    single = RigPlane(plane_json(folder, "ophys_single_plane"))
    with pytest.raises(SourceError, match="different sessions"):
        planes_by_name([single, RigPlane(plane_json(folder, "ophys_multi_plane"))])
    with pytest.raises(SourceError, match="of one imaging plane"):
        planes_by_name([single, single])


@pytest.mark.parametrize(("fact", "value"), [("sex", "U"), ("age", "P7"), ("external_specimen_name", "9")])
def test_planes_that_tell_different_facts_of_their_session_are_refused(copied, fact, value):
    first = copied("ophys_multi_plane")
    second = next(path for path in first.parents[1].glob("*/experiment.json") if path != first)
    second.write_text(json.dumps({**json.loads(second.read_text()), fact: value}))
    with pytest.raises(SourceError, match="tell different facts") as error:
        planes_by_name([RigPlane(first), RigPlane(second)])
    assert fact in error.value.got


@pytest.mark.parametrize(
    ("reporter", "expected"),
    [
        ("Ai148(TIT2L-GC6f-ICL-tTA2)", "GCaMP6f"), ("Ai94(TITL-GCaMP6s)", "GCaMP6s"), ("Ai210(TITL-GC7f)", "GCaMP7f"),
        ("Ai14(tdTomato)", "unknown"),
    ],
)  # fmt: skip
def test_the_indicator_is_in_the_name_of_the_reporter(reporter, expected):
    assert indicator([reporter]) == expected
