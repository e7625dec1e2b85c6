"""Recordings as MATLAB saves them (-v7.3), and neurons of few spikes or none: read like any other."""

import h5py
import numpy as np
import pytest

import nwbgate
from nwbgate.errors import SourceError
from nwbgate.interfaces.dataset_ii import DatasetIIConverter
from nwbgate.interfaces.dataset_ii.source import RecordingSource
from nwbgate.samples.dataset_ii import make_recording

GENOTYPE = "Emx1-IRES-Cre;Camk2a-tTA;Ai94"
UNITS = np.array([ord(letter) for letter in GENOTYPE], np.uint16)


@pytest.fixture
def saved(tmp_path):
    """Save a recording as MATLAB does, with a user block, columns and classes, and change it."""

    def save(change):
        plain, path = tmp_path / "plain.h5", tmp_path / "101.h5"
        make_recording(plain, seconds=2, sampling_rate=4000)
        with h5py.File(plain) as source, h5py.File(path, "w", userblock_size=512) as file:
            for name in source:
                if name != "genotype":
                    values = file.create_dataset(name, data=np.atleast_2d(source[name][()]).T)
                    values.attrs["MATLAB_class"] = np.bytes_("double")
            file.create_dataset("genotype", data=UNITS[:, None]).attrs["MATLAB_class"] = np.bytes_("char")
            change(file)
        return path

    return save


def replace(file, name, value, **attributes):
    del file[name]
    file.create_dataset(name, data=value).attrs.update(attributes)


def cell(file, *texts):
    cells = [file.create_dataset(f"#refs#/{row}", data=text).ref for row, text in enumerate(texts)]
    replace(file, "genotype", np.array([cells], h5py.ref_dtype))


@pytest.mark.parametrize(
    "change",
    [
        lambda file: None,
        lambda file: replace(file, "genotype", UNITS[None, :]),
        lambda file: cell(file, UNITS[:, None]),
    ],
    ids=["char", "char as a column", "cellstr"],
)
def test_a_text_of_matlab_is_read(saved, change):
    assert RecordingSource(saved(change)).genotype == GENOTYPE


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda file: replace(file, "genotype", np.vstack([UNITS, UNITS])), "wrong type"),
        (lambda file: cell(file, UNITS, UNITS), "wrong type"),
        (lambda file: cell(file, np.zeros(3)), "wrong type"),
        (lambda file: replace(file, "genotype", np.zeros(2, "u8"), MATLAB_empty=np.uint8(1)), "empty"),
        (lambda file: replace(file, "genotype", np.array([0xD800], np.uint16)), "wrong type"),
    ],
    ids=["two rows", "two cells", "a cell of numbers", "empty", "half a character"],
)
def test_what_is_not_one_text_is_refused(saved, change, what):
    with pytest.raises(SourceError, match=f"genotype .*{what}"):
        RecordingSource(saved(change))


def test_the_fields_of_a_struct_are_to_be_saved_as_variables(saved):
    def struct(file):
        for name in list(file):
            file.move(name, f"data/{name}")

    with pytest.raises(SourceError, match="-struct"):
        RecordingSource(saved(struct))


SPIKES = {
    "none": (np.zeros(0), 0),
    "none, in a row": (np.zeros((1, 0)), 0),
    "none, of MATLAB": (np.zeros(2, "u8"), 0),
    "null": (h5py.Empty("f8"), 0),
    "one, scalar": (0.5, 1),
    "one": (np.array([0.5]), 1),
}


@pytest.mark.parametrize("label", SPIKES)
def test_a_neuron_of_few_spikes_or_none_is_read(saved, label):
    value, number = SPIKES[label]
    attributes = {"MATLAB_empty": np.uint8(1)} if "MATLAB" in label else {}
    path = saved(lambda file: replace(file, "sptimes", value, **attributes))
    assert RecordingSource(path).spike_times.tolist() == [0.5] * number


@pytest.mark.parametrize("label", ["none, of MATLAB", "one, scalar"])
def test_a_neuron_of_few_spikes_or_none_is_converted_and_passes(saved, tmp_path, label):
    value, number = SPIKES[label]
    attributes = {"MATLAB_empty": np.uint8(1)} if "MATLAB" in label else {}
    path = saved(lambda file: replace(file, "sptimes", value, **attributes))
    name = tmp_path / "sub-oephys-101" / "sub-oephys-101_ses-101_ecephys+ophys.nwb"
    nwbgate.convert_session(DatasetIIConverter.from_file(path), name)
    with nwbgate.open(name) as recording:
        assert len(recording.spike_times) == number
        assert recording.observed.shape == (1, 2)
        assert len(recording.voltage) == 8000
    assert nwbgate.check(name).exit_code == 0
