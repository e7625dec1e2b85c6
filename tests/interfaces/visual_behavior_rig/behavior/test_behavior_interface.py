"""NeuroConv's own tests of the interfaces of the behavior of a rig session, in HDF5 and Zarr, and their content."""

from typing import ClassVar

import numpy as np
import pytest
from neuroconv.tools.testing.data_interface_mixins import DataInterfaceTestMixin, TemporalAlignmentMixin
from pynwb import read_nwb
from pynwb.testing.mock.file import mock_NWBFile

from nwbgate.errors import SourceWarning
from nwbgate.interfaces.visual_behavior_rig.behavior.eye_tracking import EyeTrackingInterface
from nwbgate.interfaces.visual_behavior_rig.behavior.licks_and_rewards import LicksInterface, RewardsInterface
from nwbgate.interfaces.visual_behavior_rig.behavior.running import RunningInterface
from nwbgate.interfaces.visual_behavior_rig.behavior.task_parameters import TaskParametersInterface
from nwbgate.interfaces.visual_behavior_rig.behavior.trials import TrialsInterface
from nwbgate.interfaces.visual_behavior_rig.stimulus.presentations import StimulusPresentationsInterface
from nwbgate.interfaces.visual_behavior_rig.stimulus.templates import StimulusTemplatesInterface
from nwbgate.interfaces.visual_behavior_rig.stimulus.timestamps import StimulusTimestampsInterface
from support.rig_sample import plane_json, rig_sample

SHIFT = 1.23
SESSION = "ophys_multi_plane"


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    return rig_sample(tmp_path_factory.getbasetemp())


class _OfASession(DataInterfaceTestMixin):
    options: ClassVar[dict[str, str]] = {}

    @pytest.fixture(autouse=True)
    def _use(self, tmp_path, sample):
        folder = str(sample / "image_sets")
        self.interface_kwargs = {"file_path": str(plane_json(sample, SESSION)), "image_sets_folder": folder}
        self.conversion_options = self.options
        self.save_directory = tmp_path

    def check_extracted_metadata(self, metadata):
        assert metadata["NWBFile"]["session_id"] == "2600010401"

    def check_read_nwb(self, nwbfile_path):
        nwbfile = read_nwb(nwbfile_path)
        try:
            self.check_content(nwbfile)
        finally:
            nwbfile.get_read_io().close()


class _WithTimes(_OfASession, TemporalAlignmentMixin):
    def check_content(self, nwbfile):
        assert np.array_equal(self.times(nwbfile), self.interface.get_original_timestamps())

    def check_nwbfile_temporal_alignment(self):
        path = self.save_directory / "shifted.nwb"
        interface = self.data_interface_cls(**self.interface_kwargs)
        interface.set_aligned_starting_time(SHIFT)
        interface.run_conversion(nwbfile_path=str(path), metadata=interface.get_metadata(), **self.options)
        nwbfile = read_nwb(str(path))
        try:
            assert np.array_equal(self.times(nwbfile), interface.get_original_timestamps() + SHIFT)
        finally:
            nwbfile.get_read_io().close()


class TestLicks(_WithTimes):
    data_interface_cls = LicksInterface

    def times(self, nwbfile):
        return nwbfile.get_events_table("licks")["timestamp"].data[:]


class TestLicksAsSeries(_WithTimes):
    data_interface_cls = LicksInterface
    options: ClassVar[dict[str, str]] = {"events": "series"}

    def times(self, nwbfile):
        return nwbfile.processing["behavior"]["licks"].timestamps[:]


class TestRewards(_WithTimes):
    data_interface_cls = RewardsInterface

    def times(self, nwbfile):
        return nwbfile.get_events_table("rewards")["timestamp"].data[:]


