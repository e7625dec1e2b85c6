"""The streams of an imaging plane: NeuroConv's own tests, names of planes, and what is refused."""

import shutil

import h5py
import numpy as np
import pytest
from neuroconv.tools.testing.data_interface_mixins import DataInterfaceTestMixin, TemporalAlignmentMixin
from pynwb import read_nwb

from nwbgate.conversion.session import convert_session
from nwbgate.errors import SourceError, UsageError
from nwbgate.interfaces.visual_behavior import (
    CellsInterface,
    EventsInterface,
    FluorescenceInterface,
    ImagingPlaneInterface,
    MotionCorrectionInterface,
    PlanesInterface,
    ProjectionsInterface,
    VisualBehaviorConverter,
)
from nwbgate.samples.visual_behavior import make_release
from support.standard_session import ACTIVE, GRATINGS

PLANE, SHIFT = "VISp_150", 1.5
EVENTS = "processing/ophys/event_detection"


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """The files of two planes of one session, of different groups."""
    return make_release(tmp_path_factory.mktemp("release"))[:2]


@pytest.fixture
def planes(released, tmp_path):
    """Copies that a test may change."""
    return [shutil.copy(path, tmp_path / path.name) for path in released]


def written(interface, path):
    convert_session(interface, path, check=False)
    return path


class _OnAPlane(DataInterfaceTestMixin):
    @pytest.fixture(autouse=True)
    def _use(self, tmp_path):
        self.interface_kwargs = {"file_path": str(ACTIVE)}
        self.save_directory = tmp_path

    def check_extracted_metadata(self, metadata):
        assert metadata["NWBFile"]["session_id"] == "1900011001"

    def check_read_nwb(self, nwbfile_path):
        nwbfile = read_nwb(nwbfile_path)
        with h5py.File(ACTIVE) as source:
            self.check_content(nwbfile, source["processing/ophys"])
        nwbfile.get_read_io().close()


class _WithFrames(_OnAPlane, TemporalAlignmentMixin):
    def check_nwbfile_temporal_alignment(self):
        path = self.save_directory / "shifted.nwb"
        interface = self.data_interface_cls(**self.interface_kwargs)
        interface.set_aligned_starting_time(SHIFT)
        interface.run_conversion(nwbfile_path=str(path), metadata=interface.get_metadata())
        nwbfile = read_nwb(str(path))
        assert np.array_equal(self.series(nwbfile).timestamps[:], interface.get_original_timestamps() + SHIFT)
        nwbfile.get_read_io().close()


@pytest.mark.slow
class TestImagingPlane(_OnAPlane):
    data_interface_cls = ImagingPlaneInterface

    def check_content(self, nwbfile, _source):
        plane = nwbfile.imaging_planes[PLANE]
        assert plane.description == (
            "Field of view of 96 x 96 pixels of 0.78125 micrometers in VISp, 150 micrometers below the pia."
        )
        assert plane.grid_spacing[:].tolist() == [0.78125, 0.78125]
        assert plane.device.model.name == "Mesoscope 2P Rig"


@pytest.mark.slow
class TestCells(_OnAPlane):
    data_interface_cls = CellsInterface

    def check_content(self, nwbfile, source):
        table = nwbfile.processing["ophys"]["ImageSegmentation"][PLANE]
        cells = source["image_segmentation/cell_specimen_table"]
        assert np.array_equal(table["image_mask"].data[:], cells["image_mask"])
        assert np.array_equal(table["lambda"].data[:], source["event_detection/lambdas"])
        assert np.array_equal(table["RMSE"].data[:], source["corrected_fluorescence/RMSE/data"])


@pytest.mark.slow
class TestFluorescence(_WithFrames):
    data_interface_cls = FluorescenceInterface

    def series(self, nwbfile):
        return nwbfile.processing["ophys"]["DfOverF"][PLANE]

    def check_content(self, nwbfile, source):
        assert np.array_equal(self.series(nwbfile).data[:], source["dff/traces/data"])
        neuropil = nwbfile.processing["ophys"]["NeuropilFluorescence"][PLANE]
        assert np.array_equal(neuropil.data[:], source["neuropil_trace/traces/data"])


@pytest.mark.slow
class TestEvents(_WithFrames):
    data_interface_cls = EventsInterface

    def series(self, nwbfile):
        return nwbfile.processing["ophys"]["DetectedEvents"][PLANE]

    def check_content(self, nwbfile, source):
        assert np.array_equal(self.series(nwbfile).data[:], source["event_detection/data"])


