"""NeuroConv's own tests of a data interface and of its temporal alignment, on a released file, in HDF5 and Zarr."""

from typing import ClassVar

import numpy as np
import pytest
from neuroconv.tools.testing.data_interface_mixins import DataInterfaceTestMixin, TemporalAlignmentMixin
from pynwb import read_nwb

from support.behavior_streams import STREAMS
from support.standard_session import ACTIVE

#: NeuroConv's mixins write each stream many times.
pytestmark = pytest.mark.slow

SHIFT = 1.23


class _OnAReleasedFile(DataInterfaceTestMixin):
    events: ClassVar[dict[str, str]] = {}

    @pytest.fixture(autouse=True)
    def _use(self, tmp_path):
        self.interface_kwargs = {"file_path": str(ACTIVE)}
        self.conversion_options = self.events
        self.save_directory = tmp_path

    def check_extracted_metadata(self, metadata):
        assert metadata["NWBFile"]["session_id"] == "1900011001"
        assert metadata["NWBFile"]["session_start_time"] == "2019-09-20T09:59:38.837000+00:00"
        assert metadata["Subject"]["subject_id"] == "457841"
        assert metadata["Subject"]["age"] == "P206D"

    def check_read_nwb(self, nwbfile_path):
        nwbfile = read_nwb(nwbfile_path)
        try:
            self.check_content(nwbfile)
        finally:
            nwbfile.get_read_io().close()


class _WithTimes(_OnAReleasedFile, TemporalAlignmentMixin):
    def check_content(self, nwbfile):
        assert np.array_equal(self.times(nwbfile), self.interface.get_original_timestamps())

    def check_nwbfile_temporal_alignment(self):
        path = self.save_directory / "shifted.nwb"
        interface = self.data_interface_cls(**self.interface_kwargs)
        interface.set_aligned_starting_time(SHIFT)
        interface.run_conversion(nwbfile_path=str(path), metadata=interface.get_metadata())
        nwbfile = read_nwb(str(path))
        try:
            assert np.array_equal(self.times(nwbfile), interface.get_original_timestamps() + SHIFT)
        finally:
            nwbfile.get_read_io().close()


class TestLicks(_WithTimes):
    data_interface_cls = STREAMS["Licks"]

    def times(self, nwbfile):
        return nwbfile.get_events_table("licks")["timestamp"].data[:]


class TestLicksAsSeries(TestLicks):
    events: ClassVar[dict[str, str]] = {"events": "series"}

    def check_content(self, nwbfile):
        licks = nwbfile.processing["behavior"]["licks"]
        assert np.array_equal(licks.timestamps[:], self.interface.get_original_timestamps())


class TestRewards(_WithTimes):
    data_interface_cls = STREAMS["Rewards"]

    def times(self, nwbfile):
        return nwbfile.get_events_table("rewards")["timestamp"].data[:]


class TestRewardsAsSeries(TestRewards):
    events: ClassVar[dict[str, str]] = {"events": "series"}

    def check_content(self, nwbfile):
        behavior = nwbfile.processing["behavior"]
        for name in ("reward_volume", "auto_rewarded"):
            assert np.array_equal(behavior[name].timestamps[:], self.interface.get_original_timestamps())


class TestRunning(_WithTimes):
    data_interface_cls = STREAMS["Running"]

    def times(self, nwbfile):
        return nwbfile.processing["behavior"]["running_speed"].timestamps[:]


class TestStimulusTimestamps(_WithTimes):
    data_interface_cls = STREAMS["StimulusTimestamps"]

    def times(self, nwbfile):
        return nwbfile.processing["behavior"]["stimulus_timestamps"].timestamps[:]


class TestStimulusPresentations(_WithTimes):
    data_interface_cls = STREAMS["StimulusPresentations"]

    def times(self, nwbfile):
        return nwbfile.intervals["stimulus_presentations"]["start_time"].data[:]


class TestStimulusTemplates(_WithTimes):
    data_interface_cls = STREAMS["StimulusTemplates"]

    @pytest.fixture(autouse=True)
    def _read_references_from_zarr(self, monkeypatch):
        """hdmf-zarr stores the order of images as pickled references, which numcodecs unpickles only when told to."""
        monkeypatch.setattr("numcodecs.pickles.ALLOW_UNSAFE_PICKLE_DECODE", True)

    def times(self, nwbfile):
        return nwbfile.stimulus["stimulus_image_presentations"].timestamps[:]


class TestTrials(_WithTimes):
    data_interface_cls = STREAMS["Trials"]

    def times(self, nwbfile):
        return nwbfile.trials["start_time"].data[:]


class TestEyeTracking(_WithTimes):
    data_interface_cls = STREAMS["EyeTracking"]

    def times(self, nwbfile):
        return nwbfile.processing["behavior"]["EyeTracking"]["pupil_tracking"].timestamps[:]


class TestTaskParameters(_OnAReleasedFile):
    data_interface_cls = STREAMS["TaskParameters"]

    def check_content(self, nwbfile):
        row = nwbfile.processing["behavior"]["task_parameters"].to_dataframe().iloc[0]
        assert list(row["response_window_sec"]) == [0.15, 0.75]
        assert row["image_set"] == "images_A"


class TestSessionMetadata(_OnAReleasedFile):
    data_interface_cls = STREAMS["SessionMetadata"]

    def check_content(self, nwbfile):
        row = nwbfile.processing["behavior"]["session_metadata"].to_dataframe().iloc[0]
        assert (row["behavior_session_id"], row["ophys_session_id"]) == (1900011001, 1900011002)
        assert row["cre_line"] == "Sst-IRES-Cre"
