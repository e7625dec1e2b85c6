"""The converter and its interfaces as NeuroConv users know them: options, alignment, pipes, metadata, identifier."""

import json
import warnings

import h5py
import numpy as np
import pytest
from jsonschema import Draft7Validator, ValidationError
from neuroconv import ConverterPipe
from pynwb import NWBHDF5IO
from pynwb.testing.mock.ecephys import mock_ElectrodeGroup
from pynwb.testing.mock.file import mock_NWBFile

from nwbgate.conversion.metadata import validate
from nwbgate.errors import MetadataError, SourceError, UsageError
from nwbgate.interfaces.dataset_ii import (
    CellAttachedVoltageInterface,
    DatasetIIConverter,
    DfOverFInterface,
    SpikeTimesInterface,
)
from nwbgate.samples.faults import FAULTS
from nwbgate.samples.layouts import LAYOUTS

INTERFACES = [CellAttachedVoltageInterface, SpikeTimesInterface, DfOverFInterface]
SUBTRACTED = "processing/ecephys/FilteredEphys/ElectricalSeriesBaselineSubtracted"
DFF = "processing/ophys/DfOverF/RoiResponseSeries"


def test_run_conversion_writes_all_streams_without_a_warning(converter, written):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        file = written(converter)
    source = converter.recording.source
    assert np.array_equal(file["acquisition/ElectricalSeries/data"], source.ephys_raw[:])
    assert np.array_equal(file[SUBTRACTED]["data"], source.ephys_baseline_subtracted[:])
    assert np.array_equal(file["units/spike_times"], source.spike_times)
    assert np.array_equal(file[DFF]["data"], source.dff[:])


@pytest.mark.parametrize("layout", LAYOUTS)
def test_numbers_of_every_layout_are_kept_as_they_are_stored(make, written, layout):
    path = make(layout=LAYOUTS[layout])
    file = written(DatasetIIConverter.from_file(path))
    with h5py.File(path) as stored:
        for name, place in (
            ("ephys_raw", "acquisition/ElectricalSeries"),
            ("ephys_baseline_subtracted", SUBTRACTED),
            ("dff", DFF),
        ):
            before, after = stored[name][()].reshape(-1), file[place]["data"][()].reshape(-1)
            assert (before.dtype.kind, before.dtype.itemsize) == (after.dtype.kind, after.dtype.itemsize)
            assert np.array_equal(before, after)


@pytest.mark.parametrize("fault", [name for name in FAULTS if name.startswith(("nan_", "infinite_"))])
def test_a_sample_that_is_not_finite_refuses_the_session(make, fault):
    with pytest.raises(SourceError, match=r"non-finite|not finite"):
        DatasetIIConverter.from_file(make(fault=fault)).create_nwbfile()


def test_an_unknown_genotype_is_refused_with_those_that_are_known(make):
    path = make(fault="unknown_genotype")
    with pytest.raises(SourceError, match="unknown genotype") as caught:
        DatasetIIConverter.from_file(path)
    assert caught.value.where == f"{path}:/genotype"
    assert "Cux2-CreERT2;Camk2a-tTA;Ai93" in caught.value.expected


def test_a_source_that_is_not_there_is_refused_by_type(tmp_path):
    with pytest.raises(ValueError, match="file_path"):
        DatasetIIConverter.from_file(tmp_path / "1.h5")


@pytest.mark.parametrize("streams", [["SpikeTimes"], ["DfOverF"], ["CellAttachedVoltage", "DfOverF"]])
def test_streams_may_be_left_out(recording, written, streams):
    file = written(DatasetIIConverter({name: {"file_path": str(recording)} for name in streams}))
    assert ("units" in file) == ("SpikeTimes" in streams)
    assert (DFF in file) == ("DfOverF" in streams)
    assert ("ElectricalSeries" in file["acquisition"]) == ("CellAttachedVoltage" in streams)


@pytest.mark.parametrize(("source_data", "got"), [({}, "nothing"), ({"Dff": {}}, "Dff")])
def test_a_stream_that_is_unknown_or_none_at_all_is_refused(source_data, got):
    with pytest.raises(UsageError) as caught:
        DatasetIIConverter(source_data)
    assert caught.value.got == got
    assert caught.value.expected == "CellAttachedVoltage, SpikeTimes, DfOverF"


