"""Numbers come out of every kind of source as they are."""

import h5py
import numpy as np
import pytest
from hdmf.data_utils import AbstractDataChunkIterator, DataChunk, DataChunkIterator, GenericDataChunkIterator
from neuroconv.tools.hdmf import SliceableDataChunkIterator

from nwbgate.errors import WriteError
from nwbgate.writing.sources import MemoryMap, source_of, spool_iterator

NUMBERS = np.random.default_rng(0).normal(size=(50, 6))
REGION = (slice(10, 25), slice(2, 5))


def mapped(path, mode):
    np.save(path, NUMBERS)
    return np.load(path, mmap_mode=mode)


@pytest.fixture(params=["array", "memory map", "copy on write", "dataset", "iterator"])
def data(request, tmp_path):
    if request.param == "array":
        yield NUMBERS
    elif request.param == "memory map":
        yield mapped(tmp_path / "a.npy", "r")
    elif request.param == "copy on write":
        yield mapped(tmp_path / "a.npy", "c")
    else:
        with h5py.File(tmp_path / "a.h5", "w") as file:
            dataset = file.create_dataset("a", data=NUMBERS)
            yield dataset if request.param == "dataset" else SliceableDataChunkIterator(data=dataset)


def test_every_source_gives_any_region_again_and_again(data):
    source = source_of(data)
    assert (source.shape, source.dtype) == ((50, 6), np.dtype("f8"))
    for _ in range(2):
        assert np.array_equal(source.read(REGION), NUMBERS[REGION])


def test_a_wider_type_is_made_while_reading(data):
    source = source_of(data, np.dtype(">f8"))
    assert source.read(REGION).dtype == source.dtype == np.dtype(">f8")
    assert np.array_equal(source.read(REGION), NUMBERS[REGION])


def test_changes_of_a_copy_on_write_map_survive_reading(tmp_path):
    data = mapped(tmp_path / "a.npy", "c")
    data[12] = 7
    source = source_of(data)
    assert isinstance(source, MemoryMap)
    source.read(REGION)
    assert (source.read(REGION)[2] == 7).all()


class Liar(GenericDataChunkIterator):
    """Announces float64 and gives what it was told to."""

    def __init__(self, given):
        self.content = given
        super().__init__()

    def _get_data(self, selection):
        return self.content

    def _get_maxshape(self):
        return (50, 6)

    def _get_dtype(self):
        return np.dtype("f8")


@pytest.mark.parametrize("given", [NUMBERS[REGION].astype("f4"), NUMBERS], ids=["type", "shape"])
def test_an_iterator_that_gives_something_else_is_refused(given):
    with pytest.raises(WriteError, match="announced") as caught:
        source_of(Liar(given)).read(REGION)
    assert "Liar" in caught.value.where
    assert "float64 (15, 3)" in caught.value.expected


class Scattered(AbstractDataChunkIterator):
    """Gives blocks in its own order and leaves a gap, as HDMF allows."""

    def __init__(self):
        self.blocks = iter([((slice(3, 5), slice(0, 2)), 5.0), ((slice(0, 1), slice(1, 2)), 1.0)])

    def __iter__(self):
        return self

    def __next__(self):
        selection, value = next(self.blocks)
        shape = tuple(part.stop - part.start for part in selection)
        return DataChunk(data=np.full(shape, value), selection=selection)

    def recommended_chunk_shape(self):
        return None

    def recommended_data_shape(self):
        return (1, 2)

    @property
    def dtype(self):
        return np.dtype("f8")

    @property
    def maxshape(self):
        return (None, 2)


@pytest.mark.parametrize("buffer_size", [1, 7, 100])
def test_an_iterator_of_unknown_length_is_spooled(tmp_path, buffer_size):
    rows = DataChunkIterator(data=(row for row in NUMBERS), buffer_size=buffer_size)
    with h5py.File(tmp_path / "spool.h5", "w") as file:
        assert np.array_equal(spool_iterator(rows, file, "0", lambda: None)[()], NUMBERS)


def test_blocks_in_any_order_are_spooled_where_they_belong(tmp_path):
    with h5py.File(tmp_path / "spool.h5", "w") as file:
        assert spool_iterator(Scattered(), file, "0", lambda: None)[()].tolist() == [
            [0, 1],
            [0, 0],
            [0, 0],
            [5, 5],
            [5, 5],
        ]
