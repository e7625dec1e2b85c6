"""Streams of a recording moved in time: by interface, converter, metadata or NeuroConv's hook, and what is refused."""

import h5py
import numpy as np
import pytest

import nwbgate
from nwbgate.errors import MetadataError, UsageError
from nwbgate.interfaces.dataset_ii import DatasetIIConverter

SUBTRACTED = "processing/ecephys/FilteredEphys/ElectricalSeriesBaselineSubtracted"
DFF = "processing/ophys/DfOverF/RoiResponseSeries"


def start(file, name):
    return file[name]["starting_time"][()]


def test_a_shift_of_dff_moves_dff_alone(converter, written):
    converter.data_interface_objects["DfOverF"].set_aligned_starting_time(0.05)
    file = written(converter)
    assert start(file, DFF) == 0.05
    assert start(file, "acquisition/ElectricalSeries") == start(file, SUBTRACTED) == 0.0
    assert np.array_equal(file["units/spike_times"], converter.recording.source.spike_times)


@pytest.mark.parametrize("stream", ["CellAttachedVoltage", "SpikeTimes"])
def test_a_shift_of_voltage_or_spikes_moves_both(converter, written, stream):
    converter.data_interface_objects[stream].set_aligned_starting_time(0.2)
    file, source = written(converter), converter.recording.source
    assert start(file, "acquisition/ElectricalSeries") == start(file, SUBTRACTED) == 0.2
    assert np.array_equal(file["units/spike_times"], source.spike_times + 0.2)
    assert file["units/obs_intervals"][()].tolist() == [[0.2, source.ephys_seconds + 0.2]]
    assert start(file, DFF) == 0.0


def test_shifts_of_the_metadata_are_written_and_named(converter, written):
    file = written(
        converter, metadata={**converter.get_metadata(), "Alignment": {"ephys_shift": 0.5, "ophys_shift": -0.1}}
    )
    assert start(file, "acquisition/ElectricalSeries") == start(file, SUBTRACTED) == 0.5
    assert np.array_equal(file["units/spike_times"], converter.recording.source.spike_times + 0.5)
    assert file["units/obs_intervals"][0, 0] == 0.5
    assert start(file, DFF) == -0.1
    notes = file["general/notes"][()].decode()
    assert "Times of ephys are shifted by 0.5 s" in notes
    assert "Times of ophys are shifted by -0.1 s" in notes
    assert "start together (assumed)" not in notes


@pytest.mark.parametrize("key", ["ephys_shift", "ophys_shift"])
def test_a_shift_that_is_not_finite_is_refused(converter, key):
    with pytest.raises(MetadataError, match=f"Alignment.{key}"):
        converter.create_nwbfile(metadata={"Alignment": {key: float("nan")}})


def test_a_file_written_before_an_alignment_is_not_up_to_date_after_it(recording, tmp_path):
    def converted(shift):
        converter = DatasetIIConverter.from_file(recording)
        converter.data_interface_objects["DfOverF"].set_aligned_starting_time(shift)
        status = nwbgate.convert_session(converter, tmp_path / "a.nwb", check=False).status
        with h5py.File(tmp_path / "a.nwb") as file:
            return status, start(file, DFF), file["identifier"].asstr()[()]

    status, time, before = converted(0.0)
    assert (status, time) == ("converted", 0.0)
    status, time, after = converted(0.05)
    assert (status, time) == ("converted", 0.05)
    assert after != before
    assert converted(0.05)[0] == "skipped"


def test_writing_twice_shifts_once(converter):
    shifted = {"Alignment": {"ophys_shift": 0.3}}
    for _ in range(2):
        nwbfile = converter.create_nwbfile(metadata=shifted)
        assert nwbfile.processing["ophys"]["DfOverF"]["RoiResponseSeries"].starting_time == 0.3


def test_irregular_alignment_of_the_voltage_is_written_as_timestamps_and_moves_the_spikes(converter, written):
    voltage = converter.data_interface_objects["CellAttachedVoltage"]
    times = voltage.get_original_timestamps()
    jittered = times + np.random.default_rng(0).uniform(0, 1e-4, len(times))
    voltage.set_aligned_timestamps(jittered)
    file, source = written(converter), converter.recording.source
    raw = file["acquisition/ElectricalSeries"]
    assert np.array_equal(raw["timestamps"], jittered)
    assert file[SUBTRACTED]["timestamps"] == raw["timestamps"]  # one dataset, linked
    assert file["units/spike_times"][()] == pytest.approx(np.interp(source.spike_times, times, jittered))
    assert "starting_time" not in raw
    assert start(file, DFF) == 0.0


def test_a_drifted_clock_of_dff_is_written_as_a_rate(converter, written):
    dff = converter.data_interface_objects["DfOverF"]
    dff.align_by_interpolation(np.array([0.0, 100.0]), np.array([0.0, 100.1]))
    series = written(converter)[DFF]["starting_time"]
    assert series[()] == 0.0
    assert series.attrs["rate"] == pytest.approx(1 / (converter.recording.source.ophys_period * 1.001), rel=1e-9)


def test_a_stream_aligned_backwards_is_not_written(converter):
    dff = converter.data_interface_objects["DfOverF"]
    dff.set_aligned_timestamps(dff.get_original_timestamps()[::-1])
    with pytest.raises(UsageError, match="do not ascend"):
        converter.create_nwbfile()


def test_a_subclass_can_align_in_neuroconvs_hook(recording, written):
    class Late(DatasetIIConverter):
        def temporally_align_data_interfaces(self, metadata=None, conversion_options=None):
            self.data_interface_objects["DfOverF"].set_aligned_starting_time(0.7)

    assert start(written(Late.from_file(recording)), DFF) == 0.7


# Pipes and other people's files