@pytest.mark.slow
class TestMotionCorrection(_WithFrames):
    data_interface_cls = MotionCorrectionInterface

    def series(self, nwbfile):
        return nwbfile.processing["ophys"][f"motion_correction_{PLANE}"]

    def check_content(self, nwbfile, source):
        assert np.array_equal(self.series(nwbfile).data[:, 1], source["ophys_motion_correction_y/data"])


@pytest.mark.slow
class TestProjections(_OnAPlane):
    data_interface_cls = ProjectionsInterface

    def check_content(self, nwbfile, source):
        images = nwbfile.processing["ophys"][f"projections_{PLANE}"]
        assert np.array_equal(images["average_image"].data[:], source["images/average_image"])
        assert images["max_projection"].resolution == 12800.0  # pixels of 0.78125 micrometers, per centimeter


def test_a_file_without_a_plane_has_no_streams_of_one():
    with pytest.raises(SourceError, match="no imaging plane"):
        CellsInterface(file_path=GRATINGS)


def test_two_planes_of_one_place_are_told_apart_by_their_experiment(planes):
    with h5py.File(planes[1], "a") as file:
        file["general/metadata"].attrs["targeted_imaging_depth"] = 150
        location = file["general/optophysiology/imaging_plane_1/location"]
        location[()] = "VISp"
    both = PlanesInterface(file_paths=planes[::-1])
    assert list(both.planes) == ["VISp_150_1900011010", "VISp_150_1900011012"]


def test_a_cell_without_events_has_no_parameters_of_their_detection(planes, tmp_path):
    with h5py.File(planes[0], "a") as file:
        events = file[EVENTS]
        for name in ("lambdas", "noise_stds"):
            values = events[name][1:]
            del events[name]
            events[name] = values
        data, attributes = events["data"][:, 1:], dict(events["data"].attrs)
        rois, about = events["rois"][1:], dict(events["rois"].attrs)
        for name, values, words in (("data", data, attributes), ("rois", rois, about)):
            del events[name]
            events[name] = values
            events[name].attrs.update(words)
    path = written(VisualBehaviorConverter.from_files(planes[0]), tmp_path / "one.nwb")
    with h5py.File(path) as file:
        table = file[f"processing/ophys/ImageSegmentation/{PLANE}"]
        assert np.isnan(table["lambda"][()]).tolist() == [True, *[False] * len(rois)]
        assert file[f"processing/ophys/DetectedEvents/{PLANE}/rois"][()].tolist() == rois.tolist()


def test_activity_of_a_cell_that_is_not_there_is_refused(planes, tmp_path):
    with h5py.File(planes[0], "a") as file:
        file["processing/ophys/dff/traces/rois"][0] = 99
    with pytest.raises(SourceError, match="refers to unknown cells"):
        written(FluorescenceInterface(file_path=planes[0]), tmp_path / "one.nwb")


def test_frames_that_go_backwards_are_refused_and_nothing_is_written(planes, tmp_path):
    with h5py.File(planes[0], "a") as file:
        file["processing/ophys/dff/traces/timestamps"][5] = 0.0
    with pytest.raises(SourceError, match="timestamps go backwards"):
        written(FluorescenceInterface(file_path=planes[0]), tmp_path / "one.nwb")
    assert not list(tmp_path.glob("one*"))


def test_planes_of_two_sessions_and_one_plane_twice_are_refused(planes):
    with pytest.raises(SourceError, match="belong to one imaging plane"):
        PlanesInterface(file_paths=[planes[0], planes[0]])
    with h5py.File(planes[1], "a") as file:
        file["general/metadata"].attrs["behavior_session_id"] = 5
    with pytest.raises(SourceError, match="belong to different sessions"):
        PlanesInterface(file_paths=planes)
    with pytest.raises(UsageError, match="no file"):
        PlanesInterface(file_paths=[])


def test_planes_that_agree_are_written_together(planes, tmp_path):
    path = written(VisualBehaviorConverter.from_files(*planes), tmp_path / "both.nwb")
    with h5py.File(path) as file:
        table = file["processing/ophys/imaging_planes"]
        assert table["plane"].asstr()[()].tolist() == ["VISp_150", "VISl_75"]
        assert table["imaging_plane_group"][()].tolist() == [0, 1]


