"""Clocks of a rig: how pulses become the times of streams."""

import json

import numpy as np
import pytest
from neuroconv.datainterfaces import DeepLabCutInterface
from pynwb.testing.mock.file import mock_NWBFile

from nwbgate.errors import SourceError, UsageError
from nwbgate.interfaces.visual_behavior.behavior.licks_and_rewards import LicksInterface
from nwbgate.interfaces.visual_behavior_rig.sync.clocks import Clocks
from nwbgate.interfaces.visual_behavior_rig.sync.sync_file import SyncFile
from support.development_data import shared
from support.rig_recordings import pulses, write_sync
from support.standard_session import ACTIVE

STIMULUS = pulses(10.0, 1 / 60, 300)
LINES = {
    "2p_vsync": pulses(9.0, 0.1, 20),
    "stim_vsync": STIMULUS,
    "cam2_exposure": pulses(9.5, 1 / 30, 50),
    "cam1_exposure": [9 + 0.03 * edge + 0.001 * (edge % 3) for edge in range(40)],
    "photodiode": [10.02 + second for second in range(5)],
}


@pytest.fixture
def clocks(tmp_path):
    return Clocks(SyncFile(write_sync(tmp_path / "sync.h5", LINES)))


@pytest.mark.parametrize("frames", [300, 299])
def test_stimulus_frames_are_falling_edges_one_or_none_more(clocks, frames):
    times = clocks.stimulus(frames).times
    assert (len(times), times[0]) == (300, pytest.approx(10.001))


@pytest.mark.parametrize("frames", [301, 298])
def test_other_numbers_of_stimulus_frames_are_refused(clocks, frames):
    with pytest.raises(SourceError, match="differ") as error:
        clocks.stimulus(frames)
    assert "300" in error.value.got
    assert str(frames) in error.value.expected


def test_the_spike_of_a_starting_board_is_dropped_and_named(tmp_path):
    sync = SyncFile(write_sync(tmp_path / "sync.h5", {"stim_vsync": [3.0, 3.001, *STIMULUS]}))
    clock = Clocks(sync).stimulus(300)
    assert clock.times[0] == pytest.approx(10.001)
    assert "first pulse" in clock.decisions[0]


def test_a_few_surplus_frames_of_a_single_plane_are_cut_and_named(clocks):
    clock = clocks.imaging(16)
    assert clock.times == pytest.approx(9.0 + np.arange(16) * 0.1)
    assert clock.decisions == ("4 of 20 pulses of the two-photon frames cut at the end: the stream has 16 samples",)


def test_more_surplus_is_cut_only_where_it_is_allowed(clocks):
    with pytest.raises(SourceError, match="does not fit") as error:
        clocks.imaging(13)
    assert error.value.got == "20 pulses for 13 samples"
    assert len(clocks.imaging(13, allow_trim=7).times) == 13


def test_groups_of_planes_share_frames_in_turn_without_any_surplus(clocks):
    assert clocks.imaging(10, group=1, groups=2).times == pytest.approx(9.1 + np.arange(10) * 0.2)
    with pytest.raises(SourceError, match="does not fit"):
        clocks.imaging(9, group=1, groups=2)
    assert len(clocks.imaging(9, group=1, groups=2, allow_trim=1).times) == 9


def test_falling_frames_begin_with_the_first_imaging_trigger(tmp_path):
    lines = {**LINES, "2p_trigger": [9.25, 11.5]}
    clock = Clocks(SyncFile(write_sync(tmp_path / "sync.h5", lines))).imaging(17, edge="falling")
    assert clock.times == pytest.approx(9.301 + np.arange(17) * 0.1)
    assert clock.decisions == ("3 of 20 pulses of the two-photon frames cut at the start: no imaging trigger yet",)


def test_without_a_trigger_line_every_falling_edge_is_a_frame(clocks):
    clock = clocks.imaging(edge="falling")
    assert clock.times == pytest.approx(9.001 + np.arange(20) * 0.1)
    assert not clock.decisions


