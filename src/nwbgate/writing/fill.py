"""Chunked writing of a dataset: read blocks, compress in threads, write in order."""

import math
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

from nwbgate.storage.chunks import chunk_shapes as chunks
from nwbgate.storage.chunks.deflate import crc, encode, stored_planes
from nwbgate.writing.placeholders import Deferred

Corner = tuple[int, ...]
#: CRC-32 of the bytes of each chunk as the source gave them, by the position of its first number.
Digests = dict[Corner, int]

#: Chunks that one thread packs in one go, in bytes of the source.
_BATCH_BYTES = 2 * 1024 * 1024


@dataclass(frozen=True)
class Packed:
    """One compressed chunk.

    Attributes
    ----------
    corner : tuple of int
        Position of its first number in the dataset.
    stream : bytes
        What is written to the file.
    digest : int
        CRC-32 of the bytes it was made of.
    """

    corner: Corner
    stream: bytes
    digest: int


@dataclass(frozen=True)
class Batch:
    """Neighbouring chunks compressed together by one thread.

    Attributes
    ----------
    deferred : Deferred
        The dataset they belong to.
    pieces : list of tuple
        Position of the first number of each chunk in the dataset, and its numbers.
    stored : tuple of bool
        Byte planes that are not worth deflating.
    """

    deferred: Deferred
    pieces: list[tuple[Corner, npt.NDArray[Any]]]
    stored: tuple[bool, ...]

    def pack(self) -> list[Packed]:
        """Return the compressed chunks."""
        return [self._pack_chunk(corner, piece) for corner, piece in self.pieces]

    def _pack_chunk(self, corner: Corner, piece: npt.NDArray[Any]) -> Packed:
        numbers = pad_chunk(piece, self.deferred.chunk)
        return Packed(corner, encode(numbers, self.deferred.encoding, self.stored), crc(numbers))


def fill(
    dataset: h5py.Dataset,
    deferred: Deferred,
    pool: ThreadPoolExecutor | None,
    threads: int,
    check: Callable[[], None],
) -> Digests:
    """Write all chunks of a dataset.

    Parameters
    ----------
    dataset : h5py.Dataset
        The empty dataset, with the shape, type, chunks and filters that `deferred` says.
    deferred : Deferred
        Where the numbers come from and how they are packed.
    pool : ThreadPoolExecutor or None
        Where to pack; None packs in the calling thread.
    threads : int
        Threads of the pool.
    check : callable
        Called after each batch of chunks; raises when the disk refused them.

    Returns
    -------
    dict
        CRC-32 of every chunk, padding included.
    """
    digests: Digests = {}
    batches = _batches(deferred)
    for packed in _in_threads(batches, pool, 4 * threads) if pool else map(Batch.pack, batches):
        for chunk in packed:
            dataset.id.write_direct_chunk(chunk.corner, chunk.stream)
            digests[chunk.corner] = chunk.digest
        check()
    return digests


def _batches(deferred: Deferred) -> Iterator[Batch]:
    """Yield the chunks of a dataset in batches, reading block by block."""
    source, chunk, itemsize = deferred.source, deferred.chunk, deferred.source.dtype.itemsize
    length = max(1, _BATCH_BYTES // (math.prod(chunk) * itemsize))
    for region in chunks.regions(source.shape, chunks.block_shape(source.shape, chunk, itemsize)):
        origin = tuple(part.start for part in region)
        pieces = [(_moved_corner(origin, corner), piece) for corner, piece in _pieces(source.read(region), chunk)]
        # What is worth deflating may change in the course of a recording: decided again for each block.
        stored = stored_planes(pad_chunk(pieces[len(pieces) // 2][1], chunk), deferred.encoding)
        for start in range(0, len(pieces), length):
            yield Batch(deferred, pieces[start : start + length], stored)
        del pieces  # before the next block is read


def _moved_corner(origin: Corner, corner: Corner) -> Corner:
    return tuple(first + more for first, more in zip(origin, corner, strict=True))


def _pieces(block: npt.NDArray[Any], chunk: tuple[int, ...]) -> Iterator[tuple[Corner, npt.NDArray[Any]]]:
    """Yield the chunks of a block with their positions in it."""
    rows, columns = block.shape if block.ndim == 2 else (0, 0)
    if chunk[0] >= rows > 0 and columns > chunk[1] and columns % chunk[1] == 0 and block.flags.c_contiguous:
        # All narrow chunks in one go, whole rows of chunks at a time: twice as fast as column by column.
        row = np.dtype((np.void, chunk[1] * block.itemsize))
        narrow = np.ascontiguousarray(block.view(row).T).view(block.dtype).reshape(-1, rows, chunk[1])
        yield from (((0, index * chunk[1]), piece) for index, piece in enumerate(narrow))
        return
    for region in chunks.regions(block.shape, chunk):
        yield tuple(part.start for part in region), block[region]


def pad_chunk(piece: npt.NDArray[Any], chunk: tuple[int, ...]) -> npt.NDArray[Any]:
    """Return a piece as a contiguous chunk, zero-padded at the edge."""
    if piece.shape == chunk:
        return np.ascontiguousarray(piece)
    whole = np.zeros(chunk, piece.dtype)
    whole[tuple(slice(0, length) for length in piece.shape)] = piece
    return whole


def _in_threads(batches: Iterator[Batch], pool: ThreadPoolExecutor, ahead: int) -> Iterator[list[Packed]]:
    """Yield the results of batches in order, with at most `ahead` under way."""
    waiting: deque[Future[list[Packed]]] = deque()
    for batch in batches:
        waiting.append(pool.submit(batch.pack))
        if len(waiting) >= ahead:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()
