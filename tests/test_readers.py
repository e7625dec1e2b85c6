"""Other readers of the field on converted files: what each sees, and what it cannot see (docs/reading.md)."""

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest
from roiextractors import NwbSegmentationExtractor

from nwbgate.reading.opening import open_nwb
from support.converted_sessions import converted_recordings, converted_release, session_files
from support.environments import python_with

#: What SpikeInterface reads of a file, as JSON: rate and first samples of the voltage, spike times.
SPIKEINTERFACE = """
import json, sys, warnings
warnings.simplefilter("ignore")
import spikeinterface.extractors as se
where = {"electrical_series_path": "acquisition/ElectricalSeries"}
recording, sorting = se.read_nwb_recording(sys.argv[1], **where), se.read_nwb_sorting(sys.argv[1], **where)
(unit,) = sorting.unit_ids
spikes = sorting.get_unit_spike_train(unit, return_times=True)
samples = recording.get_traces(start_frame=0, end_frame=100)[:, 0] * recording.get_channel_gains()[0]
print(json.dumps([recording.sampling_frequency, samples.tolist(), spikes.tolist()]))
"""


@pytest.fixture(scope="module")
def recording(tmp_path_factory) -> Path:
    return next(iter(session_files(converted_recordings(tmp_path_factory.getbasetemp())).values()))


@pytest.fixture(scope="module")
def session(tmp_path_factory) -> Path:
    return session_files(converted_release(tmp_path_factory.getbasetemp()))["1900011001"]


def test_roiextractors_reads_the_dff_of_a_recording(recording):
    extractor = NwbSegmentationExtractor(str(recording))
    assert extractor.get_num_rois() == 1
    assert np.array_equal(np.asarray(extractor.get_traces(name="dff"))[:, 0], open_nwb(recording).dff)


def test_roiextractors_finds_no_response_named_after_a_plane(session):
    with pytest.raises(Exception, match="could not find any of"):
        NwbSegmentationExtractor(str(session))


@pytest.mark.slow
def test_spikeinterface_reads_voltage_and_spikes_of_a_recording(recording, tmp_path):
    python = python_with(tmp_path / "environment", "spikeinterface", "pynwb==3.1.*")
    done = subprocess.run([python, "-c", SPIKEINTERFACE, recording], capture_output=True, text=True, check=True)
    rate, samples, spikes = json.loads(done.stdout)
    expected = open_nwb(recording)
    assert rate == pytest.approx(expected.voltage_rate)
    # SpikeInterface gives microvolts.
    assert np.allclose(np.asarray(samples), np.asarray(expected.voltage[:100]) * 1e6)
    assert np.allclose(spikes, expected.spike_times, rtol=0, atol=1 / rate)
