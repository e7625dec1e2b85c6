"""The chunks of a trace, as a page needs them to read samples from the file."""

import zlib

import h5py
import numpy as np
import pytest

from nwbgate.browser.exports.chunk_table import chunk_table
from nwbgate.browser.serving.packing import unpack
from nwbgate.browser.tracks.samples import ArraySamples, StoredSamples
from support.browsed_files import series, write_recording


def test_chunks_are_where_the_table_says(tmp_path):
    path = write_recording(tmp_path / "a.nwb", seconds=10)
    with h5py.File(path) as file:
        samples = StoredSamples(file["acquisition/ElectricalSeries"])
        about, arrays = unpack(chunk_table(samples, "../a.nwb"))
        expected = samples.values(0, len(samples))
    content, parts = path.read_bytes(), []
    for start, size in zip(arrays["starts"].astype(int), arrays["sizes"], strict=True):
        shuffled = np.frombuffer(zlib.decompress(content[start : start + size]), np.uint8).reshape(8, -1)
        parts.append(shuffled.T.tobytes())
    found = np.frombuffer(b"".join(parts), about["kind"])[: about["samples"]]
    np.testing.assert_array_equal(found, expected)
    assert (about["filters"], about["address"], about["factor"]) == ([8, "deflate"], "../a.nwb", 1.0)
    assert not arrays["masks"].any()


@pytest.mark.parametrize("kind", ["array", "uneven", "columns", "contiguous", "lzf", "unwritten"])
def test_what_a_page_cannot_read_has_no_table(tmp_path, kind):
    data = np.arange(4000.0)
    with h5py.File(tmp_path / "a.h5", "w") as file:
        series(file, "a", data, **({"times": data} if kind == "uneven" else {"rate": 10.0}))
        if kind in ("columns", "contiguous", "lzf", "unwritten"):
            del file["a/data"]
            options = {
                "columns": {"data": np.zeros((4000, 2)), "chunks": True}, "contiguous": {"data": data},
                "lzf": {"data": data, "compression": "lzf"},
                "unwritten": {"shape": (4000,), "chunks": (1000,), "dtype": "<f8"},
            }[kind]  # fmt: skip
            file["a"].create_dataset("data", **options)
        samples = (
            ArraySamples(data, data) if kind == "array" else StoredSamples(file["a"], 0 if kind == "columns" else None)
        )
        assert chunk_table(samples, "a.h5") is None
