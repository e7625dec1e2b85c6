"""Byte shuffling and ISA-L zlib streams for HDF5's `shuffle` and `deflate`."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from isal import isal_zlib

Bytes = npt.NDArray[np.uint8]
Numbers = npt.NDArray[Any]

#: What ISA-L raises; its stubs take the class for an instance.
_DAMAGED = cast("type[Exception]", isal_zlib.error)
#: Bytes of content that are inflated at once where a stream may be of any length.
_BLOCK = 4 << 20
#: zlib header of a stream with a 32 KiB window, fastest level (RFC 1950, section 2.2).
_HEADER = b"\x78\x01"
#: An empty stored block with the final bit set (RFC 1951, section 3.2.4): ends a stream after a synchronising flush.
_END = b"\x01\x00\x00\xff\xff"
#: Longest stored block of DEFLATE.
_STORED = 65535
#: A byte plane that deflating makes less than this much smaller is stored as it is: reading it back is free.
_WORTHWHILE = 0.98
#: Another encoding is taken only where it is this much smaller than shuffling with stored planes, the fastest one.
_SMALLER = 0.97
#: Level 3 is taken where it saves this part of the numbers: it is up to eight times slower, on sparse ones for nothing.
_SLOW_GAIN = 0.01


@dataclass(frozen=True)
class Encoding:
    """Compression of the chunks of one dataset.

    Attributes
    ----------
    shuffle : bool
        Whether the bytes are shuffled first: all lowest bytes, then all second bytes, and so on.
    level : int
        Level of ISA-L, 1 to 3.
    """

    shuffle: bool
    level: int


#: Candidates in order of preference. Level 0 of ISA-L enlarges noise; 2 and 3 gain nothing on shuffled bytes.
PLANES, PLAIN, PLAIN_SMALL = Encoding(True, 1), Encoding(False, 1), Encoding(False, 3)


def shuffle_bytes(chunk: Numbers) -> Bytes:
    """Return the byte planes of a contiguous chunk, as uint8 of shape (itemsize, items)."""
    return np.ascontiguousarray(chunk.reshape(-1).view(np.uint8).reshape(-1, chunk.itemsize).T)


def unshuffle_bytes(packed: Bytes, itemsize: int) -> Bytes:
    """Return a shuffled chunk's bytes in order, as uint8 of shape (items, itemsize)."""
    planes = packed.reshape(itemsize, -1)
    items = np.empty((planes.shape[1], itemsize), np.uint8)
    for index, plane in enumerate(planes):
        items[:, index] = plane
    return items


def choose(samples: Sequence[Numbers]) -> Encoding:
    """Return the encoding that suits the sample chunks of a dataset.

    Shuffling helps numbers that vary smoothly or are noisy; it harms numbers with few distinct values.
    """
    if samples[0].itemsize == 1:
        return PLAIN
    sizes = {encoding: _size(samples, encoding) for encoding in (PLANES, PLAIN)}
    if sizes[PLANES] * _SMALLER <= sizes[PLAIN]:
        return PLANES
    gained = sizes[PLAIN] - _size(samples, PLAIN_SMALL)
    return PLAIN_SMALL if gained > _SLOW_GAIN * sum(sample.nbytes for sample in samples) else PLAIN


def _size(samples: Sequence[Numbers], encoding: Encoding) -> int:
    return sum(len(encode(sample, encoding, stored_planes(sample, encoding))) for sample in samples)


def stored_planes(chunk: Numbers, encoding: Encoding) -> tuple[bool, ...]:
    """Return for each byte plane of a chunk whether to store it uncompressed."""
    if not encoding.shuffle:
        return (False,)
    return tuple(
        len(_deflate_planes(plane, 1, final=True)) > _WORTHWHILE * len(plane) for plane in shuffle_bytes(chunk)
    )


