"""The recipe of another lab: the rig's behavior, two planes by suite2p and the pupil by DeepLabCut, on one clock."""

from pathlib import Path

import numpy as np
import pytest
from pynwb import read_nwb

from nwbgate.conversion.batches.batch import convert_batch
from nwbgate.conversion.batches.task import Settings
from nwbgate.samples.rig.sync_recording import camera_pulses, imaging_frames
from support.rig_sample import rig_sample
from support.suite2p_output import SESSION, make_lab_session, traces

pytest.importorskip("roiextractors")
pytest.importorskip("ndx_pose")

RECIPE = Path(__file__).parents[2] / "support" / "suite2p_recipe"


@pytest.fixture(scope="module")
def outcome(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lab")
    make_lab_session(folder / "sources", rig_sample(tmp_path_factory.getbasetemp()))
    (found,) = convert_batch(RECIPE, [folder / "sources"], folder / "nwb", settings=Settings())
    return found


def test_the_session_is_converted_and_checked(outcome):
    assert outcome.status == "converted", outcome.reason
    assert outcome.path.name == "sub-460003_ses-day1_behavior+ophys.nwb"


def test_every_stream_has_its_pulses(outcome):
    nwbfile = read_nwb(outcome.path)
    module = nwbfile.processing["ophys"]
    series = {
        one.name: one for name in module["Fluorescence"].roi_response_series for one in [module["Fluorescence"][name]]
    }
    for plane in (0, 1):
        (one,) = (found for name, found in series.items() if f"Plane{plane}" in name and "Neuropil" not in name and
                  "Deconvolved" not in name)  # fmt: skip
        times = imaging_frames(SESSION, plane)
        np.testing.assert_allclose(one.get_timestamps()[:], times, rtol=0, atol=1e-9)
        np.testing.assert_array_equal(one.data[:], traces(len(times), plane).T)
    pose = nwbfile.processing["behavior"]["PoseEstimationDeepLabCut"]
    left = pose.pose_estimation_series["PoseEstimationSeriesPupil_left"]
    np.testing.assert_array_equal(left.timestamps[:], camera_pulses(SESSION)[: len(left.data)])
    assert len(nwbfile.trials) == len(SESSION.task.trials)
    nwbfile.get_read_io().close()
