"""Sync files: edges of each line in seconds, and files that are none."""

import h5py
import numpy as np
import pytest

from nwbgate.errors import SourceError, UsageError
from nwbgate.interfaces.visual_behavior_rig.sync import sync_file
from nwbgate.interfaces.visual_behavior_rig.sync.sync_file import SyncFile
from support.development_data import shared
from support.rig_recordings import pulses, write_sync

LINES = {"2p_vsync": pulses(1.0, 0.1, 5), "stim_vsync": pulses(1.05, 0.2, 3), "lick_sensor": [1.0, 1.3, 1.8]}


@pytest.fixture
def path(tmp_path):
    return write_sync(tmp_path / "sync.h5", LINES)


def test_edges_are_seconds_of_the_counter(path):
    sync = SyncFile(path)
    assert sync.lines == ("2p_vsync", "stim_vsync", "lick_sensor")
    assert sync.rising("2p_vsync") == pytest.approx([1.0, 1.1, 1.2, 1.3, 1.4])
    assert sync.falling("stim_vsync") == pytest.approx([1.051, 1.251, 1.451])
    assert sync.edges("lick_sensor") == pytest.approx([1.0, 1.3, 1.8])
    assert (sync.rising("lick_sensor").size, sync.falling("lick_sensor").size) == (2, 1)
    assert sync.duration == pytest.approx(1.8)


def test_a_line_that_never_changed_has_no_edge(tmp_path):
    sync = SyncFile(write_sync(tmp_path / "sync.h5", {"quiet": [], "stim_vsync": [1.0]}))
    assert sync.edges("quiet").size == sync.rising("quiet").size == 0


def test_blocks_and_wraps_change_no_edge(tmp_path, path, monkeypatch):
    wrapped = write_sync(tmp_path / "wrapped.h5", LINES, first_count=2**32 - 125_000)
    plain = SyncFile(path)
    for rows in (1, 2, 7):
        monkeypatch.setattr(sync_file, "BLOCK_ROWS", rows)
        sync = SyncFile(wrapped)
        assert sync.wraps == 1
        for line in LINES:
            assert np.allclose(sync.edges(line) - (2**32 - 125_000) / 1e5, plain.edges(line), rtol=0, atol=1e-10)
            assert len(sync.rising(line)) == len(plain.rising(line))


def test_the_rate_is_sample_freq_and_never_sample_rate(tmp_path):
    daq = {"sample_freq": 50_000.0, "counter_output_freq": 1.0, "sample_rate": 7.0, "counter_bits": 32}
    sync = SyncFile(write_sync(tmp_path / "sync.h5", LINES, daq=daq))
    assert sync.rising("2p_vsync")[0] == pytest.approx(2.0)


def test_the_last_of_three_columns_is_the_state(path):
    with h5py.File(path, "r+") as file:
        data = file["data"][()]
        del file["data"]
        file["data"] = np.insert(data, 1, 99, axis=1)
    assert SyncFile(path).rising("2p_vsync") == pytest.approx([1.0, 1.1, 1.2, 1.3, 1.4])


def test_a_missing_line_is_named_with_those_present(path):
    with pytest.raises(SourceError, match="eye camera") as error:
        SyncFile(path).first_line(["cam2_exposure", "eye_tracking"], "eye camera")
    assert error.value.got == "2p_vsync, stim_vsync, lick_sensor"
    assert error.value.expected == "cam2_exposure or eye_tracking"


def test_lines_of_one_name_are_told_apart_by_their_bits(path):
    with h5py.File(path, "r+") as file:
        del file["meta"]
        labels = ["camera", "stim_vsync", "camera"]
        file["meta"] = np.bytes_(repr({"ni_daq": {"counter_output_freq": 1e5}, "line_labels": labels}))
    sync = SyncFile(path)
    assert sync.lines == ("camera (bit 0)", "stim_vsync", "camera (bit 2)")
    assert sync.edges("camera (bit 2)") == pytest.approx([1.0, 1.3, 1.8])
    with pytest.raises(SourceError, match="no line of the name 'camera'"):
        sync.edges("camera")


def test_a_counter_that_runs_backwards_is_refused(path):
    with h5py.File(path, "r+") as file:
        file["data"][5, 0] = 5
    with pytest.raises(SourceError, match="runs backwards"):
        SyncFile(path).edges("2p_vsync")


@pytest.mark.parametrize(
    ("meta", "what"),
    [
        ("[1, 2]", "not a plain dictionary"),
        ("{'ni_daq': dict()}", "not a plain dictionary"),
        ("{'ni_daq': {'counter_output_freq': -1.0}, 'line_labels': ['a']}", "lack the counter's rate"),
        ("{'ni_daq': {'counter_output_freq': 1e5, 'counter_bits': '32'}, 'line_labels': ['a']}", "impossible counter"),
        ("{'ni_daq': {'counter_output_freq': 1e5}, 'line_labels': [1]}", "name the lines"),
    ],
)
def test_metadata_that_are_no_sync_metadata_are_refused(path, meta, what):
    with h5py.File(path, "r+") as file:
        del file["meta"]
        file["meta"] = np.bytes_(meta)
    with pytest.raises(SourceError, match=what):
        SyncFile(path)


def test_data_in_other_files_are_refused(tmp_path, path):
    layout = h5py.VirtualLayout((14, 2), np.uint32)
    layout[...] = h5py.VirtualSource(str(path), "data", (14, 2))
    with h5py.File(tmp_path / "virtual.h5", "w") as file, h5py.File(path) as whole:
        file["meta"] = whole["meta"][()]
        file.create_virtual_dataset("data", layout)
    with pytest.raises(SourceError, match="leads to other files"):
        SyncFile(tmp_path / "virtual.h5")


def test_a_path_without_a_file_is_refused(tmp_path):
    with pytest.raises(UsageError, match="no such file"):
        SyncFile(tmp_path / "none.h5")


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("sync_evil_meta", "not a plain dictionary"),
        ("sync_no_meta", "has no meta"),
        ("sync_no_data", "has no data"),
        ("sync_no_labels", "name the lines"),
        ("sync_no_freq", "lack the counter's rate"),
        ("sync_meta_deep", "not a plain dictionary"),
        ("sync_one_column", "not counter and state"),
        ("sync_empty", "not counter and state"),
        ("sync_float", "not counter and state"),
        ("sync_truncated", "cannot read"),
        ("sync_external", "leads to other files"),
    ],
)
def test_hostile_and_broken_files_are_refused_by_name(name, what, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SourceError, match=what):
        SyncFile(shared("rig_sources", "bad", f"{name}.h5"))
    assert not list(tmp_path.iterdir())


def test_lines_without_names_are_named_as_such():
    sync = SyncFile(shared("rig_sources", "bad", "sync_unlabelled_lines.h5"))
    with pytest.raises(SourceError, match="no line of the stimulus") as error:
        sync.first_line(["vsync_stim"], "stimulus frames")
    assert error.value.got == "lines without names"


def test_every_time_of_a_wrapped_counter_is_the_plain_one_moved():
    folder = shared("rig_sources", "ophys_single_plane")
    plain = SyncFile(folder / "2100110302_20190115_sync.h5")
    wrapped = SyncFile(folder / "variants" / "sync_counter_rollover.h5")
    for line in plain.lines:
        assert np.abs(wrapped.edges(line) - plain.edges(line) - 42607.97296).max() < 1e-10
