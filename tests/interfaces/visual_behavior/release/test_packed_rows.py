"""Rows of packed matrices are what HDF5 itself reads, however the chunks lie; a damaged one is an error."""

import h5py
import numpy as np
import pytest

from nwbgate.errors import SourceError
from nwbgate.interfaces.visual_behavior.release.array import ReleasedArray
from nwbgate.interfaces.visual_behavior.release.held_file import HeldFile
from nwbgate.interfaces.visual_behavior.release.packed_rows import inflated_rows, packed_by_gzip

SHAPE = (103, 17)


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
        return path

    return make


@pytest.mark.parametrize("chunks", [(10, 4), (103, 17), (1, 17), (64, 3)])
@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize(("start", "stop"), [(0, 103), (7, 8), (9, 41), (100, 103), (5, 5)])
def test_rows_are_those_of_hdf5(made, numbers, chunks, shuffle, start, stop):
    with h5py.File(made(chunks=chunks, compression="gzip", shuffle=shuffle)) as file:
        assert packed_by_gzip(file["data"])
        rows = inflated_rows(file["data"], start, stop)
    assert rows.dtype == numbers.dtype
    assert np.array_equal(rows, numbers[start:stop])


@pytest.mark.parametrize(
    "options", [{}, {"chunks": (10, 4)}, {"compression": "lzf"}, {"compression": "gzip", "fletcher32": True}]
)
def test_what_is_packed_otherwise_is_left_to_hdf5(made, numbers, options):
    path = made(**options)
    with h5py.File(path) as file:
        assert not packed_by_gzip(file["data"])
    assert np.array_equal(ReleasedArray(HeldFile(path), "/data")[3:50, 2:9], numbers[3:50, 2:9])


def test_chunks_that_were_never_written_are_what_hdf5_says(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        data = file.create_dataset("data", SHAPE, "f8", chunks=(10, 4), compression="gzip", fillvalue=7.0)
        data[0:10, 0:4] = 1.0
        assert np.array_equal(inflated_rows(data, 0, 30), data[0:30])


def test_a_chunk_that_was_written_past_the_filter_is_read(tmp_path):
    raw = np.arange(40.0).reshape(10, 4)
    with h5py.File(tmp_path / "a.h5", "w") as file:
        data = file.create_dataset("data", (10, 4), "f8", chunks=(10, 4), compression="gzip")
        data.id.write_direct_chunk((0, 0), raw.tobytes(), filter_mask=1)
    with h5py.File(tmp_path / "a.h5") as file:
        assert np.array_equal(inflated_rows(file["data"], 2, 9), raw[2:9])


@pytest.mark.parametrize(
    "selection", [np.s_[3:50, 2:9], np.s_[:, 5], np.s_[7], np.s_[3:50:2, 1:], np.s_[()], np.s_[4:9]]
)
def test_any_selection_of_an_array_is_that_of_hdf5(made, numbers, selection):
    array = ReleasedArray(HeldFile(made(chunks=(10, 4), compression="gzip")), "/data")
    assert np.array_equal(array[selection], numbers[selection])


def test_a_damaged_chunk_names_the_file(made):
    path = made(chunks=(10, 4), compression="gzip")
    with h5py.File(path) as file:
        info = file["data"].id.get_chunk_info(5)
    content = bytearray(path.read_bytes())
    content[info.byte_offset + info.size // 2] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(SourceError, match="cannot read") as error:
        ReleasedArray(HeldFile(path), "/data")[0:103, 0:17]
    assert "damaged" in error.value.got
    assert str(path) in error.value.where