def test_streams_of_two_recordings_are_refused(make):
    files = {"SpikeTimes": {"file_path": make("1")}, "DfOverF": {"file_path": make("2")}}
    with pytest.raises(UsageError, match="different recordings"):
        DatasetIIConverter(files)


def test_the_source_data_given_is_not_changed(recording):
    given = {"SpikeTimes": {"file_path": str(recording)}}
    DatasetIIConverter(given)
    assert given == {"SpikeTimes": {"file_path": str(recording)}}


# Alignment: voltage and spikes are one clock, dF/F is another


def test_a_pipe_of_the_interfaces_writes_what_the_converter_writes(recording, converter, written):
    interfaces = [interface(file_path=recording) for interface in INTERFACES]
    pipe, whole = written(ConverterPipe(interfaces)), written(converter)
    names = []
    pipe.visit(lambda name: names.append(name) if not name.startswith("specifications") else None)
    for name in names:
        assert name in whole, name
    assert pipe["general/notes"][()] == whole["general/notes"][()]
    assert np.array_equal(pipe["units/spike_times"], whole["units/spike_times"])


def test_in_a_pipe_spikes_follow_their_voltage_on_request(recording):
    voltage, spikes = CellAttachedVoltageInterface(file_path=recording), SpikeTimesInterface(file_path=recording)
    spikes.follow(voltage)
    voltage.set_aligned_starting_time(0.4)
    assert np.array_equal(spikes.get_timestamps(), spikes.get_original_timestamps() + 0.4)


def test_a_file_that_has_electrodes_and_notes_keeps_them(converter):
    nwbfile = mock_NWBFile(notes="Seen by eye.")
    group = mock_ElectrodeGroup(nwbfile=nwbfile)
    nwbfile.add_electrode(group=group, location="VISp")
    converter.add_to_nwbfile(nwbfile)
    assert nwbfile.notes.startswith("Seen by eye.\nThe source calls")
    assert nwbfile.electrodes["group_name"].data[:] == [group.name, "cell_attached_pipette"]
    assert nwbfile.electrodes["target"].data[0] == "not stated"
    assert nwbfile.acquisition["ElectricalSeries"].electrodes.data == [1]


def test_units_of_another_source_are_not_mixed_with_ours(converter):
    nwbfile = mock_NWBFile()
    nwbfile.add_unit(spike_times=[0.1, 0.2])
    with pytest.raises(UsageError, match="units of another source"):
        converter.add_to_nwbfile(nwbfile)


def test_a_file_without_a_subject_gets_none(recording):
    nwbfile = mock_NWBFile()
    DfOverFInterface(file_path=recording).add_to_nwbfile(nwbfile)
    assert nwbfile.subject is None


# Metadata


@pytest.mark.parametrize("interface", INTERFACES)
def test_schemas_are_valid_and_hold_the_metadata(recording, interface):
    built = interface(file_path=recording)
    schema = built.get_metadata_schema()
    Draft7Validator.check_schema(schema)
    Draft7Validator(schema).validate(json.loads(json.dumps(built.get_metadata())))
    assert set(interface.get_source_schema()["properties"]) == {"file_path", "verbose"} - {"verbose"} | (
        {"verbose"} & set(interface.get_source_schema()["properties"])
    )
    assert built.get_conversion_options_schema()["properties"] == {}


def test_the_converters_schema_is_as_strict_as_those_of_its_interfaces(converter):
    schema = converter.get_metadata_schema()
    Draft7Validator.check_schema(schema)
    converter.validate_metadata(converter.get_metadata())
    assert schema["properties"]["Devices"]["additionalProperties"]["additionalProperties"] is False
    assert set(converter.get_source_schema()["properties"]) == set(converter.data_interface_classes)


