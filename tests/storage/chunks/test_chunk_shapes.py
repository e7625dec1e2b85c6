"""Chunks fit the shape, stay within their size, and tile it."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nwbgate.storage.chunks import chunk_shapes as chunks

SHAPES = st.lists(st.integers(1, 200_000), min_size=1, max_size=4).map(tuple)
ITEMSIZES = st.sampled_from([1, 2, 4, 8])


@given(st.integers(1, 10_000_000), st.integers(1, 100_000))
def test_a_fitting_length_is_near_the_wanted_one(length, wanted):
    chunk = chunks.fit(length, wanted)
    assert 1 <= chunk <= length
    assert chunk <= 2 * wanted
    assert chunk >= min(length, wanted) / 2


@pytest.mark.parametrize(
    ("length", "wanted", "expected"), [(140000, 8192, 8236), (150, 4, 5), (89, 4, 5), (10, 100, 10), (7, 1, 1)]
)
def test_a_fitting_length_wastes_little(length, wanted, expected):
    assert chunks.fit(length, wanted) == expected


@given(SHAPES, ITEMSIZES)
def test_chunks_are_within_the_shape_and_of_bounded_size(shape, itemsize):
    chunk = chunks.chunk_shape(shape, itemsize)
    assert all(1 <= part <= length for part, length in zip(chunk, shape, strict=True))
    assert math.prod(chunk) * itemsize <= 4 * chunks.FRAME_BYTES


@given(st.tuples(st.integers(1, 10**7), st.integers(1, 5000)), ITEMSIZES)
def test_a_band_of_chunks_does_not_grow_with_the_width(shape, itemsize):
    rows = chunks.chunk_shape(shape, itemsize)[0]
    assert rows * shape[1] * itemsize <= 24 * 1024 * 1024


def test_padding_is_small():
    for shape in [(140000, 150), (140000, 89), (2_400_000,), (9_480, 384), (120, 512, 512), (118, 1200, 1920)]:
        chunk = chunks.chunk_shape(shape, 8)
        stored = math.prod(math.ceil(length / part) * part for length, part in zip(shape, chunk, strict=True))
        assert stored / math.prod(shape) < 1.02, (shape, chunk)


def test_images_keep_whole_frames():
    assert chunks.chunk_shape((118, 512, 512), 1)[1:] == (512, 512)
    assert chunks.chunk_shape((1000, 64, 64, 3), 1)[1:] == (64, 64, 3)


def test_frames_too_large_for_a_chunk_are_cut():
    assert chunks.chunk_shape((10, 8192, 8192), 2) == (1, 128, 8192)


@given(st.lists(st.integers(1, 12), min_size=1, max_size=3).map(tuple), st.data())
def test_regions_cover_each_number_once(shape, data):
    step = tuple(data.draw(st.integers(1, length + 2)) for length in shape)
    seen = np.zeros(shape, int)
    regions = list(chunks.regions(shape, step))
    for region in regions:
        seen[region] += 1
    assert (seen == 1).all()
    assert len(regions) == chunks.count(shape, step)


@given(SHAPES, ITEMSIZES)
def test_blocks_are_whole_chunks_and_bounded(shape, itemsize):
    chunk = chunks.chunk_shape(shape, itemsize)
    block = chunks.block_shape(shape, chunk, itemsize)
    assert all(whole % part == 0 for whole, part in zip(block, chunk, strict=True))
    assert math.prod(block) * itemsize <= max(chunks.BLOCK_BYTES, 4 * chunks.FRAME_BYTES)
