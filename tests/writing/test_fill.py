"""Whatever the shape, type and chunks, h5py reads back the same bits that were given."""

from concurrent.futures import ThreadPoolExecutor

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nwbgate.storage.chunks.deflate import PLAIN, PLAIN_SMALL, PLANES, Encoding
from nwbgate.writing.fill import fill, pad_chunk
from nwbgate.writing.placeholders import Deferred
from nwbgate.writing.sources import Sliceable

DTYPES = ["?", "i1", "u1", "<i2", ">i2", "u2", "i4", "u4", "i8", "u8", "f2", "<f4", ">f4", "<f8", ">f8"]


@st.composite
def datasets(draw):
    """Numbers of any bits (NaN with payloads, -0.0, infinities among them), a chunk shape and an encoding."""
    shape = draw(st.lists(st.integers(1, 40), min_size=1, max_size=3).map(tuple))
    dtype = np.dtype(draw(st.sampled_from(DTYPES)))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    content = rng.integers(0, 2 if dtype.kind == "b" else 256, int(np.prod(shape)) * dtype.itemsize, np.uint8)
    chunk = tuple(draw(st.integers(1, length)) for length in shape)
    encoding = draw(st.sampled_from([PLANES, PLAIN, PLAIN_SMALL])) if dtype.itemsize > 1 else PLAIN
    return content.view(dtype).reshape(shape), chunk, encoding


def filled(path, numbers, chunk, encoding, pool=None, threads=1):
    """Write one dataset and return its digests."""
    deferred = Deferred("/data", Sliceable(numbers), chunk, encoding)
    with h5py.File(path, "w") as file:
        dataset = file.create_dataset(
            "data", numbers.shape, numbers.dtype, chunks=chunk, compression="gzip", shuffle=encoding.shuffle
        )
        return fill(dataset, deferred, pool, threads, lambda: None)


@settings(max_examples=150)
@given(datasets())
def test_h5py_reads_the_same_bits(tmp_path_factory, dataset):
    numbers, chunk, encoding = dataset
    path = tmp_path_factory.mktemp("fill") / "file.h5"
    filled(path, numbers, chunk, encoding)
    with h5py.File(path) as file:
        assert file["data"].dtype == numbers.dtype
        assert file["data"][()].tobytes() == numbers.tobytes()


@pytest.mark.parametrize("encoding", [PLANES, PLAIN])
def test_threads_change_nothing(tmp_path, encoding):
    numbers = np.random.default_rng(0).normal(size=(3000, 301))
    one, four = tmp_path / "1.h5", tmp_path / "4.h5"
    with ThreadPoolExecutor(4) as pool:
        assert filled(one, numbers, (500, 7), encoding) == filled(four, numbers, (500, 7), encoding, pool, 4)
    assert one.read_bytes() == four.read_bytes()


def test_an_error_of_the_source_reaches_the_caller(tmp_path):
    class Broken(Sliceable):
        def read(self, region):
            if region[0].start:
                raise OSError(5, "Input/output error")
            return super().read(region)

    source = Broken(np.zeros((4_000_000,)))
    with h5py.File(tmp_path / "file.h5", "w") as file, ThreadPoolExecutor(2) as pool:
        dataset = file.create_dataset("data", source.shape, "f8", chunks=(50_000,), compression="gzip", shuffle=True)
        with pytest.raises(OSError, match="Input/output"):
            fill(dataset, Deferred("/data", source, (50_000,), Encoding(True, 1)), pool, 2, lambda: None)


def test_edges_are_padded_with_zeros():
    assert pad_chunk(np.ones((2, 3)), (3, 4)).tolist() == [[1, 1, 1, 0], [1, 1, 1, 0], [0, 0, 0, 0]]
