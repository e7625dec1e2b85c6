"""Files of a rig at a glance: what a pickle and a sync file hold, and their tables."""

import h5py
import numpy as np
import pytest

from nwbgate.errors import SourceError, UsageError
from nwbgate.interfaces.raw_source import raw_source
from support.rig_pickles import behavior, tree, write_pickle
from support.rig_recordings import pulses, write_sync


@pytest.fixture
def stimulus(tmp_path):
    return str(write_pickle(tmp_path / "stimulus.pkl", tree(behavior())))


@pytest.fixture
def sync(tmp_path):
    lines = {"vsync_stim": pulses(1.0, 0.02, 10), "mine": [2.0, 2.00005], "quiet": []}
    return str(write_sync(tmp_path / "a.sync", lines))


def test_a_pickle_at_a_glance(stimulus):
    facts = raw_source(stimulus).glance()
    assert facts["session type"] == "OPHYS_1_images_A"
    assert facts["frames"].startswith("900 at 60 Hz, 0 of them late")
    assert facts["trials"] == ("3: 1 hit, 0 miss, 0 false alarm, 1 correct reject, 0 auto rewarded, 1 aborted")
    assert facts["licks"] == "4 (last lick left out: it is on frame 900, one past the last)"
    assert facts["rewards"] == "1, 0.007 mL"
    assert facts["movie"] == "none"


def test_late_frames_are_counted(tmp_path):
    items = behavior()
    items["intervalsms"][[5, 50]] = 40.0
    facts = raw_source(str(write_pickle(tmp_path / "late.pkl", tree(items)))).glance()
    assert "2 of them late, the longest interval is 40.0 ms" in facts["frames"]


def test_tables_of_a_pickle_are_on_its_own_clock(stimulus):
    tables = raw_source(stimulus)
    assert tables["trials"]["hit"].tolist() == [True, False, False]
    assert len(tables["running"]) == 900
    assert tables["stimulus_presentations"]["start_frame"][0] == 90
    assert tables.entries["trials"].count() == 3
    assert [len(tables[name]) for name in tables] == [4, 1, 3, 15, 900, 1]


def test_a_sync_file_at_a_glance(sync):
    facts = raw_source(sync).glance()
    assert facts["counter"] == "100000 Hz, 32 bits, wrapped 0x"
    assert facts["line vsync_stim"] == "stimulus frames: 10 rising, 10 falling, 50.00 Hz, from 1.000 s"
    assert facts["line mine"] == "1 rising, 1 falling, from 2.000 s"
    assert facts["line quiet"] == "never changed"


def test_tables_of_a_sync_file_are_its_lines_and_their_edges(sync):
    tables = raw_source(sync)
    lines = tables["lines"].set_index("line")
    assert lines.loc["mine", "glitches"] == 1
    assert np.isnan(lines.loc["quiet", "first"])
    assert tables["vsync_stim"]["rising"].tolist() == [True, False] * 10
    assert len(tables) == 4


def test_a_table_that_is_not_there_is_named_with_those_that_are(sync):
    with pytest.raises(UsageError, match="no table 'line'") as error:
        raw_source(sync)["line"]
    assert error.value.fix == "did you mean 'lines'?"


def test_other_files_are_none_of_a_rig(tmp_path):
    (tmp_path / "text.h5").write_text("no HDF5")
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["data"] = [1]
    with h5py.File(tmp_path / "file.nwb", "w") as file:
        file.attrs["neurodata_type"] = "NWBFile"
        file["data"], file["meta"] = [1], "x"
    for name in ("text.h5", "other.h5", "file.nwb", "none.pkl", "none.h5"):
        assert raw_source(str(tmp_path / name)) is None


def test_an_unsound_file_of_a_rig_is_an_error(tmp_path):
    (tmp_path / "bad.pkl").write_bytes(b"")
    with pytest.raises(SourceError, match="is empty"):
        raw_source(str(tmp_path / "bad.pkl"))
