"""NeuroConv's own tests of the interfaces of a plane, and their content beside what the sample was made of."""

import numpy as np
import pytest
from neuroconv.tools.testing.data_interface_mixins import DataInterfaceTestMixin, TemporalAlignmentMixin
from pynwb import read_nwb

from nwbgate.interfaces.visual_behavior_rig.imaging.cells import CellsInterface
from nwbgate.interfaces.visual_behavior_rig.imaging.events import EventsInterface
from nwbgate.interfaces.visual_behavior_rig.imaging.fluorescence import FluorescenceInterface
from nwbgate.interfaces.visual_behavior_rig.imaging.motion_correction import MotionCorrectionInterface
from nwbgate.interfaces.visual_behavior_rig.imaging.planes import PlanesInterface
from nwbgate.interfaces.visual_behavior_rig.imaging.projections import ProjectionsInterface
from nwbgate.samples.rig.imaging import INVALID, plane_data
from nwbgate.samples.rig.sync_recording import imaging_frames
from support.rig_sample import BY_FOLDER, plane_json, rig_sample

SESSION = BY_FOLDER["ophys_multi_plane"]
PLANE = SESSION.planes[1]
SHIFT = 1.23
VALID = [row for row in range(7) if row not in INVALID]


@pytest.fixture(scope="module")
def data():
    return plane_data(SESSION, PLANE)


class _OfAPlane(DataInterfaceTestMixin, TemporalAlignmentMixin):
    @pytest.fixture(autouse=True)
    def _use(self, tmp_path, tmp_path_factory, data):
        sample = rig_sample(tmp_path_factory.getbasetemp())
        self.interface_kwargs = {"file_path": str(plane_json(sample, SESSION.folder, 1))}
        self.save_directory = tmp_path
        self.data = data

    def check_extracted_metadata(self, metadata):
        assert metadata["NWBFile"]["session_id"] == "2600010401"
        assert metadata["NWBFile"]["session_start_time"] == "2019-09-20T09:59:38.837000-07:00"
        assert metadata["Subject"]["subject_id"] == "460003"
        assert metadata["Subject"]["age"] == "P206D"

    def check_read_nwb(self, nwbfile_path):
        nwbfile = read_nwb(nwbfile_path)
        try:
            self.check_content(nwbfile)
        finally:
            nwbfile.get_read_io().close()

    def check_nwbfile_temporal_alignment(self):
        path = self.save_directory / "shifted.nwb"
        interface = self.data_interface_cls(**self.interface_kwargs)
        interface.set_aligned_starting_time(SHIFT)
        interface.run_conversion(nwbfile_path=str(path), metadata=interface.get_metadata())
        nwbfile = read_nwb(str(path))
        try:
            for series in self.series(nwbfile):
                np.testing.assert_array_equal(series.timestamps[:], interface.get_original_timestamps() + SHIFT)
        finally:
            nwbfile.get_read_io().close()

    def series(self, nwbfile):
        return []


class TestFluorescence(_OfAPlane):
    data_interface_cls = FluorescenceInterface

    def series(self, nwbfile):
        module = nwbfile.processing["ophys"]
        names = ("DfOverF", "CorrectedFluorescence", "DemixedFluorescence", "NeuropilFluorescence")
        return [module[name]["VISl_225"] for name in names]

    def check_content(self, nwbfile):
        for series, name in zip(self.series(nwbfile), ("dff", "corrected", "demixed", "neuropil"), strict=True):
            np.testing.assert_array_equal(series.data[:], self.data.traces[name][VALID].T)
            np.testing.assert_array_equal(series.timestamps[:], imaging_frames(SESSION, PLANE.group))


class TestEvents(_OfAPlane):
    data_interface_cls = EventsInterface

    def series(self, nwbfile):
        return [nwbfile.processing["ophys"]["DetectedEvents"]["VISl_225"]]

    def check_content(self, nwbfile):
        series = self.series(nwbfile)[0]
        np.testing.assert_array_equal(series.data[:], self.data.traces["events"][VALID[:-1]].T)
        assert series.rois.data[:].tolist() == [0, 1, 2, 3]  # the last cell has no events


class TestCells(_OfAPlane):
    data_interface_cls = CellsInterface

    def check_content(self, nwbfile):
        table = nwbfile.processing["ophys"]["ImageSegmentation"]["VISl_225"].to_dataframe()
        assert table.index.tolist() == [self.data.roi_ids[row] for row in VALID]
        assert table["cell_specimen_id"].tolist() == [self.data.specimen_ids[row] for row in VALID]
        assert table["r"].tolist() == self.data.values["r"][VALID].tolist()
        assert np.isnan(table["lambda"].iloc[-1])
        assert table["noise_std"].tolist()[:-1] == self.data.values["noise_stds"][VALID[:-1]].tolist()
        for row, mask in zip(VALID, table["image_mask"], strict=True):
            x, y, width, height = self.data.boxes[row]
            np.testing.assert_array_equal(mask[y : y + height, x : x + width], self.data.masks[row])
            assert mask.sum() == self.data.masks[row].sum()


class TestMotionCorrection(_OfAPlane):
    data_interface_cls = MotionCorrectionInterface

    def series(self, nwbfile):
        return [nwbfile.processing["ophys"]["motion_correction_VISl_225"]]

    def check_content(self, nwbfile):
        np.testing.assert_array_equal(self.series(nwbfile)[0].data[:], self.data.shifts)


class TestProjections(_OfAPlane):
    data_interface_cls = ProjectionsInterface

    def check_content(self, nwbfile):
        images = nwbfile.processing["ophys"]["projections_VISl_225"]
        np.testing.assert_array_equal(images["max_projection"].data[:], self.data.projections["max"])
        np.testing.assert_array_equal(images["average_image"].data[:], self.data.projections["average"])
        assert images["max_projection"].resolution == pytest.approx(12800)  # pixels of 0.78125 um per cm


class TestPlanes(_OfAPlane):
    data_interface_cls = PlanesInterface

    @pytest.fixture(autouse=True)
    def _use_all(self, _use, tmp_path_factory):
        folder = rig_sample(tmp_path_factory.getbasetemp())
        self.interface_kwargs = {"file_paths": [str(plane_json(folder, SESSION.folder, number)) for number in (1, 0)]}

    def check_content(self, nwbfile):
        assert list(nwbfile.imaging_planes) == ["VISl_225", "VISp_150"]
        table = nwbfile.processing["ophys"]["imaging_planes"].to_dataframe()
        assert table["plane"].tolist() == ["VISp_150", "VISl_225"]
        assert table["imaging_plane_group"].tolist() == [0, 1]
        assert nwbfile.imaging_planes["VISl_225"].indicator == "GCaMP6f"
        assert nwbfile.imaging_planes["VISl_225"].imaging_rate == 11
