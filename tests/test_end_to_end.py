"""A folder of Dataset II recordings through the command line, judged by the field's own tools."""

import json
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest

from nwbgate.samples.dataset_ii import make_recordings

BIN = Path(sys.executable).parent
#: Source variable -> where its samples are in the written file (design of the standard file).
ARRAYS = {
    "ephys_raw": "acquisition/ElectricalSeries/data",
    "ephys_baseline_subtracted": "processing/ecephys/FilteredEphys/ElectricalSeriesBaselineSubtracted/data",
    "sptimes": "units/spike_times",
    "dff": "processing/ophys/DfOverF/RoiResponseSeries/data",
}


def run(*command: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    program, *arguments = map(str, command)
    return subprocess.run([str(BIN / program), *arguments], capture_output=True, text=True, cwd=cwd, check=False)


def converted(sources: list[Path], folder: Path) -> dict[str, Path]:
    """Convert through the command line; return the written file of each recording."""
    result = run("nwbgate", "convert", "dataset-ii", *sources, "--output", folder)
    assert result.returncode == 0, result.stdout + result.stderr
    return {path.stem.split("_ses-")[1].split("_")[0]: path for path in folder.glob("sub-*/*_ecephys+ophys.nwb")}


@pytest.fixture(scope="module")
def sample_files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("samples")
    sources = make_recordings(folder / "sources", recordings=3, seconds=12, sampling_rate=40000)
    return sources, converted(sources, folder / "nwb")


@pytest.fixture(scope="module")
def real_files(tmp_path_factory, real_recordings):
    return real_recordings, converted(real_recordings, tmp_path_factory.mktemp("real"))


@pytest.fixture(params=["sample_files", "real_files"])
def recordings(request):
    return request.getfixturevalue(request.param)


def test_every_source_array_is_bit_identical_when_read_with_h5py(recordings):
    sources, written = recordings
    assert sorted(written) == sorted(source.stem for source in sources)
    for source in sources:
        with h5py.File(source) as before, h5py.File(written[source.stem]) as after:
            for variable, path in ARRAYS.items():
                given, kept = before[variable][()].reshape(-1), after[path][()].reshape(-1)
                assert given.dtype == kept.dtype
                assert np.array_equal(given.view(np.uint8), kept.view(np.uint8)), (source.name, variable)


@pytest.mark.slow
def test_nwb_inspector_reports_nothing_above_suggestion(recordings, tmp_path):
    _, written = recordings
    report = tmp_path / "report.json"
    folder = next(iter(written.values())).parents[1]
    result = run("nwbinspector", folder, "--config", "dandi", "--json-file-path", report)
    assert result.returncode == 0, result.stderr
    messages = json.loads(report.read_text())["messages"]
    assert {message["importance"] for message in messages} <= {"BEST_PRACTICE_SUGGESTION"}, messages


@pytest.mark.slow
def test_dandi_validate_reports_no_error_and_no_warning(recordings, tmp_path):
    """Validated as their users do: the files inside a dandiset."""
    _, written = recordings
    dandiset = tmp_path / "000000"
    dandiset.mkdir()
    (dandiset / "dandiset.yaml").write_text("identifier: DANDI:000000\nname: recordings\n")
    for path in written.values():
        copy = dandiset / path.parent.name / path.name
        copy.parent.mkdir(exist_ok=True)
        copy.write_bytes(path.read_bytes())
    result = run(
        "dandi", "validate", "--format", "json", "--min-severity", "WARNING", *dandiset.glob("sub-*"), cwd=dandiset
    )
    assert json.loads(result.stdout or "[]") == [], result.stdout
    assert result.returncode == 0, result.stderr


def test_converting_twice_converts_nothing_twice(tmp_path):
    make_recordings(tmp_path / "sources", recordings=2, seconds=5, sampling_rate=4000)
    command = ("nwbgate", "convert", "dataset-ii", tmp_path / "sources", "--output", tmp_path / "nwb")
    assert run(*command).returncode == 0
    before = {path: path.stat().st_mtime_ns for path in tmp_path.glob("nwb/sub-*/*.nwb")}
    again = run(*command)
    assert again.returncode == 0
    assert "skipped" in again.stdout
    assert {path: path.stat().st_mtime_ns for path in tmp_path.glob("nwb/sub-*/*.nwb")} == before
    assert len(before) == 2
