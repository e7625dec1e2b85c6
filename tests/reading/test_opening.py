"""What `nwbgate.open` gives for a file, and what it does not wait for."""

import json
import subprocess
import sys

import h5py
import numpy as np
import pytest

import nwbgate
from nwbgate.errors import SourceError, UsageError
from nwbgate.reading.recording import Recording
from nwbgate.reading.sessions.session import Session
from support.converted_sessions import converted_recordings, converted_release, session_files
from support.places import TESTS

RELEASED = TESTS / "data" / "visual_behavior_release" / "behavior_ophys_experiment_1900011010.nwb"
TABLES = ("trials", "stimulus_presentations", "licks", "rewards", "running_speed", "metadata", "task_parameters")
HEAVY = ("pynwb", "hdmf", "neuroconv", "pydantic", "scipy", "xarray", "matplotlib", "fsspec", "aiohttp")


def loaded(code: str) -> list[str]:
    """Return the modules that a fresh Python has after running something."""
    code += "\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    modules: list[str] = json.loads(result.stdout)
    return modules


def test_importing_nwbgate_imports_nothing_heavy():
    assert not {"numpy", "pandas", "h5py", *HEAVY} & set(loaded("import nwbgate"))


@pytest.mark.parametrize("layout", ["standard", "released"])
def test_tables_wait_for_nothing_but_pandas_and_h5py(layout, tmp_path_factory):
    path = RELEASED
    if layout == "standard":
        path = session_files(converted_release(tmp_path_factory.getbasetemp()))["1900011001"]
    reads = "; ".join(f"session.{name}" for name in TABLES)
    modules = loaded(f"import nwbgate; session = nwbgate.open({str(path)!r}); {reads}; session.planes")
    assert "pandas" in modules
    assert not {*HEAVY} & set(modules)


def test_a_session_and_a_recording_are_told_apart(tmp_path_factory):
    folder = tmp_path_factory.getbasetemp()
    recording = next(iter(session_files(converted_recordings(folder)).values()))
    session = next(iter(session_files(converted_release(folder)).values()))
    assert [type(nwbgate.open(path)) for path in (recording, str(session))] == [Recording, Session]


def test_opening_reads_no_table(tmp_path):
    with nwbgate.open(RELEASED) as session:
        assert not set(session.__dict__) & {*TABLES, "planes"}


def test_a_file_is_opened_as_often_as_one_likes():
    first, second = nwbgate.open(RELEASED), nwbgate.open(RELEASED)
    first.close()
    assert len(second.trials)


def test_a_folder_is_a_project(tmp_path):
    with pytest.raises(UsageError, match="this is a folder") as caught:
        nwbgate.open(tmp_path)
    assert "nwbgate.Project" in caught.value.fix


@pytest.mark.parametrize("content", ["nothing", "text", "plain", "cut"])
def test_what_is_no_nwb_file_is_refused_in_four_parts(tmp_path, content):
    path = tmp_path / "file.nwb"
    if content == "nothing":
        path.write_bytes(b"")
    elif content == "text":
        path.write_text("not a file of this kind")
    elif content == "plain":
        with h5py.File(path, "w") as file:
            file["data"] = np.arange(3)
    else:
        path.write_bytes(RELEASED.read_bytes()[: RELEASED.stat().st_size // 2])
    with pytest.raises(SourceError) as caught:
        nwbgate.open(path)
    error = caught.value
    assert error.where == str(path)
    assert error.got
    assert error.expected
    assert error.fix


def test_a_file_that_is_not_there_is_said_not_to_be(tmp_path):
    with pytest.raises(UsageError, match="no such file") as caught:
        nwbgate.open(tmp_path / "absent.nwb")
    assert caught.value.where.endswith("absent.nwb")
