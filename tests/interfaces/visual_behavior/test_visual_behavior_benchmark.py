"""The benchmark of the conversion runs, and its made-up sessions are as the release lays them out."""

import subprocess
import sys

import h5py
import numpy as np
import pytest

from nwbgate.interfaces.visual_behavior import VisualBehaviorConverter
from nwbgate.reading.facts.file_frames import session_frames
from support.places import ROOT

BENCHMARKS = ROOT / "benchmarks"


@pytest.fixture
def realistic(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    from apparatus import realistic_session

    return realistic_session


def test_a_made_up_session_reads_as_a_released_one(realistic, tmp_path):
    size = realistic.Size(planes=2, rate=11.0, minutes=16.0, cells=5, pixels=64, template=(24, 38))
    paths = realistic.make_session(tmp_path, size)
    assert [path.stem for path in paths] == [f"behavior_ophys_experiment_290000000{plane}" for plane in range(2)]
    frames = session_frames(paths[0])
    assert len(frames["trials"]) == 11
    assert np.all(np.diff(frames["stimulus_presentations"]["start_time"]) >= 0)
    with h5py.File(paths[0]) as file:
        traces = file["processing/ophys/dff/traces/data"]
        assert traces.shape == (16 * 60 * 11, 5)
        assert traces.chunks is None  # as released: only the events are packed
        assert file["processing/ophys/event_detection/data"].compression == "gzip"
    converter = VisualBehaviorConverter.from_files(*paths)
    assert list(converter.data_interface_objects["Planes"].planes) == ["VISp_75", "VISl_75"]


@pytest.mark.slow
def test_the_benchmark_runs_on_a_small_session():
    command = [sys.executable, BENCHMARKS / "convert_session.py", "--small", "--session", "one plane"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "one plane: 1 files" in done.stdout
    assert "as fast as NeuroConv" in done.stdout