class TestRunning(_WithTimes):
    data_interface_cls = RunningInterface

    def times(self, nwbfile):
        return nwbfile.processing["behavior"]["running_speed"].timestamps[:]

    def check_content(self, nwbfile):
        super().check_content(nwbfile)
        assert np.array_equal(nwbfile.acquisition["v_sig"].data[:], self.interface.table()["v_sig"])


class TestStimulusTimestamps(_WithTimes):
    data_interface_cls = StimulusTimestampsInterface

    def times(self, nwbfile):
        return nwbfile.processing["behavior"]["stimulus_timestamps"].timestamps[:]


class TestStimulusPresentations(_WithTimes):
    data_interface_cls = StimulusPresentationsInterface

    def times(self, nwbfile):
        return nwbfile.intervals["stimulus_presentations"]["start_time"].data[:]


class TestStimulusTemplates(_WithTimes):
    data_interface_cls = StimulusTemplatesInterface

    @pytest.fixture(autouse=True)
    def _read_references_from_zarr(self, monkeypatch):
        """hdmf-zarr stores the order of images as pickled references, which numcodecs unpickles only when told to."""
        monkeypatch.setattr("numcodecs.pickles.ALLOW_UNSAFE_PICKLE_DECODE", True)

    def times(self, nwbfile):
        return nwbfile.stimulus["stimulus_image_presentations"].timestamps[:]

    def check_content(self, nwbfile):
        super().check_content(nwbfile)
        images = nwbfile.stimulus_template["stimulus_images"]
        assert [image.name for image in images.order_of_images.data[:]] == list(self.interface.session.image_set.names)
        assert np.isnan(nwbfile.stimulus_template["stimulus_images_unwarped"]["im065"].data[0, 0])


class TestTrials(_WithTimes):
    data_interface_cls = TrialsInterface

    def times(self, nwbfile):
        return nwbfile.trials["start_time"].data[:]


class TestEyeTracking(_WithTimes):
    data_interface_cls = EyeTrackingInterface

    def times(self, nwbfile):
        return nwbfile.processing["behavior"]["EyeTracking"]["pupil_tracking"].timestamps[:]

    def check_content(self, nwbfile):
        super().check_content(nwbfile)
        behavior, table = nwbfile.processing["behavior"], self.interface.table()
        assert np.array_equal(behavior["EyeTracking"]["eye_tracking"].data[:, 1], table["eye_center_y"], equal_nan=True)
        geometry = behavior["eye_tracking_rig_geometry"].to_dataframe().iloc[0]
        assert geometry["equipment"] == "MESO.1"
        assert list(geometry["led_position"]) == [246.0, 92.3, 52.6]


class TestTaskParameters(_OfASession):
    data_interface_cls = TaskParametersInterface

    def check_content(self, nwbfile):
        row = nwbfile.processing["behavior"]["task_parameters"].to_dataframe().iloc[0]
        assert list(row["response_window_sec"]) == [0.15, 0.75]


def test_a_passive_session_has_no_licks_and_no_eye_tracking_but_its_geometry(sample):
    path, nwbfile = plane_json(sample, "ophys_passive"), mock_NWBFile()
    for kind in (LicksInterface, RewardsInterface, EyeTrackingInterface):
        kind(file_path=path).add_to_nwbfile(nwbfile)
    assert not nwbfile.events
    assert list(nwbfile.processing["behavior"].data_interfaces) == ["eye_tracking_rig_geometry"]


def test_images_without_their_folder_are_left_out_with_a_warning(sample):
    interface, nwbfile = StimulusTemplatesInterface(file_path=plane_json(sample, SESSION)), mock_NWBFile()
    with pytest.warns(SourceWarning, match="no folder of image sets"):
        interface.add_to_nwbfile(nwbfile)
    assert not nwbfile.stimulus_template
    assert interface.get_original_timestamps().size == 0


def test_all_interfaces_of_a_session_share_it(sample):
    path = plane_json(sample, SESSION)
    assert TrialsInterface(file_path=path).session is LicksInterface(file_path=path).session
