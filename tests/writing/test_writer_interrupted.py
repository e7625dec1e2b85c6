"""A full disk or a killed process: no file under the final name, no good file damaged, a clean folder next time."""

import resource
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import h5py
import numpy as np
import pytest

from support.places import TESTS

PREAMBLE = f"""
import sys, time
sys.path.insert(0, {str(TESTS)!r})
import numpy as np
from hdmf.data_utils import GenericDataChunkIterator
from pynwb import TimeSeries
from support.made_nwbfiles import plain
from nwbgate import NwbgateError, write_nwb

NOISE = np.random.default_rng(0).normal(size=2_000_000)

def series(data):
    nwbfile = plain()
    nwbfile.add_acquisition(TimeSeries(name="a", data=data, rate=1.0, unit="1"))
    return nwbfile
"""
REFUSED = """
try:
    write_nwb(series(NOISE), "a.nwb", overwrite=True, threads={threads})
except NwbgateError as error:
    print(error)
    sys.exit(error.exit_code)
"""
STALLING = """
class Stalling(GenericDataChunkIterator):
    def _get_data(self, selection):
        if selection[0].start and selection[0].stop - selection[0].start > 100_000:  # the second block
            print("writing", flush=True)
            time.sleep(60)
        return NOISE[selection]
    def _get_maxshape(self):
        return NOISE.shape
    def _get_dtype(self):
        return NOISE.dtype

write_nwb(series(Stalling()), "a.nwb", overwrite=True)
"""
WHOLE = 'write_nwb(series(NOISE), "a.nwb", overwrite=True)'


def python(script: str, folder: Path, **options) -> subprocess.Popen:
    command = [sys.executable, "-c", PREAMBLE + textwrap.dedent(script)]
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def limited() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (5_000_000, 5_000_000))


@pytest.mark.parametrize("threads", [1, 2])
def test_a_file_that_may_not_grow_is_an_error_and_leaves_nothing(tmp_path, threads):
    (tmp_path / "a.nwb").write_bytes(b"good")
    process = python(REFUSED.format(threads=threads), tmp_path, preexec_fn=limited)
    output, _ = process.communicate()
    assert process.returncode == 1, output
    assert "exceeds the maximum size" in output
    assert "a.nwb" in output
    assert "Traceback" not in output
    assert names(tmp_path) == ["a.nwb"]
    assert (tmp_path / "a.nwb").read_bytes() == b"good"


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 4 MB, where this machine lets us mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", folder], capture_output=True)
    if mounted.returncode:
        pytest.skip("cannot mount a tmpfs here")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_full_disk_is_an_error_and_leaves_nothing(small_disk):
    process = python(REFUSED.format(threads=2), small_disk)
    output, _ = process.communicate()
    assert process.returncode == 1, output
    assert "the disk is full" in output
    assert "what to do: free some space" in output
    assert "Traceback" not in output
    assert names(small_disk) == []


def test_a_disk_too_full_for_the_skeleton_is_an_error(small_disk):
    (small_disk / "filler").write_bytes(bytes(4_190_000))
    process = python(REFUSED.format(threads=2), small_disk)
    output, _ = process.communicate()
    assert process.returncode == 1, output
    assert "the disk is full" in output
    assert names(small_disk) == ["filler"]


def killed(folder: Path) -> None:
    """Start a writer and kill it while it writes."""
    process = python(STALLING, folder)
    assert process.stdout is not None
    assert process.stdout.readline() == "writing\n"
    time.sleep(0.1)
    process.send_signal(signal.SIGKILL)
    process.wait()


def test_a_killed_writer_leaves_no_file_under_the_name(tmp_path):
    killed(tmp_path)
    assert "a.nwb" not in names(tmp_path)
    assert len(names(tmp_path)) == 1  # the temporary file
    process = python(WHOLE, tmp_path)
    output, _ = process.communicate()
    assert process.returncode == 0, output
    assert names(tmp_path) == ["a.nwb"]
    with h5py.File(tmp_path / "a.nwb") as file:
        expected = np.random.default_rng(0).normal(size=2_000_000)
        assert np.array_equal(file["acquisition/a/data"][()], expected)


def test_a_killed_writer_does_not_harm_the_good_file(tmp_path):
    (tmp_path / "a.nwb").write_bytes(b"good")
    killed(tmp_path)
    assert (tmp_path / "a.nwb").read_bytes() == b"good"
