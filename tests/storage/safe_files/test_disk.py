"""HDF5 writes to it as to a file, and never learns that the disk is full."""

import errno
import os
import signal
import subprocess
import sys

import h5py
import numpy as np
import pytest

from nwbgate.processes.termination import Terminated, terminable
from nwbgate.storage.safe_files.disk import Disk

NUMBERS = np.arange(200_000.0)


def test_hdf5_reads_what_was_written(tmp_path):
    with Disk(tmp_path / "a.h5") as disk, h5py.File(disk, "w") as file:
        assert file.filename == str(tmp_path / "a.h5")
        file["numbers"] = NUMBERS
        file.create_dataset("chunked", data=NUMBERS, chunks=(1000,), compression="gzip")
        assert np.array_equal(file["chunked"][()], NUMBERS)
    with h5py.File(tmp_path / "a.h5") as file:
        assert np.array_equal(file["numbers"][()], NUMBERS)
        assert np.array_equal(file["chunked"][()], NUMBERS)


def test_it_behaves_as_a_file(tmp_path):
    disk = Disk(tmp_path / "a")
    assert disk.write(memoryview(b"0123456789")) == 10
    assert (disk.tell(), disk.seek(2), disk.read(3)) == (10, 2, b"234")
    assert disk.seek(-1, os.SEEK_CUR) == 4
    assert disk.seek(-2, os.SEEK_END) == 8
    assert disk.read(4) == b"89\0\0"
    disk.truncate(5)
    disk.__exit__(None, None, None)
    assert (tmp_path / "a").read_bytes() == b"01234"


def test_an_existing_file_is_not_touched(tmp_path):
    (tmp_path / "a").write_bytes(b"good")
    with pytest.raises(FileExistsError):
        Disk(tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == b"good"


class Interrupted(Disk):
    """A file whose second piece meets a signal."""

    def _write(self, piece):
        super()._write(piece)
        if self._position and self.refusal is None:
            signal.raise_signal(self.signal)


def write_interrupted(path, number):
    with Interrupted(path) as disk:
        disk.signal = number
        with h5py.File(disk, "w") as file:
            file["numbers"] = NUMBERS
        assert disk.refusal is not None


@pytest.mark.parametrize(("number", "stop"), [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, Terminated)])
def test_a_signal_in_a_call_from_hdf5_comes_out_as_itself(tmp_path, number, stop):
    before = signal.getsignal(signal.SIGINT)
    with terminable(), pytest.raises(stop) as raised:
        write_interrupted(tmp_path / "a.h5", number)
    assert raised.type is stop
    assert signal.getsignal(signal.SIGINT) is before


def interrupt_elsewhere(path):
    with Disk(path) as disk:
        signal.raise_signal(signal.SIGINT)
        disk.write(memoryview(b"not reached"))


def test_a_signal_elsewhere_in_the_block_is_raised_at_once(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        interrupt_elsewhere(tmp_path / "a.h5")
    assert (tmp_path / "a.h5").read_bytes() == b""


LIMITED = """
import errno, resource, sys
from pathlib import Path
from nwbgate.storage.safe_files.disk import Disk
unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (5, unlimited[1]))
disk = Disk(Path(sys.argv[1]))
disk.check()
assert disk.write(memoryview(b"0123456789")) == 10
assert disk.refusal.errno == errno.EFBIG
assert disk.tell() == 10
assert disk.write(memoryview(b"abc")) == 3
assert disk.write(memoryview(bytes(2_000_000))) == 2_000_000
disk.truncate(100)
assert disk.seek(0, 2) == 13
assert (disk.seek(3), disk.read(9)) == (3, b"3456789ab")
try:
    with disk:
        raise ValueError("a consequence")
except OSError as error:
    assert error is disk.refusal
else:
    raise SystemExit("nothing was raised")
other = Disk(Path(sys.argv[1] + "2"))
other.truncate(100)
assert other.refusal.errno == errno.EFBIG
resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)
"""


def test_a_refusal_is_kept_and_raised_at_the_end(tmp_path):
    """What was written after the refusal can be read still, so that HDF5 does not stumble over its own metadata."""
    subprocess.run([sys.executable, "-c", LIMITED, str(tmp_path / "a")], check=True)


def test_hdf5_closes_its_file_in_peace(tmp_path):
    script = """
import sys, h5py, numpy as np, resource
from pathlib import Path
from nwbgate.storage.safe_files.disk import Disk
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
try:
    with Disk(Path(sys.argv[1])) as disk, h5py.File(disk, "w") as file:
        for number in range(300):
            file.create_group(f"group{number}").attrs["a"] = np.zeros(100)
            file[f"group{number}/chunked"] = np.zeros(1000)
            assert (file[f"group{number // 2}/chunked"][()] == 0).all()
except OSError as error:
    sys.exit(error.errno)
"""
    # Coverage could not write its own file under the limit.
    unmeasured = {key: value for key, value in os.environ.items() if not key.startswith("COVERAGE")}
    for limit in (0, 1000, 100_000, 1_000_000):
        command = [sys.executable, "-c", script, str(tmp_path / str(limit)), str(limit)]
        process = subprocess.run(command, capture_output=True, text=True, check=False, env=unmeasured)
        assert (process.returncode, process.stderr) == (errno.EFBIG, "")