def encode(chunk: Numbers, encoding: Encoding, stored: Sequence[bool]) -> bytes:
    """Return a contiguous chunk as one zlib stream.

    Parameters
    ----------
    chunk : ndarray
        C-contiguous numbers.
    encoding : Encoding
        How to pack them.
    stored : sequence of bool
        For each byte plane, whether it goes into stored blocks; one flag in all when the bytes are not shuffled.

    Returns
    -------
    bytes
        A stream that any zlib can read (RFC 1950).
    """
    planes = shuffle_bytes(chunk) if encoding.shuffle else chunk.reshape(1, -1).view(np.uint8)
    parts: list[bytes | memoryview] = [_HEADER]
    for as_is, indices in groupby(range(len(planes)), key=stored.__getitem__):
        run = list(indices)
        piece = planes[run[0] : run[-1] + 1].reshape(-1)
        parts += _stored_block(piece) if as_is else [_deflate_planes(piece, encoding.level, final=False)]
    checksum = isal_zlib.adler32(planes.reshape(-1))
    return b"".join([*parts, _END, checksum.to_bytes(4, "big")])


def decode(stream: bytes, encoding: Encoding, itemsize: int, size: int) -> Bytes:
    """Return the bytes of a chunk from its stream.

    Parameters
    ----------
    stream : bytes
        What was read from the file.
    encoding : Encoding
        How it was packed.
    itemsize, size : int
        Bytes of one number, and of the whole chunk.

    Raises
    ------
    ValueError
        When the stream is damaged (its checksum is verified), or holds another number of bytes.
    """
    packed = inflate(stream, size)
    if packed.size != size:
        raise ValueError(f"{packed.size} bytes instead of {size}")
    return unshuffle_bytes(packed, itemsize) if encoding.shuffle else packed


def inflate(stream: bytes | memoryview, size: int) -> Bytes:
    """Return the content of a zlib stream.

    Parameters
    ----------
    stream : bytes
        A stream (RFC 1950).
    size : int
        Most bytes that it may hold.

    Raises
    ------
    ValueError
        When the stream is damaged (its checksum is verified), or holds more.
    """
    # An object that gives its bytes up to a limit: faster than decompressing at once, and no bomb goes off in it.
    unpacker = isal_zlib.decompressobj()
    try:
        content = unpacker.decompress(stream, size + 1)
    except _DAMAGED as error:
        raise ValueError(f"invalid zlib stream: {error}") from error
    if len(content) > size:
        raise ValueError(f"more than {size} bytes")
    if not unpacker.eof:
        raise ValueError(f"incomplete zlib stream: it ends after {len(content)} bytes")
    return np.frombuffer(content, np.uint8)


def inflated_blocks(stream: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the content of a zlib stream in blocks, without holding either whole.

    Parameters
    ----------
    stream : iterable of bytes
        A stream (RFC 1950) in parts.

    Raises
    ------
    ValueError
        When the stream is damaged (its checksum is verified) or incomplete.
    """
    unpacker, length = isal_zlib.decompressobj(), 0
    for given in chain(stream, [b""]):  # what is held back comes with nothing more to unpack
        part = given
        while not unpacker.eof:
            try:
                block = unpacker.decompress(part, _BLOCK)
            except _DAMAGED as error:
                raise ValueError(f"invalid zlib stream: {error}") from error
            if not block and not unpacker.unconsumed_tail:
                break
            length += len(block)
            yield block
            part = unpacker.unconsumed_tail
    if not unpacker.eof:
        raise ValueError(f"incomplete zlib stream: it ends after {length} bytes")


def crc(content: Numbers) -> int:
    """Return the CRC-32 of the bytes of a contiguous array."""
    return int(isal_zlib.crc32(content.reshape(-1).view(np.uint8)))


def _deflate_planes(piece: Bytes, level: int, *, final: bool) -> bytes:
    packer = isal_zlib.compressobj(level, isal_zlib.DEFLATED, -isal_zlib.MAX_WBITS)
    return bytes(packer.compress(piece) + packer.flush(isal_zlib.Z_FINISH if final else isal_zlib.Z_SYNC_FLUSH))


def _stored_block(piece: Bytes) -> Iterator[bytes | memoryview]:
    for start in range(0, piece.size, _STORED):
        part = piece[start : start + _STORED]
        yield b"\x00" + part.size.to_bytes(2, "little") + (part.size ^ 0xFFFF).to_bytes(2, "little")
        yield part.data
