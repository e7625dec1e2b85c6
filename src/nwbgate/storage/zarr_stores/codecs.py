"""Codecs of Zarr chunks, undone without running anything that a store holds."""

import bz2
import json
import lzma
import zlib
from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np

from nwbgate.storage.zarr_stores.array_metadata import ArrayMetadata
from nwbgate.storage.zarr_stores.pickled_objects import pickled_objects

#: Codecs of numcodecs that turn bytes into bytes or numbers into numbers.
_PLAIN = frozenset(
    {
        "adler32", "astype", "bitround", "blosc", "crc32", "crc32c", "delta", "fixedscaleoffset", "fletcher32",
        "jenkins_lookup3", "lz4", "packbits", "quantize", "shuffle", "vlen-bytes", "vlen-utf8", "zstd",
    }
)  # fmt: skip
#: What codecs raise for bytes that they did not write.
FAILURES = (RuntimeError, ValueError, TypeError, OSError, EOFError, KeyError, IndexError, zlib.error, lzma.LZMAError)

Undo = Callable[[Any, ArrayMetadata], Any]


def unknown_codecs(metadata: ArrayMetadata) -> list[str]:
    """Return the names of codecs that are not undone here."""
    return [codec["id"] for codec in metadata.codecs if codec["id"] not in {*_PLAIN, *_OWN}]


def decode_chunk(content: bytes, metadata: ArrayMetadata) -> Any:
    """Return a chunk as its codecs received it.

    Parameters
    ----------
    content : bytes
        The stored chunk.
    metadata : ArrayMetadata
        Of its array.

    Returns
    -------
    bytes or ndarray
        Bytes or numbers, or for texts and references an array of objects.

    Raises
    ------
    Exception
        One of `FAILURES` for a damaged chunk.
    """
    found: Any = content
    for codec in reversed(metadata.codecs):
        found = _undo(codec, found, metadata)
    return found


def _undo(codec: dict[str, Any], content: Any, metadata: ArrayMetadata) -> Any:
    own = _OWN.get(codec["id"])
    if own is not None:
        return own(content, metadata)
    if codec["id"] == "blosc":
        _refuse_blosc_header(bytes(content[:16]), len(content))
    if codec["id"] in _UNPACKED:
        _refuse_size(_UNPACKED[codec["id"]](bytes(content[:18])), metadata)
    if codec["id"].startswith("vlen-"):
        _refuse_count(_whole(content[:4]), metadata)
    from numcodecs import get_codec  # takes time to load, and a check of HDF5 files does without

    return get_codec(codec).decode(content)


def _whole(octets: Any) -> int:
    return int.from_bytes(bytes(octets), "little")


def _refuse_blosc_header(header: bytes, length: int) -> None:
    """Reject a chunk that ends before its header says.

    Blosc would read on into memory that is not its own.
    """
    stated = _whole(header[12:16])
    if len(header) < 16 or stated > length:
        raise ValueError(f"{length:,} bytes of Blosc, expected {max(stated, 16):,}")


def _zstd_size(header: bytes) -> int:
    """Return the size in a Zstandard header, 0 if absent (RFC 8878, 3.1.1.1)."""
    descriptor = header[4] if len(header) > 4 else 0
    single, code = bool(descriptor & 0x20), descriptor >> 6
    start = 5 + (not single) + (0, 1, 2, 4)[descriptor & 3]
    length = (int(single), 2, 4, 8)[code]
    return _whole(header[start : start + length]) + (256 if length == 2 else 0)


#: Unpacked size in the header of a chunk, by codec.
_UNPACKED: dict[str, Callable[[bytes], int]] = {
    "blosc": lambda header: _whole(header[4:8]),
    "lz4": lambda header: _whole(header[:4]),
    "zstd": _zstd_size,
}


def _refuse_size(size: int, metadata: ArrayMetadata) -> None:
    """Reject a packed chunk that declares another size."""
    if size > max(2 * metadata.chunk_bytes + 64, _most(metadata)):
        raise ValueError(f"unpacks to {size:,} bytes, expected {metadata.chunk_bytes:,}")


def _refuse_count(count: int, metadata: ArrayMetadata) -> None:
    if count != prod(metadata.chunks):
        raise ValueError(f"holds {count:,} texts, expected {prod(metadata.chunks):,}")


def _most(metadata: ArrayMetadata) -> int:
    """Return the most bytes that a chunk may unpack to."""
    return 2**30 if metadata.dtype.hasobject else metadata.chunk_bytes + 64


def _inflate(content: Any, metadata: ArrayMetadata) -> bytes:
    """Return the bytes of a zlib or gzip stream."""
    stream = zlib.decompressobj(wbits=47)
    return _complete(stream.decompress(bytes(content), _most(metadata)), stream.eof)


def _unpack_bz2(content: Any, metadata: ArrayMetadata) -> bytes:
    stream = bz2.BZ2Decompressor()
    return _complete(stream.decompress(bytes(content), _most(metadata)), stream.eof)


def _unpack_lzma(content: Any, metadata: ArrayMetadata) -> bytes:
    stream = lzma.LZMADecompressor()
    return _complete(stream.decompress(bytes(content), _most(metadata)), stream.eof)


def _complete(content: bytes, ended: bool) -> bytes:
    if not ended:
        raise ValueError("the compressed bytes end too early, or unpack to more than a chunk")
    return content


def _from_json(content: Any, metadata: ArrayMetadata) -> Any:
    """Return objects from a JSON list that ends with type and shape."""
    *values, _, shape = json.loads(bytes(content))
    _refuse_count(prod(shape), metadata)
    for _ in shape[1:]:
        values = [each for row in values for each in row]
    return _objects(values, metadata)


def _from_pickle(content: Any, metadata: ArrayMetadata) -> Any:
    return _objects(pickled_objects(bytes(content)), metadata)


def _objects(values: list[Any], metadata: ArrayMetadata) -> Any:
    """Return the objects of a chunk as an array, records as tuples."""
    _refuse_count(len(values), metadata)
    found = np.empty(len(values), metadata.dtype)
    for place, value in enumerate(values):
        found[place] = tuple(value) if metadata.dtype.names else value
    return found


_OWN: dict[str, Undo] = {
    "zlib": _inflate,
    "gzip": _inflate,
    "bz2": _unpack_bz2,
    "lzma": _unpack_lzma,
    "json2": _from_json,
    "pickle": _from_pickle,
}