@pytest.mark.parametrize(
    ("metadata", "key", "meant"),
    [
        ({"Subjet": {}}, "Subjet", "Subject"),
        ({"NWBFile": {"experimentor": []}}, "NWBFile.experimentor", "experimenter"),
        ({"Subject": {"specis": "Mus musculus"}}, "Subject.specis", "species"),
        ({"Devices": {"x": {"name": "x", "descripton": "y"}}}, "Devices.x.descripton", "description"),
        ({"Ecephys": {"ElectrodeGroup": {}}}, "Ecephys.ElectrodeGroup", "ElectrodeGroups"),
        ({"Ophys": {"ImagingPlanes": {"p": {"locaton": "x"}}}}, "Ophys.ImagingPlanes.p.locaton", "location"),
        ({"Recording": {"depth": 200}}, "Recording.depth", "depth_um"),
        ({"Alignment": {"ophys_shft": 1.0}}, "Alignment.ophys_shft", "ophys_shift"),
        ({"Sentences": {"neurons": "x"}}, "Sentences.neurons", "neuron"),
    ],
)
def test_a_misspelt_key_is_refused_with_the_nearest_one(converter, metadata, key, meant):
    with pytest.raises(MetadataError) as caught:
        validate(metadata, converter.get_metadata_schema(), partial=True)
    assert repr(key) in caught.value.what
    assert meant in caught.value.fix


def test_neuroconvs_own_validation_refuses_a_misspelt_key_too(converter, tmp_path):
    metadata = {**converter.get_metadata(), "Alignement": {"ophys_shift": 1.0}}
    with pytest.raises(ValidationError, match="Alignement"):
        converter.run_conversion(nwbfile_path=str(tmp_path / "1.nwb"), metadata=metadata)


def test_a_wrong_value_is_refused(converter):
    with pytest.raises(MetadataError, match=r"Recording\.depth_um"):
        validate({"Recording": {"depth_um": "deep"}}, converter.get_metadata_schema(), partial=True)


def test_metadata_given_is_merged_over_that_of_the_recording(converter):
    nwbfile = converter.create_nwbfile(metadata={"NWBFile": {"lab": "Elsewhere", "keywords": ["one"]}})
    assert nwbfile.lab == "Elsewhere"
    assert tuple(nwbfile.keywords) == ("one",)
    assert nwbfile.subject.genotype == "Emx1-IRES-Cre;Camk2a-tTA;Ai93"


def test_equal_sources_and_metadata_give_equal_identifiers(recording, make):
    first, again = (DatasetIIConverter.from_file(recording).create_nwbfile().identifier for _ in range(2))
    assert first == again
    assert DatasetIIConverter.from_file(make("103991", seed=9)).create_nwbfile().identifier != first
    renamed = make("1").with_name("2.h5")
    renamed.write_bytes(recording.read_bytes())
    assert DatasetIIConverter.from_file(renamed).create_nwbfile().identifier != first
    assert SpikeTimesInterface(file_path=recording).create_nwbfile().identifier == first


def test_an_identifier_that_is_given_is_kept(converter):
    assert converter.create_nwbfile(metadata={"NWBFile": {"identifier": "mine"}}).identifier == "mine"


def test_equal_recordings_give_equal_content(converter, recording, written):
    def content(file):
        found = {}
        file.visititems(
            lambda name, item: (
                found.update({name: item[()]})
                if isinstance(item, h5py.Dataset) and not name.startswith(("specifications", "file_create_date"))
                else None
            )
        )
        return found

    first, again = content(written(converter)), content(written(DatasetIIConverter.from_file(recording)))
    assert first.keys() == again.keys()
    for name, value in first.items():
        if name not in ("general/source_script",) and not isinstance(np.ravel(value)[0], h5py.Reference):
            assert np.asarray(value).tobytes() == np.asarray(again[name]).tobytes() or np.array_equal(
                value, again[name]
            )


def test_appending_to_a_file_on_disk_adds_the_stream(recording, tmp_path):
    path = tmp_path / "1.nwb"
    SpikeTimesInterface(file_path=recording).run_conversion(nwbfile_path=str(path))
    DfOverFInterface(file_path=recording).run_conversion(nwbfile_path=str(path), append_on_disk_nwbfile=True)
    with NWBHDF5IO(path, "r") as io:
        nwbfile = io.read()
        assert len(nwbfile.units) == 1
        assert "DfOverF" in nwbfile.processing["ophys"].data_interfaces
