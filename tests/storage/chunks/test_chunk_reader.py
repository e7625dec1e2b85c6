"""Chunks read past HDF5: the same numbers as h5py's, whatever the shape, the chunks, the type and the filters."""

import io
import os
from math import prod

import h5py
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nwbgate.errors import SourceError
from nwbgate.storage.chunks import chunk_reader as chunks_reader
from nwbgate.storage.chunks.chunk_reader import read
from nwbgate.storage.chunks.filters import Unshuffle, fletcher32

TYPES = ["f8", "f4", "f2", ">f8", ">i4", "<i2", "u1", "i8", "?", ">u2"]
FILTERS = [
    {},
    {"compression": "gzip"},
    {"compression": "gzip", "compression_opts": 9, "shuffle": True},
    {"shuffle": True},
    {"fletcher32": True},
    {"compression": "gzip", "shuffle": True, "fletcher32": True},
]


@pytest.fixture(autouse=True)
def _small_datasets_too(monkeypatch):
    monkeypatch.setattr(chunks_reader, "SMALLEST", 0)
    monkeypatch.setattr(chunks_reader, "_BATCH_BYTES", 100)


@pytest.fixture
def not_by_hdf5(monkeypatch):
    """Let the test fail where a dataset is left to HDF5."""

    def refuse(dataset, rows, order):
        if not rows:
            return dataset[rows.start : rows.stop]
        pytest.fail(f"{dataset.name} was left to HDF5")

    monkeypatch.setattr(chunks_reader, "_by_hdf5", refuse)


@st.composite
def layouts(draw):
    shape = draw(st.lists(st.integers(1, 12), min_size=1, max_size=3).map(tuple))
    chunk = tuple(draw(st.integers(1, length + 2)) for length in shape)
    return shape, chunk


def some_numbers(shape, dtype, seed=0):
    rng = np.random.default_rng(seed)
    if np.dtype(dtype).kind == "f":
        return rng.normal(size=shape).astype(dtype)
    return rng.integers(0, 2 if dtype == "?" else 200, shape).astype(dtype)


def assert_same(dataset, **options):
    want = dataset[()]
    for order in ("C", "F"):
        got = read(dataset, order=order, **options)
        assert got.dtype == want.dtype
        assert got.flags[f"{order}_CONTIGUOUS"]
        np.testing.assert_array_equal(got, want)


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    layouts(),
    st.sampled_from(TYPES),
    st.sampled_from(FILTERS),
    st.booleans(),
    st.lists(st.booleans(), max_size=4),
    st.sampled_from([1, 3]),
)
def test_equal_to_h5py(tmp_path, not_by_hdf5, layout, dtype, filters, resizable, written, threads):
    shape, chunk = layout
    chunk = chunk if resizable else tuple(map(min, chunk, shape))
    path = tmp_path / "numbers.h5"
    with h5py.File(path, "w") as file:
        maxshape = (None,) * len(shape) if resizable else None
        data = file.create_dataset("data", shape, dtype, chunks=chunk, maxshape=maxshape, fillvalue=1, **filters)
        numbers = some_numbers(shape, dtype)
        for row in range(shape[0]):
            if row >= len(written) or written[row]:  # rows that are not written leave chunks that are not there
                data[row] = numbers[row]
    with h5py.File(path) as file:
        assert_same(file["data"], threads=threads)


@pytest.mark.parametrize("filter_mask", range(8))
def test_a_filter_that_was_skipped_for_a_chunk_is_not_undone(tmp_path, not_by_hdf5, filter_mask):
    path = tmp_path / "numbers.h5"
    numbers = some_numbers((4, 6), "f8")
    with h5py.File(path, "w") as file:
        file.create_dataset("all", (4, 6), "f8", chunks=(4, 3), shuffle=True, compression="gzip", fletcher32=True)
        file["all"][:, 3:] = numbers[:, 3:]
        filters = file["all"].id.get_create_plist()
        codes = [filters.get_filter(number)[0] for number in range(filters.get_nfilters())]
        packed = apply(numbers[:, :3], [code for at, code in enumerate(codes) if not filter_mask >> at & 1])
        file["all"].id.write_direct_chunk((0, 0), packed, filter_mask)
    with h5py.File(path) as file:
        assert_same(file["all"])
        np.testing.assert_array_equal(read(file["all"]), numbers)


