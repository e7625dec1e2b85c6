"""The written file is the standard file: each object, name, unit and keyword, equal bits, nothing for validators."""

from pathlib import Path

import h5py
import numpy as np
import pytest
from nwbinspector import Importance, inspect_nwbfile, load_config
from pynwb import NWBHDF5IO
from pynwb import validate as validate_schema

from nwbgate.conversion.session import convert_session
from nwbgate.interfaces.dataset_ii import DatasetIIConverter
from nwbgate.samples.dataset_ii import make_recording

INDICATORS = {"Ai93": "GCaMP6f", "Ai94": "GCaMP6s"}
#: Keywords of the abstract, in its order (reference dandi_abstract.txt).
KEYWORDS = [
    "Two-photon calcium imaging", "Electrophysiology", "Pyramidal neurons", "Primary visual cortex", "GCaMP6s",
    "GCaMP6f", "Neuronal spiking activity", "In vivo imaging", "Neural circuitry", "Multi-modal recording",
]  # fmt: skip
ARRAYS = {
    "ephys_raw": "acquisition/ElectricalSeries/data",
    "ephys_baseline_subtracted": "processing/ecephys/FilteredEphys/ElectricalSeriesBaselineSubtracted/data",
    "sptimes": "units/spike_times",
    "dff": "processing/ophys/DfOverF/RoiResponseSeries/data",
}
#: Every group of the standard file, and the type that it is of.
TYPES = {
    "general/subject": "Subject",
    "general/devices/Amplifier": "Device",
    "general/devices/Microscope": "Device",
    "general/devices/models/MultiClamp 700B": "DeviceModel",
    "general/devices/models/Prairie two-photon microscope": "DeviceModel",
    "general/extracellular_ephys/cell_attached_pipette": "ElectrodeGroup",
    "general/extracellular_ephys/electrodes": "ElectrodesTable",
    "general/optophysiology/ImagingPlane": "ImagingPlane",
    "general/optophysiology/ImagingPlane/Green": "OpticalChannel",
    "general/optophysiology/ImagingPlane/Red": "OpticalChannel",
    "acquisition/ElectricalSeries": "ElectricalSeries",
    "processing/ecephys": "ProcessingModule",
    "processing/ecephys/FilteredEphys": "FilteredEphys",
    "processing/ecephys/FilteredEphys/ElectricalSeriesBaselineSubtracted": "ElectricalSeries",
    "processing/ophys": "ProcessingModule",
    "processing/ophys/ImageSegmentation": "ImageSegmentation",
    "processing/ophys/ImageSegmentation/PlaneSegmentation": "PlaneSegmentation",
    "processing/ophys/DfOverF": "DfOverF",
    "processing/ophys/DfOverF/RoiResponseSeries": "RoiResponseSeries",
    "units": "Units",
}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    return [
        make_recording(folder / f"10395{index}.h5", genotype=genotype, seconds=6, sampling_rate=40000, seed=index)
        for index, genotype in enumerate(("Emx1-s", "Emx1-f", "Cux2-f"))
    ]


@pytest.fixture(scope="module", params=["made", "real_recordings"])
def files(request, tmp_path_factory) -> list[tuple[Path, Path]]:
    """Source and written file of each recording."""
    folder = tmp_path_factory.mktemp(request.param)
    pairs = [(source, folder / f"{source.stem}.nwb") for source in request.getfixturevalue(request.param)]
    for source, path in pairs:
        convert_session(DatasetIIConverter.from_file(source), path, check=False)
    return pairs


@pytest.fixture
def pairs(files):
    opened = [(h5py.File(source), h5py.File(path)) for source, path in files]
    yield opened
    for pair in opened:
        for file in pair:
            file.close()


def text(value) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def test_every_array_is_bit_identical(pairs):
    for source, file in pairs:
        for variable, path in ARRAYS.items():
            before, after = source[variable][()].reshape(-1), file[path][()].reshape(-1)
            assert before.dtype == after.dtype
            assert before.tobytes() == after.tobytes(), (source.filename, variable)


def test_every_object_is_there_and_no_other(pairs):
    for _, file in pairs:
        for path, kind in TYPES.items():
            assert text(file[path].attrs["neurodata_type"]) == kind, path
        assert set(file["acquisition"]) == {"ElectricalSeries"}
        assert set(file["processing"]) == {"ecephys", "ophys"}
        assert set(file["processing/ophys"]) == {"ImageSegmentation", "DfOverF"}
        assert set(file["general/optophysiology"]) == {"ImagingPlane"}
        assert not file["stimulus/presentation"].keys()
        assert not file["intervals"].keys() if "intervals" in file else True


def test_series_are_in_volts_or_without_unit_regular_and_from_zero(pairs):
    for source, file in pairs:
        for name, unit, period in (
            ("ephys_raw", "volts", "dte"),
            ("ephys_baseline_subtracted", "volts", "dte"),
            ("dff", "n.a.", "dto"),
        ):
            series = file[ARRAYS[name]].parent
            assert text(series["data"].attrs["unit"]) == unit
            assert series["starting_time"][()] == 0.0
            assert series["starting_time"].attrs["rate"] == 1.0 / source[period][()]
            assert "timestamps" not in series
            assert series["data"].attrs["conversion"] == 1.0
        assert file[ARRAYS["ephys_raw"]].ndim == 1
        assert file[ARRAYS["dff"]].shape == (source["dff"].size, 1)
        assert file["processing/ophys/DfOverF/RoiResponseSeries/rois"][()].tolist() == [0]
        assert file["acquisition/ElectricalSeries/electrodes"][()].tolist() == [0]
        filtering = text(file[ARRAYS["ephys_baseline_subtracted"]].parent.attrs["filtering"])
        assert "Savitzky-Golay" in filtering
        assert "20,001" in filtering


