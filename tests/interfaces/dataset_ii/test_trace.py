"""Traces are read in pieces, as stored, and refused where a sample is not finite."""

import h5py
import numpy as np
import pytest

from nwbgate.errors import SourceError
from nwbgate.interfaces.dataset_ii import trace as trace_module
from nwbgate.interfaces.dataset_ii.trace import Trace
from nwbgate.samples.layouts import RecordingLayout

NAMES = ("ephys_raw", "ephys_baseline_subtracted", "dff")


@pytest.fixture(params=["(N,)", "(1,N)", "(N,1)"])
def stored(request, make):
    path = make(layout=RecordingLayout(arrays=request.param, compression="gzip"))
    with h5py.File(path) as file:
        return path, file["ephys_raw"][()].reshape(-1)


def test_slices_are_those_of_the_array(stored):
    path, numbers = stored
    trace = Trace(path, "ephys_raw")
    assert trace.shape == (len(numbers),)
    assert len(trace) == len(numbers)
    for selection in (slice(None), slice(3, 20), slice(-5, None), slice(0, 100, 7), slice(5, 5)):
        assert np.array_equal(trace[selection], numbers[selection])


def test_a_column_is_the_trace_in_one_column(stored):
    path, numbers = stored
    trace = Trace(path, "ephys_raw", column=True)
    assert trace.shape == (len(numbers), 1)
    assert np.array_equal(trace[10:20], numbers[10:20, None])
    assert np.array_equal(trace[10:20, 0:1], numbers[10:20, None])


def test_the_iterator_gives_all_in_blocks(stored, monkeypatch):
    path, numbers = stored
    read = []
    original = Trace.read
    monkeypatch.setattr(Trace, "read", lambda self, a, b: read.append(b - a) or original(self, a, b))
    trace = Trace(path, "ephys_raw", column=True)
    result = np.empty(trace.shape, trace.dtype)
    for block in trace.iterator():
        result[block.selection] = block.data
    assert np.array_equal(result[:, 0], numbers)
    monkeypatch.setattr(trace_module, "BLOCK", 8000)
    read.clear()
    starts = [start for start, _ in trace.blocks()]
    assert starts == list(range(0, len(numbers), 1000))
    assert max(read) == 1000


@pytest.mark.parametrize("kind", ["nan", "infinite"])
@pytest.mark.parametrize("name", NAMES)
def test_a_sample_that_is_not_finite_is_named(make, kind, name, monkeypatch):
    monkeypatch.setattr(trace_module, "BLOCK", 4096)  # the sample lies in a later block
    path = make(fault=f"{kind}_{name}")
    with h5py.File(path) as file:
        index = int(np.argmin(np.isfinite(file[name][()])))
    with pytest.raises(SourceError) as caught:
        Trace(path, name).refuse_not_finite(0.5)
    assert caught.value.where == f"{path}:/{name}"
    assert f"at sample {index} ({index * 0.5:.6f} s)" in caught.value.got


@pytest.mark.parametrize("dtype", ["int16", "float32", ">f8"])
def test_sound_samples_of_any_type_pass(make, dtype):
    trace = Trace(make(layout=RecordingLayout(dtype=dtype)), "dff")
    assert trace.refuse_not_finite(1.0) is None
    assert trace.dtype == np.dtype(dtype)


def test_a_damaged_chunk_is_our_error(make):
    path = make(layout=RecordingLayout(compression="gzip"))
    with h5py.File(path) as file:
        place, size = (chunk := file["ephys_raw"].id.get_chunk_info(0)).byte_offset, chunk.size
    data = bytearray(path.read_bytes())
    data[place : place + size] = bytes(size)
    path.write_bytes(data)
    with pytest.raises(SourceError, match="damaged"):
        Trace(path, "ephys_raw").refuse_not_finite(1.0)
