"""Sessions for the tests of quality control: converted once, and altered copies of them."""

import shutil
from pathlib import Path

import h5py
import numpy as np

from support.converted_sessions import converted_release, session_files

#: A session of two planes, and a training session.
IMAGING, TRAINING = "1900011001", "1900011401"


def session(base: Path, number: str) -> Path:
    """Return a converted session; ``tmp_path_factory.getbasetemp()`` for once per test run."""
    return session_files(converted_release(base))[number]


def copied(path: Path, folder: Path, session_id: str = "") -> Path:
    """Copy a file into a folder, with another session id where one is given."""
    folder.mkdir(parents=True, exist_ok=True)
    copy = folder / (f"{session_id}.nwb" if session_id else path.name)
    shutil.copy(path, copy)
    if session_id:
        with h5py.File(copy, "r+") as file:
            file["general/session_id"][()] = session_id
    return copy


def with_stuck_encoder(path: Path) -> Path:
    """Make the encoder's voltage impossible in half of the samples, in place."""
    with h5py.File(path, "r+") as file:
        found: list[str] = []
        file.visit(lambda name: found.append(name) if name.endswith("v_sig/data") else None)
        assert found, "the file has no encoder signal"
        signal = file[found[0]]
        signal[: len(signal) // 2] = np.full(len(signal) // 2, 9.0)
    return path


def with_damaged(path: Path, name: str) -> Path:
    """Turn bytes in the middle of the first chunk of a dataset, in place."""
    with h5py.File(path) as file:
        chunk = file[name].id.get_chunk_info(0)
    with path.open("r+b") as file:
        file.seek(chunk.byte_offset + chunk.size // 2)
        turned = bytes(255 - byte for byte in file.read(8))
        file.seek(-8, 1)
        file.write(turned)
    return path


def truncated(path: Path) -> Path:
    """Cut a file in half, in place."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return path


def without_session(path: Path) -> Path:
    """Write an NWB file without session: it has one signal."""
    from datetime import UTC, datetime

    from pynwb import NWBHDF5IO, NWBFile, TimeSeries

    path.parent.mkdir(parents=True, exist_ok=True)
    nwbfile = NWBFile("a test", "id", datetime(2024, 1, 1, tzinfo=UTC), session_id="bare")
    nwbfile.add_acquisition(TimeSeries(name="signal", data=np.arange(10.0), unit="V", rate=1.0))
    with NWBHDF5IO(path, "w") as io:
        io.write(nwbfile)
    return path
