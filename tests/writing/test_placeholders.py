"""What is left empty, what is written whole, and what stays with PyNWB."""

import h5py
import numpy as np
import pytest
from hdmf.backends.hdf5 import H5DataIO
from hdmf.build.builders import DatasetBuilder
from hdmf.data_utils import DataChunkIterator
from hdmf.spec import DtypeSpec
from neuroconv.tools.hdmf import SliceableDataChunkIterator

from nwbgate.errors import WriteError
from nwbgate.writing.placeholders import SMALL_BYTES, Deferred, Small, defer
from nwbgate.writing.recorded_iterators import RecordedChunks

LARGE = np.random.default_rng(0).normal(size=SMALL_BYTES // 8)


def prepared(data, dtype=np.float64, spool=None):
    """Return the builder of a dataset after it was prepared, and what is left to do."""
    builder = DatasetBuilder(name="a", data=data, dtype=dtype)
    return builder, defer("/a", builder, spool)


def test_numbers_below_the_limit_are_written_whole():
    builder, rest = prepared(LARGE[:-1])
    assert isinstance(rest, Small)
    assert builder.data.data is None
    assert builder.data.io_settings == {"shape": (len(LARGE) - 1,), "dtype": np.dtype("f8")}


def test_numbers_from_the_limit_on_are_left_empty_in_chunks():
    builder, rest = prepared(LARGE)
    assert isinstance(rest, Deferred)
    assert rest.raw_bytes == SMALL_BYTES
    assert builder.data.io_settings["chunks"] == rest.chunk
    assert builder.data.io_settings["compression"] == "gzip"
    assert builder.data.io_settings["shuffle"] == rest.encoding.shuffle


@pytest.mark.parametrize(
    "data",
    ["text", ["a", "b"], b"x", 5, 2.5, np.float32(1), np.array("a"), np.zeros(3, "c16"), np.zeros(9, "g"), [], [[]]],
)
def test_texts_scalars_and_rare_types_stay_with_pynwb(data):
    builder, rest = prepared(data, None)
    assert rest is None
    assert builder.data is data


def test_enumerations_stay_with_pynwb(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        dtype = h5py.enum_dtype({"off": 0, "on": 1}, basetype="u1")
        data = file.create_dataset("a", data=np.zeros(300_000, "u1"), dtype=dtype)
        assert prepared(data, None)[1] is None


@pytest.mark.parametrize(
    ("values", "asked", "expected"),
    [
        ([1, 2.5], int, "f8"),
        ([1, 2], np.float64, "f8"),
        ([True, False], bool, "?"),
        (((1, 2), (3, 4)), int, "i8"),
        ([np.float32(1), np.float32(2)], np.float32, "f4"),
        ([np.arange(3, dtype="u2")] * 2, np.uint16, "u2"),
    ],
)
def test_lists_become_arrays_of_a_type_that_holds_all(values, asked, expected):
    _, rest = prepared(values, asked)
    assert isinstance(rest, Small)
    assert rest.numbers.dtype == np.dtype(expected)
    assert np.array_equal(rest.numbers, values)


def test_lists_of_different_lengths_stay_with_pynwb():
    assert prepared([[1, 2], [3]], int)[1] is None


def test_an_array_keeps_its_byte_order():
    _, rest = prepared(LARGE.astype(">f8"))
    assert rest.source.dtype == np.dtype(">f8")


def test_the_chunks_of_the_caller_are_cut_to_the_shape():
    _, rest = prepared(H5DataIO(LARGE, chunks=(10**6,)))
    assert rest.chunk == LARGE.shape


def test_the_chunks_an_iterator_recommends_were_not_asked_for():
    data = SliceableDataChunkIterator(data=np.tile(LARGE, 40), chunk_shape=(100_003,), buffer_shape=(100_003,))
    assert prepared(data)[1].chunk == prepared(H5DataIO(data, compression="gzip"))[1].chunk != (100_003,)


def test_an_iterator_that_can_be_used_once_is_spooled(tmp_path):
    asked = []

    def spool(iterator):
        asked.append(iterator)
        return LARGE

    iterator = DataChunkIterator(data=iter(LARGE))
    _, rest = prepared(iterator, spool=spool)
    assert asked == [iterator]
    assert rest.source.data is LARGE


def test_an_iterator_for_another_compression_is_recorded():
    with pytest.warns(UserWarning, match="lzf"):
        builder, rest = prepared(H5DataIO(DataChunkIterator(data=iter(LARGE)), compression="lzf"))
    assert rest is None
    assert isinstance(builder.data.data, RecordedChunks)


FIELDS = [DtypeSpec("x", "column", "uint32"), DtypeSpec("weight", "value", "float32")]
ROWS = [(number, number / 2) for number in range(SMALL_BYTES // 8)]


@pytest.mark.parametrize("rows", [ROWS, np.array(ROWS, [("x", "u4"), ("weight", "f4")])], ids=["list", "array"])
def test_large_compounds_are_packed_by_hdf5(rows):
    builder, rest = prepared(rows, FIELDS)
    assert rest is None
    assert builder.data.io_settings["compression"] == "gzip"
    assert builder.data.data[5].tolist() == (5, 2.5)


def test_other_compounds_stay_with_pynwb():
    builder, _ = prepared(ROWS[:10], FIELDS)
    assert builder.data == ROWS[:10]
    wrapped = H5DataIO(ROWS, chunks=(100,))
    builder, _ = prepared(wrapped, FIELDS)
    assert builder.data.io_settings == {"chunks": (100,)}
    assert builder.data is not wrapped


def test_a_place_without_data_is_refused():
    with pytest.raises(WriteError, match="no data"):
        prepared(H5DataIO(shape=(3,), dtype=np.dtype("f8")))


def test_data_of_a_closed_file_are_refused(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        data = file.create_dataset("a", data=LARGE)
    with pytest.raises(WriteError, match="closed") as caught:
        prepared(data)
    assert caught.value.where == "/a"