def test_fewer_pulses_than_frames_are_refused(clocks):
    with pytest.raises(SourceError, match="does not fit"):
        clocks.imaging(21, allow_trim=5)
    with pytest.raises(SourceError, match="does not fit"):
        clocks.camera("eye", 51)


def test_any_surplus_of_a_camera_is_cut(clocks):
    assert len(clocks.camera("eye", 10).times) == 10


def test_the_delay_is_measured_or_tabled_and_says_so(clocks, tmp_path):
    frames = clocks.stimulus().times
    delay = clocks.monitor_delay("CAM2P.4", frames)
    assert delay.seconds == pytest.approx(0.019)
    assert "measured" in delay.decision
    dark = Clocks(SyncFile(write_sync(tmp_path / "dark.h5", {"stim_vsync": STIMULUS})))
    assert dark.monitor_delay("MESO.1", frames).seconds == 0.03613
    assert "tabled: no line of a photodiode" in dark.monitor_delay("MESO.1", frames).decision
    with pytest.raises(SourceError, match="unknown monitor delay"):
        dark.monitor_delay("MYRIG", frames)


@pytest.fixture
def poses(tmp_path):
    """Poses of one body part in 20 frames, as DeepLabCut exports them."""
    head = "scorer,net,net,net\nbodyparts,paw,paw,paw\ncoords,x,y,likelihood\n"
    path = tmp_path / "mouseDLC_net.csv"
    path.write_text(head + "".join(f"{frame},1.0,2.0,0.9\n" for frame in range(20)))
    return DeepLabCutInterface(file_path=path)


def test_an_interface_of_neuroconv_takes_its_times_from_a_clock(clocks, poses):
    clock = clocks.camera("behavior").align(poses, samples=20)
    nwbfile = mock_NWBFile()
    poses.add_to_nwbfile(nwbfile)
    series = next(iter(nwbfile.processing["behavior"].data_interfaces.values())).pose_estimation_series
    assert series["PoseEstimationSeriesPaw"].timestamps[:] == pytest.approx(clock.times)


def test_a_clock_that_does_not_fit_aligns_nothing(clocks, poses):
    with pytest.raises(SourceError, match="does not fit") as error:
        clocks.line("2p_vsync").align(poses, samples=21)
    assert error.value.got == "20 pulses for 21 samples"
    with pytest.raises(UsageError, match="its number of samples"):
        clocks.line("2p_vsync").align(poses)


def test_an_interface_that_knows_its_samples_is_asked(clocks):
    released = LicksInterface(file_path=ACTIVE)
    licks = len(released.get_original_timestamps())
    with pytest.raises(SourceError, match="does not fit") as error:
        clocks.line("2p_vsync").align(released)
    assert error.value.got == f"20 pulses for {licks} samples"


@pytest.mark.parametrize(
    ("folder", "rig", "plane", "group", "groups"),
    [
        ("ophys_single_plane", "CAM2P.4", 2100110310, 0, 0),
        ("ophys_multiplane", "MESO.1", 2100110410, 0, 2),
        ("ophys_multiplane", "MESO.1", 2100110412, 1, 2),
        ("ophys_passive", "CAM2P.5", 2100110510, 0, 0),
    ],
)
def test_clocks_are_those_of_allensdk(folder, rig, plane, group, groups):
    expected = shared("rig_expected", f"behavior_ophys_experiment_{plane}")
    clocks = Clocks(SyncFile(next(shared("rig_sources", folder).glob("*sync.h5"))))
    first = expected if (expected / "licks.parquet").exists() else expected.with_name(expected.name[:-1] + "0")
    arrays = np.load(expected / "arrays.npz")
    imaging = clocks.imaging(len(arrays["ophys_timestamps"]), group, groups)
    assert np.array_equal(imaging.times, arrays["ophys_timestamps"])
    stimulus = clocks.stimulus().times
    assert np.abs(stimulus - arrays["stimulus_timestamps"]).max() < 1e-12
    delay = json.loads((first / "scalars.json").read_text())["monitor_delay"]
    assert abs(clocks.monitor_delay(rig, stimulus).seconds - delay) < 1e-12
