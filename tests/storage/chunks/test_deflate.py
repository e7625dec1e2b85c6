"""Streams that any zlib reads, and the choice among ways to make them."""

import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from nwbgate.storage.chunks import deflate
from nwbgate.storage.chunks.deflate import PLAIN, PLAIN_SMALL, PLANES

RNG = np.random.default_rng(0)
NOISE = RNG.normal(size=100_000)
SPARSE = np.where(RNG.random(50_000) < 0.003, RNG.random(50_000), 0)
FEW = RNG.choice(RNG.normal(size=5), 30_000)
DTYPES = st.sampled_from(["u1", "i2", "<f4", ">f4", "f8", "u8"])


@st.composite
def packings(draw):
    chunk = draw(arrays.arrays(draw(DTYPES), draw(st.integers(1, 300))))
    encoding = draw(st.sampled_from([PLANES, PLAIN, PLAIN_SMALL]))
    planes = chunk.itemsize if encoding.shuffle else 1
    stored = draw(st.lists(st.booleans(), min_size=planes, max_size=planes))
    return chunk, encoding, stored


@given(packings())
def test_zlib_reads_every_stream(packing):
    chunk, encoding, stored = packing
    content = zlib.decompress(deflate.encode(chunk, encoding, stored))
    expected = deflate.shuffle_bytes(chunk) if encoding.shuffle else chunk
    assert content == expected.tobytes()


@given(packings())
def test_decoding_gives_the_bytes_back(packing):
    chunk, encoding, stored = packing
    stream = deflate.encode(chunk, encoding, stored)
    assert deflate.decode(stream, encoding, chunk.itemsize, chunk.nbytes).tobytes() == chunk.tobytes()


def test_long_planes_take_several_stored_blocks():
    stream = deflate.encode(NOISE, PLANES, [True] * 8)
    assert zlib.decompress(stream) == deflate.shuffle_bytes(NOISE).tobytes()
    assert len(stream) < NOISE.nbytes + 100


def test_noise_is_stored_and_exponents_are_deflated():
    stored = deflate.stored_planes(NOISE, PLANES)
    assert stored[:5] == (True,) * 5
    assert stored[7] is False
    assert len(deflate.encode(NOISE, PLANES, stored)) < 0.9 * NOISE.nbytes


def test_without_shuffling_there_is_one_plane():
    assert deflate.stored_planes(NOISE, PLAIN) == (False,)


@pytest.mark.parametrize(
    ("samples", "expected"),
    [
        (NOISE, {PLANES}),
        (np.arange(50_000, dtype="i4"), {PLANES}),
        (FEW, {PLAIN, PLAIN_SMALL}),
        (SPARSE, {PLAIN}),
        (RNG.integers(0, 9, 40_000, dtype="u1"), {PLAIN}),
    ],
    ids=["noise", "ramp", "few values", "sparse", "bytes"],
)
def test_choice(samples, expected):
    assert deflate.choose([samples]) in expected


@pytest.mark.parametrize("position", [2, 500, -1])
def test_a_flipped_byte_is_found(position):
    stream = bytearray(deflate.encode(NOISE, PLANES, [True] * 6 + [False] * 2))
    stream[position] ^= 1
    try:
        content = deflate.decode(bytes(stream), PLANES, 8, NOISE.nbytes)
    except ValueError:
        return
    assert deflate.crc(content) != deflate.crc(NOISE)


@pytest.mark.parametrize(("more", "said"), [(-8, "more than"), (8, "instead of")])
def test_a_stream_of_another_length_is_refused(more, said):
    stream = deflate.encode(NOISE, PLAIN, [False])
    with pytest.raises(ValueError, match=said):
        deflate.decode(stream, PLAIN, 8, NOISE.nbytes + more)


def test_a_stream_that_ends_early_is_refused():
    stream = deflate.encode(NOISE, PLAIN, [False])
    with pytest.raises(ValueError, match="it ends after"):
        deflate.inflate(stream[:-100], NOISE.nbytes)


@pytest.mark.parametrize("length", [1, 1000, 1 << 24])
def test_blocks_of_a_stream_in_parts_are_its_content(length):
    stream = zlib.compress(bytes(9 << 20) + b"end")
    blocks = list(deflate.inflated_blocks(stream[start : start + length] for start in range(0, len(stream), length)))
    assert b"".join(blocks) == zlib.decompress(stream)
    assert max(map(len, blocks)) <= 4 << 20


@pytest.mark.parametrize(("stream", "said"), [(b"", "after 0 bytes"), (zlib.compress(b"abc")[:-4], "after 3 bytes")])
def test_blocks_of_a_stream_without_its_end_are_refused(stream, said):
    with pytest.raises(ValueError, match=said):
        list(deflate.inflated_blocks([stream]))


def test_blocks_of_a_stream_with_a_wrong_checksum_are_refused():
    with pytest.raises(ValueError, match="invalid zlib stream"):
        list(deflate.inflated_blocks([zlib.compress(b"abc")[:-1] + b"x"]))


def test_the_digest_is_the_crc32_of_the_bytes():
    assert deflate.crc(NOISE) == zlib.crc32(NOISE.tobytes())