def test_the_unit_carries_threshold_resolution_interval_and_electrode(pairs):
    for source, file in pairs:
        units, key = file["units"], "quiroma" if "quiroma" in source else "quiroga"
        assert units["id"][()].tolist() == [0]
        assert units["spike_times"].attrs["resolution"] == source["dte"][()]
        assert units["spike_detection_threshold"][()].tolist() == [source[key][()]]
        assert key in text(units["spike_detection_threshold"].attrs["description"])
        assert units["obs_intervals"][()].tolist() == [[0.0, source["ephys_raw"].size * source["dte"][()]]]
        assert units["electrodes"][()].tolist() == [0]
        assert file[units["electrode_group"][0]].name == "/general/extracellular_ephys/cell_attached_pipette"


def test_locations_are_terms_of_the_allen_ontology(pairs):
    for _, file in pairs:
        assert text(file["general/optophysiology/ImagingPlane/location"][()]) == "VISp2/3"
        assert text(file["general/extracellular_ephys/cell_attached_pipette"].attrs["location"]) == "VISp2/3"
        assert [text(value) for value in file["general/extracellular_ephys/electrodes/location"]] == ["VISp2/3"]


def test_the_electrode_has_position_impedance_and_filtering_columns(pairs):
    for _, file in pairs:
        table = file["general/extracellular_ephys/electrodes"]
        for column in ("x", "y", "z", "imp"):
            assert np.isnan(table[column][()]).tolist() == [True]
        for column in ("filtering", "reference", "target", "pipette_resistance"):
            assert text(table[column][0])
        assert "5-10 MOhm" in text(table["pipette_resistance"][0])


def test_the_plane_says_how_it_was_imaged(pairs):
    for source, file in pairs:
        plane = file["general/optophysiology/ImagingPlane"]
        assert plane["excitation_lambda"][()] == 920.0
        assert plane["Green/emission_lambda"][()] == 510.0
        assert plane["Red/emission_lambda"][()] == 641.0
        assert text(plane["indicator"][()]) == INDICATORS[text(source["genotype"][()])[-4:]]
        assert "imaging_rate" not in plane


def test_the_region_claims_no_pixel_and_says_why(pairs):
    for _, file in pairs:
        table = file["processing/ophys/ImageSegmentation/PlaneSegmentation"]
        assert table["image_mask"][()].tolist() == [[[0.0]]]
        assert text(table["mask_status"][0]) == "absent: source holds no mask; placeholder pixel has weight 0"


def test_session_and_subject(pairs):
    for source, file in pairs:
        recording_id, genotype = Path(source.filename).stem, text(source["genotype"][()])
        subject, general = file["general/subject"], file["general"]
        assert text(general["session_id"][()]) == recording_id
        assert recording_id in text(file["session_description"][()])
        assert text(subject["subject_id"][()]) == f"oephys-{recording_id}"
        assert text(subject["species"][()]) == "Mus musculus"
        assert text(subject["sex"][()]) == "U"
        assert text(subject["genotype"][()]) == genotype
        assert text(subject["age"][()]).count("/") == 1
        for name in (
            "experiment_description", "institution", "lab", "protocol", "pharmacology", "surgery", "stimulus",
            "data_collection", "notes",
        ):  # fmt: skip
            assert text(general[name][()]), name
        assert [text(name) for name in general["experimenter"]] == ["Huang, Lawrence"]
        publications = [text(doi) for doi in general["related_publications"]]
        assert publications == ["doi:10.1101/800102", "doi:10.7554/eLife.51675"]
        assert text(general["was_generated_by"][0][0]) == "nwbgate"


def test_all_keywords_of_the_abstract_and_the_indicator(pairs):
    for source, file in pairs:
        keywords = [text(word) for word in file["general/keywords"]]
        assert keywords[: len(KEYWORDS)] == KEYWORDS
        assert INDICATORS[text(source["genotype"][()])[-4:]] in keywords


def test_identifiers_differ_between_recordings(pairs):
    assert len({text(file["identifier"][()]) for _, file in pairs}) == len(pairs)


def test_pynwb_opens_and_validates_the_file(files):
    for _, path in files:
        assert validate_schema(path=str(path)) == []
        with NWBHDF5IO(path, "r") as io:
            nwbfile = io.read()
            assert nwbfile.units.to_dataframe().shape[0] == 1
            assert nwbfile.processing["ophys"]["DfOverF"]["RoiResponseSeries"].rois.to_dataframe().shape[0] == 1
            assert nwbfile.electrodes.to_dataframe().shape[0] == 1


def test_nwb_inspector_has_nothing_but_suggestions(files):
    for _, path in files:
        messages = list(inspect_nwbfile(nwbfile_path=str(path), config=load_config("dandi")))
        worse = [message for message in messages if message.importance is not Importance.BEST_PRACTICE_SUGGESTION]
        assert not worse, worse
        assert {message.check_function_name for message in messages} <= {
            "check_session_start_time_old_date",
            "check_col_not_nan",
            "check_single_row",
        }
