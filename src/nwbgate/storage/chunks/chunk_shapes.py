"""Chunk shapes that fit the data, and blocks for reading."""

import math
from collections.abc import Iterator, Sequence
from itertools import product

#: Bytes of one chunk of a one- or two-dimensional dataset: small enough to read one ROI or one time window for
#: little, large enough that neither the chunk index nor the stream headers weigh anything.
TRACE_BYTES = 256 * 1024
#: Bytes of one chunk of a stack of images: a few whole frames or masks.
FRAME_BYTES = 2 * 1024 * 1024
#: Rows of one chunk of a table of traces, time along the first axis.
TRACE_ROWS = 8192
#: Bytes that are read from a source in one go. A band of chunks has to fit, or memory grows with the width of the data.
BLOCK_BYTES = 12 * 1024 * 1024

Region = tuple[slice, ...]


def fit(length: int, wanted: int) -> int:
    """Return the chunk length near `wanted` that pads the last chunk least.

    Parameters
    ----------
    length : int
        Length of the axis, at least 1.
    wanted : int
        Preferred chunk length. The result lies between half and twice of it, or is `length` itself.

    Returns
    -------
    int
        Between 1 and `length`.
    """
    wanted = min(max(wanted, 1), length)
    if length >= 100 * wanted:
        return wanted  # pads less than 1 %
    counts = range(max(1, math.ceil(length / (2 * wanted))), 2 * length // wanted + 1)
    lengths = {math.ceil(length / count) for count in counts}

    def preference(chunk: int) -> tuple[float, int, int]:
        padding = math.ceil(length / chunk) * chunk / length - 1
        return round(padding, 2), abs(chunk - wanted), -chunk

    return min(lengths, key=preference)


def chunk_shape(shape: Sequence[int], itemsize: int) -> tuple[int, ...]:
    """Return the chunk shape for a dataset of numbers.

    Time runs along the first axis, as everywhere in NWB. Tables of traces get tall narrow chunks, so that one ROI and
    one time window are both cheap to read; stacks of images get whole frames.

    Parameters
    ----------
    shape : sequence of int
        Shape of the dataset; no axis may be empty.
    itemsize : int
        Bytes of one number.

    Returns
    -------
    tuple of int
        As many lengths as axes, none longer than its axis.
    """
    if len(shape) == 1:
        return (fit(shape[0], TRACE_BYTES // itemsize),)
    if len(shape) == 2:
        return _trace_chunk(shape[0], shape[1], itemsize)
    return _frame_chunk(shape, itemsize)


def _trace_chunk(length: int, width: int, itemsize: int) -> tuple[int, int]:
    rows = fit(length, min(TRACE_ROWS, BLOCK_BYTES // (width * itemsize)))
    return rows, fit(width, TRACE_BYTES // (rows * itemsize))


def _frame_chunk(shape: Sequence[int], itemsize: int) -> tuple[int, ...]:
    """Return a chunk of whole trailing axes, with the next axis cut."""
    chunk: list[int] = []
    size = itemsize
    for length in reversed(shape):
        taken = fit(length, FRAME_BYTES // size) if size < FRAME_BYTES else 1
        chunk.append(taken)
        size = size * taken if taken == length else FRAME_BYTES
    return tuple(reversed(chunk))


def block_shape(shape: Sequence[int], chunk: Sequence[int], itemsize: int) -> tuple[int, ...]:
    """Return the block shape for reading a source: whole chunks up to `BLOCK_BYTES`."""
    block = list(chunk)
    for axis in reversed(range(len(shape))):
        room = BLOCK_BYTES // (math.prod(block) * itemsize)
        block[axis] *= max(1, min(room, math.ceil(shape[axis] / chunk[axis])))
    return tuple(block)


def regions(shape: Sequence[int], step: Sequence[int], start: Sequence[int] | None = None) -> Iterator[Region]:
    """Yield the regions of size `step` that tile `shape`, last axis fastest.

    Parameters
    ----------
    shape, step : sequence of int
        Extent to tile, and the size of a tile.
    start : sequence of int, optional
        Where the tiled extent begins; zero on each axis by default.
    """
    origin = start or [0] * len(shape)
    axes = [
        [slice(low, min(low + length, first + extent)) for low in range(first, first + extent, length)]
        for extent, length, first in zip(shape, step, origin, strict=True)
    ]
    yield from product(*axes)


def count(shape: Sequence[int], chunk: Sequence[int]) -> int:
    """Return the number of chunks that cover `shape`."""
    return math.prod(math.ceil(length / part) for length, part in zip(shape, chunk, strict=True))
