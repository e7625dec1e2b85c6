"""A sync file as an interface: NeuroConv's own tests, the edges that it writes, and the clocks that it gives."""

import numpy as np
import pytest
from neuroconv.tools.testing.data_interface_mixins import DataInterfaceTestMixin, TemporalAlignmentMixin
from pynwb import read_nwb
from pynwb.testing.mock.file import mock_NWBFile

from nwbgate.errors import SourceError
from nwbgate.interfaces.visual_behavior_rig.sync.sync_lines import SyncLinesInterface
from support.rig_recordings import pulses, write_sync

LINES = {"vsync_2p": pulses(1.0, 0.1, 5), "lick_sensor": [1.0, 1.05, 1.3, 1.31]}


class TestSyncLines(DataInterfaceTestMixin, TemporalAlignmentMixin):
    data_interface_cls = SyncLinesInterface

    @pytest.fixture(autouse=True)
    def _use(self, tmp_path):
        path = write_sync(tmp_path / "sync.h5", LINES)
        self.interface_kwargs = {"file_path": str(path), "lines": ["vsync_2p", "lick_sensor"]}
        self.save_directory = tmp_path

    def check_read_nwb(self, nwbfile_path):
        nwbfile = read_nwb(nwbfile_path)
        try:
            table = nwbfile.get_events_table("sync_edges").to_dataframe()
            licks = table[table["line"] == "lick_sensor"]
            assert licks["timestamp"].tolist() == pytest.approx([1.0, 1.05, 1.3, 1.31])
            assert licks["rising"].tolist() == [True, False, True, False]
            assert len(table) == 14
        finally:
            nwbfile.get_read_io().close()

    def check_nwbfile_temporal_alignment(self):
        interface, nwbfile = self.data_interface_cls(**self.interface_kwargs), mock_NWBFile()
        interface.set_aligned_starting_time(1.23)
        interface.add_to_nwbfile(nwbfile)
        times = nwbfile.get_events_table("sync_edges")["timestamp"].data[:]
        assert np.unique(times) == pytest.approx(interface.get_original_timestamps() + 1.23)


def test_without_lines_nothing_is_written_and_clocks_are_there(tmp_path):
    interface = SyncLinesInterface(file_path=write_sync(tmp_path / "sync.h5", LINES))
    nwbfile = mock_NWBFile()
    interface.add_to_nwbfile(nwbfile)
    assert not nwbfile.events
    assert interface.clocks.imaging(3).times == pytest.approx([1.0, 1.1, 1.2])


def test_a_line_that_is_not_there_is_refused_at_once(tmp_path):
    with pytest.raises(SourceError, match="no line of the name 'licks'") as error:
        SyncLinesInterface(file_path=write_sync(tmp_path / "sync.h5", LINES), lines=["licks"])
    assert error.value.got == "vsync_2p, lick_sensor"