def test_texts_of_planes_and_rig_are_those_of_the_metadata(planes, tmp_path):
    mesoscope = {"model": "Our mesoscope", "manufacturer": "us", "description": "It is blue."}
    metadata = {"Descriptions": {"DfOverF": "Signal."}, "Rigs": {"MESO": mesoscope}}
    path = tmp_path / "one.nwb"
    convert_session(VisualBehaviorConverter.from_files(planes[0]), path, metadata=metadata, check=False)
    with h5py.File(path) as file:
        assert file[f"processing/ophys/DfOverF/{PLANE}"].attrs["description"] == "Signal."
        assert list(file["general/devices/models"]) == ["Our mesoscope"]
        demixed = file[f"processing/ophys/DemixedFluorescence/{PLANE}"].attrs["description"]
        assert demixed.startswith("Fluorescence with overlapping cells demixed")


def test_a_rig_of_no_known_kind_is_called_unknown(planes, tmp_path):
    with h5py.File(planes[0], "a") as file:
        file["general/metadata"].attrs["equipment_name"] = "PROBE.9"
    path = written(VisualBehaviorConverter.from_files(planes[0]), tmp_path / "one.nwb")
    with h5py.File(path) as file:
        assert "PROBE.9" in file["general/devices"]
        assert list(file["general/devices/models"]) == ["Unknown rig"]


def test_a_file_is_not_up_to_date_after_its_planes_were_aligned_otherwise(planes, tmp_path):
    converter, path = VisualBehaviorConverter.from_files(planes[0]), tmp_path / "one.nwb"
    first = convert_session(converter, path, check=False)
    assert convert_session(converter, path, check=False).status == "skipped"
    converter.data_interface_objects["Planes"].set_aligned_starting_time(SHIFT)
    again = convert_session(converter, path, check=False)
    assert (first.status, again.status) == ("converted", "converted")
    with h5py.File(path) as file, h5py.File(planes[0]) as source:
        times = file[f"processing/ophys/DfOverF/{PLANE}/timestamps"][()]
        assert np.array_equal(times, source["processing/ophys/dff/traces/timestamps"][()] + SHIFT)


def _other_project(file, _):
    file["general/metadata"].attrs["project_code"] = "X"


@pytest.mark.parametrize(
    ("place", "change", "said"),
    [
        ("processing/running/speed/data", lambda file, name: file[name].__setitem__(7, 123.5), "123.5 in"),
        ("general/subject/sex", lambda file, name: file[name].__setitem__((), "M"), "M in"),
        ("general/metadata@project_code", _other_project, "'X' in"),
        ("processing/licking", lambda file, name: file.__delitem__(name), "nothing in"),
    ],
)
def test_planes_that_differ_in_what_they_share_are_refused_with_both_values(planes, tmp_path, place, change, said):
    with h5py.File(planes[1], "a") as file:
        change(file, place)
    with pytest.raises(SourceError) as caught:
        written(VisualBehaviorConverter.from_files(*planes), tmp_path / "both.nwb")
    text = str(caught.value)
    assert "differ in shared content" in text
    assert place.split("@")[0] in text
    assert said in text
    assert all(str(path) in text for path in planes)


def test_a_difference_names_both_values_and_its_place(planes, tmp_path):
    with h5py.File(planes[1], "a") as file:
        before = file["processing/running/speed/data"][7]
        file["processing/running/speed/data"][7] = 123.5
    with pytest.raises(SourceError) as caught:
        written(VisualBehaviorConverter.from_files(*planes), tmp_path / "both.nwb")
    assert "/processing/running/speed/data[7]" in caught.value.where
    assert caught.value.got == "123.5 in behavior_ophys_experiment_1900011012.nwb"
    assert caught.value.expected == f"{before}, as in behavior_ophys_experiment_1900011010.nwb"


def test_streams_that_are_unknown_or_of_two_sessions_are_refused(planes):
    with pytest.raises(UsageError, match="unknown stream"):
        VisualBehaviorConverter({"Lick": {"file_path": str(planes[0])}})
    with pytest.raises(UsageError, match="no stream"):
        VisualBehaviorConverter({})
    with pytest.raises(UsageError, match="different sessions"):
        VisualBehaviorConverter({"Licks": {"file_path": str(planes[0])}, "Trials": {"file_path": str(GRATINGS)}})
