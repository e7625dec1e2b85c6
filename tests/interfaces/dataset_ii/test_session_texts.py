"""What a file says about what is known and unknown of its recording, and where it says it."""

import pytest

from nwbgate.errors import MetadataError
from nwbgate.interfaces.dataset_ii import DatasetIIConverter
from nwbgate.interfaces.dataset_ii.containers import entry
from nwbgate.interfaces.dataset_ii.metadata import DATASET, sentence, unknown_keys
from nwbgate.interfaces.dataset_metadata import shipped_metadata, strict_sections

KNOWN = {
    "NWBFile": {"session_start_time": "2016-05-04T13:30:00-07:00"},
    "Subject": {"subject_id": "m17", "sex": "F", "age": "P90D"},
    "Recording": {
        "neuron_id": "n3",
        "depth_um": 180.0,
        "anaesthetic": "urethane",
        "pipette_resistance_mohm": 6.5,
        "x": 1.0,
        "y": 2.0,
        "z": 3.0,
        "notes": "Seen by eye",
        "same_neuron": ["102957"],
        "same_subject": ["102957", "102958"],
    },
}


@pytest.fixture
def made(recording):
    return lambda metadata=None: DatasetIIConverter.from_file(recording).create_nwbfile(metadata=metadata)


def test_the_unknown_is_listed_in_the_notes_and_in_the_subject(made):
    nwbfile = made()
    for text in shipped_metadata(DATASET)["Unknown"].values():
        assert nwbfile.notes.count(text) == 1
    assert "sex of the mouse (U)" in nwbfile.subject.description
    assert nwbfile.notes.count("Unknown, because") == 1


def test_placeholders_are_those_that_the_notes_name(made):
    nwbfile = made()
    assert nwbfile.session_start_time.isoformat() == "1900-01-01T00:00:00+00:00"
    assert nwbfile.subject.sex == "U"
    assert nwbfile.subject.age == "P94D/P117D"
    assert nwbfile.subject.subject_id == "oephys-103991"
    row = nwbfile.electrodes.to_dataframe().iloc[0]
    assert row[["x", "y", "z", "imp"]].isna().all()
    assert "which of the two is not stated" in nwbfile.pharmacology


def test_what_is_known_is_in_its_place_and_no_longer_called_unknown(made):
    nwbfile = made(KNOWN)
    assert nwbfile.session_start_time.isoformat() == "2016-05-04T13:30:00-07:00"
    assert (nwbfile.subject.subject_id, nwbfile.subject.sex, nwbfile.subject.age) == ("m17", "F", "P90D")
    assert "Not stated" not in nwbfile.subject.description
    assert nwbfile.pharmacology == "Anaesthetic: urethane."
    row = nwbfile.electrodes.to_dataframe().iloc[0]
    assert row[["x", "y", "z", "imp"]].tolist() == [1.0, 2.0, 3.0, 6.5e6]
    assert row["pipette_resistance"] == "6.5 MOhm (this pipette)"
    assert "180 um below the pia" in nwbfile.imaging_planes["ImagingPlane"].description
    unknown = [key for key, text in shipped_metadata(DATASET)["Unknown"].items() if text in nwbfile.notes]
    assert unknown == ["image_mask", "stimulus", "common_clock"]


def test_neighbours_are_named_in_description_and_notes(made):
    nwbfile = made(KNOWN)
    for text in ("Neuron n3.", "The same neuron was recorded in 102957.", "same mouse was recorded in 102957, 102958."):
        assert text in nwbfile.session_description
        assert text in nwbfile.notes
    assert nwbfile.notes.startswith("Seen by eye\n")


@pytest.mark.parametrize("key", ["quiroma", "quiroga"])
def test_the_spelling_of_the_threshold_is_kept(make, key):
    from nwbgate.samples.layouts import RecordingLayout

    nwbfile = DatasetIIConverter.from_file(make(layout=RecordingLayout(threshold_key=key))).create_nwbfile()
    assert f"calls the spike detection threshold {key}." in nwbfile.notes
    assert f"Variable {key} of the source" in nwbfile.units["spike_detection_threshold"].description


def test_a_last_spike_after_the_end_is_inside_the_observed_interval(make):
    import h5py
    import numpy as np

    path = make()
    with h5py.File(path, "a") as file:
        last = file["ephys_raw"].size * file["dte"][()] + 0.5 * file["dte"][()]
        times = np.append(file["sptimes"][()], last)
        del file["sptimes"]
        file["sptimes"] = times
    nwbfile = DatasetIIConverter.from_file(path).create_nwbfile()
    assert nwbfile.units["obs_intervals"][0][0].tolist() == [0.0, last]
    assert "within one sampling period after the end" in nwbfile.notes


def test_a_sentence_that_asks_for_an_unknown_word_is_refused(made):
    metadata = {"Sentences": {"threshold_key": "It is called {name}."}}
    with pytest.raises(MetadataError) as caught:
        made(metadata)
    assert caught.value.where == "metadata: Sentences.threshold_key"
    assert "threshold_key" in caught.value.expected


@pytest.mark.parametrize("text", ["{", "{0}", "{recording_id.missing}"])
def test_a_sentence_with_broken_braces_is_refused(text):
    with pytest.raises(MetadataError):
        sentence({"Sentences": {"neuron": text}}, "neuron", recording_id="1")


def test_an_entry_that_is_missing_is_refused_with_those_there_are(made):
    metadata = shipped_metadata(DATASET)
    with pytest.raises(MetadataError) as caught:
        entry(metadata, "Devices", "laser")
    assert caught.value.where == "Devices.laser"
    assert "dataset_ii_microscope" in caught.value.got
    with pytest.raises(MetadataError):
        made({"Devices": {"a": {"name": "a", "device_model_metadata_key": "none"}}, **_group_on("a")})


def _group_on(device: str) -> dict:
    return {"Ecephys": {"ElectrodeGroups": {"cell_attached_pipette": {"device_metadata_key": device}}}}


def test_a_device_may_be_without_a_model(made):
    nwbfile = made({"Devices": {"a": {"name": "a"}}, **_group_on("a")})
    assert nwbfile.electrode_groups["cell_attached_pipette"].device.model is None


def test_the_shipped_metadata_fits_its_schema():
    from jsonschema import Draft7Validator

    schema = {"type": "object", "properties": strict_sections(DATASET)}
    assert list(Draft7Validator(schema).iter_errors(shipped_metadata(DATASET))) == []
    assert list(strict_sections(DATASET)["Unknown"]["properties"]) == list(shipped_metadata(DATASET)["Unknown"])
    assert set(strict_sections(DATASET)["Sentences"]["properties"]) == set(shipped_metadata(DATASET)["Sentences"])


def test_shipped_metadata_cannot_be_changed_by_its_users():
    shipped_metadata(DATASET)["Subject"]["sex"] = "F"
    assert shipped_metadata(DATASET)["Subject"]["sex"] == "U"


def test_unknown_keys_follow_the_order_of_the_section(recording):
    metadata = DatasetIIConverter.from_file(recording).get_metadata()
    assert unknown_keys(metadata) == list(metadata["Unknown"])
