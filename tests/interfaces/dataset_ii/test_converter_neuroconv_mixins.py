"""NeuroConv's own tests of a data interface and of its temporal alignment, on a made-up recording, in HDF5 and Zarr."""

import numpy as np
import pytest
from neuroconv.tools.testing.data_interface_mixins import DataInterfaceTestMixin, TemporalAlignmentMixin
from pynwb import read_nwb

from nwbgate.interfaces.dataset_ii import CellAttachedVoltageInterface, DfOverFInterface, SpikeTimesInterface


class _OnARecording(DataInterfaceTestMixin, TemporalAlignmentMixin):
    @pytest.fixture(autouse=True)
    def _use(self, recording, tmp_path):
        self.interface_kwargs = {"file_path": str(recording)}
        self.save_directory = tmp_path

    def check_extracted_metadata(self, metadata):
        assert metadata["NWBFile"]["session_id"] == "103991"
        assert metadata["Subject"]["genotype"] == "Emx1-IRES-Cre;Camk2a-tTA;Ai93"
        assert metadata["Subject"]["subject_id"] == "oephys-103991"

    def check_read_nwb(self, nwbfile_path):
        nwbfile = read_nwb(nwbfile_path)
        try:
            self.check_content(nwbfile, self.interface.source)
        finally:
            nwbfile.get_read_io().close()

    def check_nwbfile_temporal_alignment(self):
        path = self.save_directory / "shifted.nwb"
        interface = self.data_interface_cls(**self.interface_kwargs)
        interface.set_aligned_starting_time(1.23)
        interface.run_conversion(nwbfile_path=str(path), metadata=interface.get_metadata())
        nwbfile = read_nwb(str(path))
        try:
            self.check_shifted(nwbfile, interface.source, 1.23)
        finally:
            nwbfile.get_read_io().close()


class TestCellAttachedVoltage(_OnARecording):
    data_interface_cls = CellAttachedVoltageInterface

    def check_content(self, nwbfile, source):
        series = nwbfile.acquisition["ElectricalSeries"]
        assert np.array_equal(series.data[:], source.ephys_raw[:])
        assert (series.starting_time, series.rate) == (0.0, 4000.0)

    def check_shifted(self, nwbfile, _source, shift):
        subtracted = nwbfile.processing["ecephys"]["FilteredEphys"]["ElectricalSeriesBaselineSubtracted"]
        for series in (nwbfile.acquisition["ElectricalSeries"], subtracted):
            assert (series.starting_time, series.rate) == (shift, 4000.0)


class TestSpikeTimes(_OnARecording):
    data_interface_cls = SpikeTimesInterface

    def check_content(self, nwbfile, source):
        assert np.array_equal(nwbfile.units["spike_times"][0], source.spike_times)

    def check_shifted(self, nwbfile, source, shift):
        assert np.array_equal(nwbfile.units["spike_times"][0], source.spike_times + shift)
        assert nwbfile.units["obs_intervals"][0].tolist() == [[shift, source.ephys_seconds + shift]]


class TestDfOverF(_OnARecording):
    data_interface_cls = DfOverFInterface

    def check_content(self, nwbfile, source):
        series = nwbfile.processing["ophys"]["DfOverF"]["RoiResponseSeries"]
        assert np.array_equal(series.data[:], source.dff[:])
        assert (series.starting_time, series.rate) == (0.0, 1 / source.ophys_period)

    def check_shifted(self, nwbfile, _source, shift):
        assert nwbfile.processing["ophys"]["DfOverF"]["RoiResponseSeries"].starting_time == shift
