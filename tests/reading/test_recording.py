"""Recordings read back: what h5py reads from the source that they were converted from."""

import pickle

import h5py
import numpy as np
import pytest

from nwbgate.conversion.batches.batch import convert_batch
from nwbgate.errors import SourceError
from nwbgate.reading.name_hints import known_names
from nwbgate.reading.recording import Recording, is_recording
from support.converted_sessions import converted_recordings, session_files
from support.development_data import shared


@pytest.fixture(scope="session")
def samples(tmp_path_factory):
    """Made-up sources and their converted files, by recording."""
    folder = converted_recordings(tmp_path_factory.getbasetemp())
    files = session_files(folder)
    return {name: (folder / "sources" / f"{name}.h5", path) for name, path in files.items()}


@pytest.fixture(params=range(3))
def sample(request, samples):
    source, path = sorted(samples.values())[request.param]
    return source, Recording(path)


@pytest.fixture(scope="session")
def real(tmp_path_factory):
    """The recordings of the development data and their converted files."""
    sources = shared("dataset_ii")
    folder = tmp_path_factory.mktemp("real_recordings")
    convert_batch("dataset_ii", [sources], folder / "nwb")
    return [(sources / f"{name}.h5", path) for name, path in session_files(folder).items()]


def assert_as_in_source(recording, source):
    with h5py.File(source) as file:
        numbers = {name: np.ravel(file[name][()]) for name in file if name != "genotype"}
        genotype = np.ravel(file["genotype"][()])[0]
    np.testing.assert_array_equal(recording.voltage, numbers["ephys_raw"])
    np.testing.assert_array_equal(recording.baseline_subtracted, numbers["ephys_baseline_subtracted"])
    np.testing.assert_array_equal(recording.dff, numbers["dff"])
    np.testing.assert_array_equal(recording.spike_times, numbers["sptimes"])
    assert recording.threshold == next(numbers[key][0] for key in ("quiroga", "quiroma") if key in numbers)
    dte, dto = numbers["dte"][0], numbers["dto"][0]
    assert recording.sampling_periods == pytest.approx({"voltage": dte, "dff": dto}, rel=1e-12)
    assert recording.voltage_rate == pytest.approx(1 / dte, rel=1e-12)
    assert recording.voltage_start == 0
    np.testing.assert_allclose(recording.voltage_timestamps, np.arange(len(recording.voltage)) * dte, rtol=1e-12)
    np.testing.assert_allclose(recording.dff_timestamps, np.arange(len(recording.dff)) * dto, rtol=1e-12)
    np.testing.assert_allclose(recording.observed, [[0, len(recording.voltage) * dte]], rtol=1e-6)
    assert recording.metadata["genotype"] == (genotype.decode() if isinstance(genotype, bytes) else genotype)
    assert recording.metadata["recording_id"] == source.stem


def test_arrays_are_those_of_the_source(sample):
    source, recording = sample
    assert_as_in_source(recording, source)
    assert {recording.voltage.dtype, recording.dff.dtype, recording.spike_times.dtype} == {np.dtype("f8")}
    assert recording.voltage.ndim == recording.dff.ndim == recording.spike_times.ndim == 1


def test_real_spikes_and_fluorescence_are_those_of_the_source(real):
    assert real
    for source, path in real:
        assert_as_in_source(Recording(path), source)


def test_what_is_known_of_mouse_and_threshold_is_there(sample):
    _, recording = sample
    assert recording.metadata["subject_id"].startswith("oephys-")
    assert recording.metadata["indicator"].startswith("GCaMP6")
    assert recording.metadata["location"] == "VISp2/3"
    assert "volts" in recording.metadata["threshold_description"]
    assert "Unknown" in recording.metadata["notes"]


def test_everything_is_read_once_and_kept(sample):
    _, recording = sample
    assert recording.voltage is recording.voltage
    again = pickle.loads(pickle.dumps(recording))
    assert "voltage" not in again.__dict__
    np.testing.assert_array_equal(again.dff, recording.dff)
    recording.close()
    assert len(recording.voltage)