def apply(chunk, codes):
    """Return a chunk packed by filters, as HDF5 packs it."""
    import zlib

    packed = np.ascontiguousarray(chunk).tobytes()
    for code in codes:
        if code == h5py.h5z.FILTER_SHUFFLE:
            packed = np.frombuffer(packed, np.uint8).reshape(-1, 8).T.tobytes()
        elif code == h5py.h5z.FILTER_DEFLATE:
            packed = zlib.compress(packed)
        else:
            packed += fletcher32(np.frombuffer(packed, np.uint8)).to_bytes(4, "little")
    return packed


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(min_size=1, max_size=900))
def test_the_checksum_is_that_of_hdf5(tmp_path, content):
    path = tmp_path / "checksum.h5"
    with h5py.File(path, "w") as file:
        octets = np.frombuffer(content, np.uint8)
        data = file.create_dataset("data", data=octets, chunks=octets.shape, fletcher32=True)
        _, stored = data.id.read_direct_chunk((0,))
    assert int.from_bytes(stored[-4:], "little") == fletcher32(octets)


def test_the_checksum_of_a_long_chunk(monkeypatch):
    octets = some_numbers((100_001,), "u1")
    whole = fletcher32(octets)
    monkeypatch.setattr("nwbgate.storage.chunks.filters._WORDS", 777)
    assert fletcher32(octets) == whole


@pytest.mark.parametrize(("itemsize", "size"), [(8, 19), (4, 3), (1, 5), (3, 9)])
def test_bytes_behind_whole_numbers_were_not_shuffled(itemsize, size):
    octets = np.arange(size, dtype=np.uint8)
    whole = size // itemsize * itemsize
    shuffled = np.concatenate([octets[:whole].reshape(-1, itemsize).T.ravel(), octets[whole:]])
    np.testing.assert_array_equal(Unshuffle(itemsize)(shuffled, size), octets)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(layouts(), st.integers(-14, 14), st.integers(-14, 14) | st.none(), st.sampled_from(FILTERS), st.booleans())
