"""Any selection of a lazy array is that of HDF5; a damaged chunk is an error about the file."""

import h5py
import numpy as np
import pytest

from nwbgate.errors import SourceError
from nwbgate.interfaces.visual_behavior.release.array import ReleasedArray
from nwbgate.interfaces.visual_behavior.release.held_file import HeldFile
from nwbgate.storage.chunks import chunk_reader

SHAPE = (103, 17)


@pytest.fixture(autouse=True)
def any_size_is_read_fast(monkeypatch):
    monkeypatch.setattr(chunk_reader, "SMALLEST", 0)


@pytest.fixture
def numbers():
    rng = np.random.default_rng(0)
    return np.where(rng.random(SHAPE) < 0.2, rng.normal(size=SHAPE), 0)


@pytest.fixture
def made(tmp_path, numbers):
    """Return a function that makes a file that passes for NWB, with one dataset."""

    def make(**options):
        path = tmp_path / "events.nwb"
        with h5py.File(path, "w") as file:
            file.attrs["neurodata_type"] = "NWBFile"
            file.create_dataset("data", data=numbers, **options)
        return HeldFile(path)

    return make


@pytest.mark.parametrize(
    "options",
    [
        {"chunks": (10, 4), "compression": "gzip"},
        {"chunks": (64, 3), "compression": "gzip", "shuffle": True},
        {"compression": "lzf"},
        {},
    ],
    ids=["gzip", "shuffled", "lzf", "contiguous"],
)
def test_any_selection_is_that_of_hdf5(made, numbers, options):
    array = ReleasedArray(made(**options), "/data")
    for selection in (np.s_[3:50, 2:9], np.s_[:, 5], np.s_[7], np.s_[3:50:2, 1:], np.s_[()], np.s_[4:9], np.s_[5:5, :]):
        assert np.array_equal(array[selection], numbers[selection])


def test_a_damaged_chunk_names_the_file(made):
    source = made(chunks=(10, 4), compression="gzip")
    with h5py.File(source.path) as file:
        info = file["data"].id.get_chunk_info(5)
    content = bytearray(source.path.read_bytes())
    content[info.byte_offset + info.size // 2] ^= 0xFF
    source.path.write_bytes(content)
    with pytest.raises(SourceError, match="cannot read") as error:
        ReleasedArray(source, "/data")[0:103, 0:17]
    assert "invalid zlib stream" in error.value.got
    assert str(source.path) in error.value.where