@pytest.fixture
def changed(samples, tmp_path):
    """Return a converted recording after a change to a copy of it."""

    def make(change):
        _, path = next(iter(samples.values()))
        copy = tmp_path / "changed.nwb"
        copy.write_bytes(path.read_bytes())
        with h5py.File(copy, "r+") as file:
            change(file)
        return Recording(copy)

    return make


GONE = {
    "voltage": "acquisition/ElectricalSeries",
    "baseline_subtracted": "processing/ecephys/FilteredEphys",
    "dff": "processing/ophys/DfOverF",
    "spike_times": "units/spike_times",
    "threshold": "units/spike_detection_threshold",
    "observed": "units/obs_intervals",
}


@pytest.mark.parametrize("name", GONE)
def test_what_is_not_there_is_said_with_what_there_is(changed, name):
    recording = changed(lambda file: file.pop(GONE[name]))
    with pytest.raises(AttributeError, match=f"changed.nwb has no {name}; it has ") as caught:
        getattr(recording, name)
    there = str(caught.value).split("it has ")[1].split(", ")
    assert set(there) == set(GONE) - {name}


def test_a_file_without_units_has_no_spikes(changed):
    with pytest.raises(AttributeError, match="has no spike_times"):
        changed(lambda file: file.pop("units")).spike_times  # noqa: B018


def test_what_a_recording_is(changed, samples):
    for _, path in samples.values():
        with h5py.File(path) as file:
            assert is_recording(file)
    assert not is_recording(changed(lambda file: file.pop("units")).file)
    assert not is_recording(changed(lambda file: file.pop("acquisition/ElectricalSeries")).file)


def test_irregular_samples_have_their_times(changed):
    def change(file):
        series = file["acquisition/ElectricalSeries"]
        del series["starting_time"]
        samples = len(series["data"])
        series["timestamps"] = 3.0 + np.arange(samples) ** 1.0001 / 1000

    recording = changed(change)
    times = recording.voltage_timestamps
    assert recording.voltage_start == times[0] == 3.0
    assert recording.voltage_rate == pytest.approx((len(times) - 1) / (times[-1] - times[0]))


def test_numbers_are_given_in_volts(changed):
    def change(file):
        file["acquisition/ElectricalSeries/data"].attrs.update(conversion=1e-3, offset=2.0)

    recording = changed(change)
    with h5py.File(recording.path) as file:
        stored = file["acquisition/ElectricalSeries/data"][()]
    np.testing.assert_array_equal(recording.voltage, stored * 1e-3 + 2.0)


def test_a_damaged_voltage_is_named(changed):
    recording = changed(lambda file: None)
    with h5py.File(recording.path) as file:
        data = file["acquisition/ElectricalSeries/data"]
        where = data.id.get_chunk_info(0).byte_offset
    content = bytearray(recording.path.read_bytes())
    content[where + 50 : where + 90] = bytes(40)
    recording.path.write_bytes(content)
    with pytest.raises(SourceError, match="cannot read the dataset") as caught:
        recording.voltage  # noqa: B018
    assert "ElectricalSeries/data, chunk at (0,)" in caught.value.where


def test_names_of_the_source_are_answered_with_the_right_ones(sample):
    _, recording = sample
    for wrong, right in known_names()["recording"].items():
        with pytest.raises(AttributeError) as caught:
            getattr(recording, wrong)
        if right.startswith("nothing: "):
            continue
        assert str(caught.value) == f"a recording has no attribute {wrong!r}; the correct name is {right}"
        assert eval(right, {}, {"recording": recording}) is not None


def test_what_only_a_session_has_is_said_to_be_there(sample):
    with pytest.raises(AttributeError) as caught:
        sample[1].trials  # noqa: B018
    assert str(caught.value) == "a recording has no attribute 'trials'; a session of behavior has them"


def test_an_attribute_that_is_not_there_is_answered_with_the_nearest(sample):
    with pytest.raises(AttributeError, match="did you mean 'spike_times'"):
        sample[1].spiketimes  # noqa: B018
