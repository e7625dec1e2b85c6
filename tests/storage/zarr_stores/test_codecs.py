"""Chunks of every codec decode as numcodecs decodes them, and none unpacks to more than a chunk."""

import zlib

import numcodecs
import numpy as np
import pytest
import zarr

from nwbgate.storage.hdf5 import open_hdf5
from nwbgate.storage.zarr_stores.array_metadata import array_metadata
from nwbgate.storage.zarr_stores.codecs import FAILURES, decode_chunk, unknown_codecs
from support.guarded_pages import before_a_guarded_page

VALUES = np.random.default_rng(0).integers(-500, 500, (50, 4)).astype("i2")
COMPRESSORS = [
    None, numcodecs.Blosc(), numcodecs.Blosc("zstd", 3, numcodecs.Blosc.BITSHUFFLE), numcodecs.Zstd(), numcodecs.LZ4(),
    numcodecs.Zlib(), numcodecs.GZip(), numcodecs.BZ2(), numcodecs.LZMA(),
]  # fmt: skip
FILTERS = [numcodecs.Shuffle(2), numcodecs.Delta("i2"), numcodecs.Fletcher32(), numcodecs.CRC32()]


@pytest.mark.parametrize("compressor", COMPRESSORS, ids=str)
@pytest.mark.parametrize("filters", [None, *([each] for each in FILTERS)], ids=str)
def test_every_codec_is_undone(tmp_path, compressor, filters):
    root = zarr.open_group(str(tmp_path / "a.nwb.zarr"), "w")
    root.create_dataset("a", data=VALUES, chunks=(20, 3), compressor=compressor, filters=filters)
    with open_hdf5(tmp_path / "a.nwb.zarr") as file:
        np.testing.assert_array_equal(file["a"][()], VALUES)


def metadata(codec, dtype="<i2", shape=(4,)):
    return array_metadata(
        {"zarr_format": 2, "shape": [*shape], "chunks": [*shape], "dtype": dtype, "order": "C", "fill_value": None,
         "compressor": codec, "filters": None}, "here",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("codec", "content"),
    [
        ({"id": "zlib", "level": 1}, zlib.compress(bytes(10_000_000))),
        ({"id": "gzip", "level": 1}, zlib.compress(bytes(8))[:-3]),
        ({"id": "blosc"}, numcodecs.Blosc().encode(np.zeros(10_000_000, "u1"))),
        ({"id": "lz4"}, numcodecs.LZ4().encode(np.zeros(10_000_000, "u1"))),
        ({"id": "zstd"}, numcodecs.Zstd().encode(np.zeros(10_000_000, "u1"))),
        ({"id": "zstd"}, numcodecs.Zstd().encode(np.zeros(60_000, "u1"))),
        ({"id": "bz2"}, b"damaged"), ({"id": "lzma"}, b"damaged"), ({"id": "zstd"}, b"damaged"),
    ],
    ids=["zlib bomb", "gzip end", "blosc bomb", "lz4 bomb", "zstd bomb", "zstd small bomb", "bz2", "lzma", "zstd"],
)  # fmt: skip
def test_bombs_and_damaged_streams_are_refused(codec, content):
    with pytest.raises(FAILURES):
        decode_chunk(content, metadata(codec))


@pytest.mark.parametrize("length", [0, 3, 15, 16, 100, -1])
@pytest.mark.parametrize("compressor", [each for each in COMPRESSORS if each], ids=str)
def test_no_codec_reads_past_the_end_of_a_cut_chunk(compressor, length):
    """Blosc trusts the length in its header and would end Python; the page after the bytes may not be read."""
    stored = bytes(compressor.encode(np.random.default_rng(0).random(3000)))[:length]
    with before_a_guarded_page(stored) as content, pytest.raises(FAILURES):
        decode_chunk(content, metadata(compressor.get_config(), "<f8", (3000,)))


@pytest.mark.parametrize("size", [1, 255, 256, 65_791, 65_792, 10_000_000])
@pytest.mark.parametrize("codec", ["blosc", "lz4", "zstd"])
def test_chunks_of_any_size_are_undone(codec, size):
    values = np.arange(size).astype("u1")
    stored = bytes(numcodecs.get_codec({"id": codec}).encode(values))
    found = decode_chunk(stored, metadata({"id": codec}, "|u1", (size,)))
    assert bytes(found) == values.tobytes()


@pytest.mark.parametrize("count", [3, 2**31])
def test_texts_are_counted_before_they_are_read(count):
    content = count.to_bytes(4, "little")
    with pytest.raises(ValueError, match="texts, expected 4"):
        decode_chunk(content, metadata({"id": "vlen-utf8"}, "|O"))


def test_json_objects_of_several_axes_are_in_order():
    texts = np.array([["a", "b"], ["c", "d"]], object)
    found = decode_chunk(numcodecs.JSON().encode(texts), metadata({"id": "json2"}, "|O", (2, 2)))
    assert found.tolist() == ["a", "b", "c", "d"]


def test_unknown_codecs_are_named():
    assert unknown_codecs(metadata({"id": "jpeg"})) == ["jpeg"]
    assert unknown_codecs(metadata({"id": "zstd"})) == []