def test_rows_are_those_of_h5py(tmp_path, not_by_hdf5, layout, start, stop, filters, whole):
    shape, chunk = layout
    with h5py.File(tmp_path / "numbers.h5", "w") as file:
        chunk = tuple(map(min, chunk, shape))
        data = file.create_dataset("data", shape, "f8", chunks=chunk, fillvalue=3, **filters)
        data[: shape[0] if whole else shape[0] // 2] = 7.5
        data[:2] = some_numbers((min(2, shape[0]), *shape[1:]), "f8")
    with h5py.File(tmp_path / "numbers.h5") as file:
        rows = range(shape[0])[start:stop]
        want = file["data"][rows.start : rows.stop] if rows else np.empty((0, *shape[1:]))
        for order in ("C", "F"):
            np.testing.assert_array_equal(read(file["data"], start, stop, order=order), want)


@pytest.mark.parametrize("order", ["C", "F"])
def test_rows_that_hdf5_reads(tmp_path, monkeypatch, order):
    monkeypatch.setattr(chunks_reader, "_BLOCK_BYTES", 200)
    with h5py.File(tmp_path / "numbers.h5", "w") as file:
        data = file.create_dataset("data", data=some_numbers((40, 3), "f8"), chunks=(7, 2), compression="lzf")
        np.testing.assert_array_equal(read(data, 5, 33, order=order), data[5:33])


def test_chunks_that_were_never_written_read_as_the_fill_value(tmp_path, not_by_hdf5):
    with h5py.File(tmp_path / "numbers.h5", "w") as file:
        file.create_dataset("data", (10, 4), "f4", chunks=(3, 3), fillvalue=-7.5)
    with h5py.File(tmp_path / "numbers.h5") as file:
        assert_same(file["data"])
        assert (read(file["data"]) == -7.5).all()


OTHERS = {
    "contiguous": lambda file: file.create_dataset("data", data=some_numbers((40, 3), "f8")),
    "lzf": lambda file: file.create_dataset("data", data=some_numbers((40, 3), "f8"), chunks=(7, 2), compression="lzf"),
    "scale offset": lambda file: file.create_dataset(
        "data", data=some_numbers((40, 3), "i4"), chunks=(7, 2), scaleoffset=0
    ),
    "complex": lambda file: file.create_dataset("data", data=some_numbers((40,), "f8") * 1j, chunks=(7,)),
    "empty": lambda file: file.create_dataset("data", (0, 3), "f8", chunks=(7, 2), maxshape=(None, 3)),
    "twelve bits": lambda file: twelve_bits(file),
}


def twelve_bits(file):
    """Add whole numbers of which HDF5 reads 12 bits of 16."""
    kind = h5py.h5t.NATIVE_UINT16.copy()
    kind.set_precision(12)
    properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    properties.set_chunk((4,))
    space = h5py.h5s.create_simple((10,))
    data = h5py.h5d.create(file.id, b"data", kind, space, properties)
    data.write(h5py.h5s.ALL, h5py.h5s.ALL, np.arange(10, dtype="u2"))


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_not_understood_is_left_to_hdf5(tmp_path, name):
    with h5py.File(tmp_path / "numbers.h5", "w") as file:
        OTHERS[name](file)
    with h5py.File(tmp_path / "numbers.h5") as file:
        assert_same(file["data"])


def test_texts_are_left_to_hdf5(tmp_path):
    with h5py.File(tmp_path / "numbers.h5", "w") as file:
        file.create_dataset("data", data=["a", "bc"] * 9, chunks=(4,))
    with h5py.File(tmp_path / "numbers.h5") as file:
        assert read(file["data"]).tolist() == [b"a", b"bc"] * 9


def test_large_datasets_without_chunks_are_laid_out_in_columns_block_by_block(tmp_path, monkeypatch):
    monkeypatch.setattr(chunks_reader, "_BLOCK_BYTES", 1000)
    with h5py.File(tmp_path / "numbers.h5", "w") as file:
        file["data"] = some_numbers((101, 7), "f8")
        file.create_dataset("lzf", data=some_numbers((101, 7), "f8"), chunks=(9, 2), compression="lzf")
    with h5py.File(tmp_path / "numbers.h5") as file:
        assert_same(file["data"])
        assert_same(file["lzf"])


def test_a_file_that_is_not_on_this_computer_is_left_to_hdf5(tmp_path):
    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        file.create_dataset("data", data=some_numbers((40, 3), "f8"), chunks=(7, 2), compression="gzip")
    with h5py.File(content) as file:
        assert_same(file["data"])


def test_a_file_that_is_being_written_is_left_to_hdf5(tmp_path):
    with h5py.File(tmp_path / "numbers.h5", "w") as file:
        file.create_dataset("data", data=some_numbers((40, 3), "f8"), chunks=(7, 2), compression="gzip")
        assert_same(file["data"])


def test_a_file_with_a_block_of_its_own_in_front_is_left_to_hdf5(tmp_path):
    with h5py.File(tmp_path / "numbers.h5", "w", userblock_size=512) as file:
        file.create_dataset("data", data=some_numbers((40, 3), "f8"), chunks=(7, 2), compression="gzip")
    with h5py.File(tmp_path / "numbers.h5") as file:
        assert_same(file["data"])


def damaged_file(path, filters, position):
    """Write a dataset and flip a byte of its second chunk."""
    with h5py.File(path, "w") as file:
        data = file.create_dataset("traces/data", data=some_numbers((40, 6), "f8"), chunks=(20, 6), **filters)
        chunk = data.id.get_chunk_info(1)
    content = bytearray(path.read_bytes())
    content[chunk.byte_offset + position] ^= 0xFF
    path.write_bytes(content)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize(
    ("filters", "said"),
    [({"compression": "gzip", "shuffle": True}, "zlib"), ({"fletcher32": True}, "fletcher32")],
    ids=["gzip", "fletcher32"],
)
def test_a_damaged_chunk_is_named(tmp_path, not_by_hdf5, filters, said, threads):
    damaged_file(tmp_path / "numbers.h5", filters, 100)
    with h5py.File(tmp_path / "numbers.h5") as file, pytest.raises(SourceError) as caught:
        read(file["traces/data"], threads=threads)
    assert "numbers.h5 /traces/data, chunk at (20, 0)" in caught.value.where
    assert said in caught.value.got
    assert caught.value.expected
    assert caught.value.fix


def test_a_damaged_dataset_that_hdf5_reads_is_named(tmp_path, monkeypatch):
    damaged_file(tmp_path / "numbers.h5", {"compression": "gzip"}, 100)
    monkeypatch.setattr(chunks_reader, "SMALLEST", 10**9)
    with h5py.File(tmp_path / "numbers.h5") as file, pytest.raises(SourceError, match="cannot read") as caught:
        read(file["traces/data"])
    assert caught.value.where.endswith("/traces/data")


def test_a_chunk_of_another_length_is_refused(tmp_path, not_by_hdf5):
    import zlib

    with h5py.File(tmp_path / "numbers.h5", "w") as file:
        data = file.create_dataset("data", (8,), "f8", chunks=(4,), compression="gzip")
        data.id.write_direct_chunk((0,), zlib.compress(bytes(8)))
        data.id.write_direct_chunk((4,), zlib.compress(bytes(8 * 4)))
    with h5py.File(tmp_path / "numbers.h5") as file, pytest.raises(SourceError, match="8 bytes instead of 32"):
        read(file["data"])


def test_a_chunk_that_inflates_without_end_is_refused(tmp_path, not_by_hdf5):
    import zlib

    with h5py.File(tmp_path / "numbers.h5", "w") as file:
        data = file.create_dataset("data", (4,), "f8", chunks=(4,), compression="gzip")
        data.id.write_direct_chunk((0,), zlib.compress(bytes(10_000_000)))
    with h5py.File(tmp_path / "numbers.h5") as file, pytest.raises(SourceError, match="more than"):
        read(file["data"])


def test_a_file_that_was_cut_while_it_is_open(tmp_path, not_by_hdf5):
    path = tmp_path / "numbers.h5"
    with h5py.File(path, "w") as file:
        file.create_dataset("data", data=some_numbers((400, 3), "f8"), chunks=(70, 2))
    with h5py.File(path) as file:
        size = prod(file["data"].shape)
        with path.open("r+b") as raw:
            raw.truncate(path.stat().st_size - size)
        with pytest.raises(SourceError, match="the file ends within it"):
            read(file["data"])


@pytest.fixture
def on_disk(tmp_path, not_by_hdf5):
    """An open dataset of a file on disk."""
    with h5py.File(tmp_path / "numbers.h5", "w") as file:
        file.create_dataset("data", data=some_numbers((400, 3), "f8"), chunks=(70, 2), compression="gzip")
    with h5py.File(tmp_path / "numbers.h5") as file:
        yield file["data"]


def test_a_file_system_may_give_less_than_is_asked_for(on_disk, monkeypatch):
    whole = os.preadv
    monkeypatch.setattr(os, "preadv", lambda file, buffers, at: whole(file, [buffers[0][:100]], at))
    assert_same(on_disk)


def test_a_disk_that_cannot_be_read_is_said(on_disk, monkeypatch):
    def refuse(file, buffers, at):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "preadv", refuse)
    with pytest.raises(SourceError, match="Input/output error"):
        read(on_disk)
