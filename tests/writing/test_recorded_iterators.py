"""A recorded iterator passes everything on and knows again what it gave."""

import h5py
import numpy as np
import pytest
from hdmf.data_utils import DataChunkIterator

from nwbgate.writing.recorded_iterators import RecordedChunks, checksum

NUMBERS = np.random.default_rng(0).normal(size=(10, 3))


@pytest.fixture
def recorded():
    return RecordedChunks(DataChunkIterator(data=iter(NUMBERS), buffer_size=4))


def test_it_is_like_the_iterator(recorded):
    plain = DataChunkIterator(data=iter(NUMBERS), buffer_size=4)
    assert recorded.dtype == plain.dtype
    assert recorded.maxshape == plain.maxshape
    assert recorded.recommended_chunk_shape() == plain.recommended_chunk_shape()
    assert recorded.recommended_data_shape() == plain.recommended_data_shape()
    assert np.array_equal(np.concatenate([block.data for block in recorded]), NUMBERS)


def test_it_knows_what_it_gave(recorded, tmp_path):
    for _ in recorded:
        pass
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["a"] = NUMBERS
        assert recorded.matches(file["a"])
        file["a"][9, 2] = 0
        assert not recorded.matches(file["a"])


def test_checksums_of_texts_do_not_depend_on_their_encoding():
    texts = ["a", "№ 2"]
    assert checksum(np.array(texts)) == checksum(np.array([text.encode() for text in texts], object))
    assert checksum(np.array(["ab", "c"])) != checksum(np.array(["a", "bc"]))
    assert checksum(np.array([0.0])) != checksum(np.array([-0.0]))
