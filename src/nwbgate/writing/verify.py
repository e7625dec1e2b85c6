"""Verification of written data, read back without HDF5's caches."""

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy.typing as npt

from nwbgate.errors import VerificationError
from nwbgate.storage.chunks import chunk_shapes as chunks
from nwbgate.storage.chunks.chunk_locations import Stored, batches, stored_chunks
from nwbgate.storage.chunks.deflate import crc, decode
from nwbgate.storage.chunks.raw_bytes import Read, raw_bytes
from nwbgate.storage.hdf5 import open_hdf5
from nwbgate.writing.dataset_content import same_content
from nwbgate.writing.fill import Digests, pad_chunk
from nwbgate.writing.placeholders import Deferred
from nwbgate.writing.skeleton import Skeleton

#: Bytes of chunks, before packing, that one thread reads back in one go.
_BATCH_BYTES = 4 * 1024 * 1024


def verify(path: Path, skeleton: Skeleton, digests: dict[str, Digests], pool: ThreadPoolExecutor | None) -> None:
    """Compare a closed file with the data given to the writer.

    Chunks are read without HDF5 where HDF5 says they lie, inflated (which checks their Adler-32), unshuffled, and
    their CRC-32 is compared with that of the source. Because writer and reader share `nwbgate.storage`, the first and
    the last chunk are read once more through HDF5's own filters. All other datasets are read with h5py and compared.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    skeleton : Skeleton
        What was given.
    digests : dict of str to dict
        CRC-32 of each chunk of each deferred dataset.
    pool : ThreadPoolExecutor, optional
        Where to inflate; in the calling thread by default.

    Raises
    ------
    VerificationError
        At the first difference, with the path of the dataset in the file.
    """
    # Links in it are those that the caller gave to the writer: they are not refused.
    with open_hdf5(path, walked=False) as file:
        for small in skeleton.small:
            if not _same_numbers(file.get(small.path), small.numbers):
                raise _differs(path, small.path)
        for name, builder in skeleton.given:
            if not same_content(file, name, builder.data):
                raise _differs(path, name)
        stored = {deferred.path: _stored_locations(path, file, deferred) for deferred in skeleton.deferred}
        for deferred in skeleton.deferred:
            _compare_through_hdf5(path, file, deferred, digests[deferred.path])
    with raw_bytes(path) as read:
        for deferred in skeleton.deferred:
            reader = _ChunkComparison(read, deferred, digests[deferred.path])
            parts = batches(stored[deferred.path], max(1, _BATCH_BYTES // reader.size))
            for damaged in pool.map(reader.first_damaged, parts) if pool else map(reader.first_damaged, parts):
                if damaged:
                    raise _differs(path, deferred.path, f", chunk at {damaged.corner}")


def _same_numbers(dataset: h5py.Dataset | None, numbers: npt.NDArray[Any]) -> bool:
    """Return whether a dataset has the same type, shape and bits as these numbers."""
    if dataset is None or (dataset.dtype, dataset.shape) != (numbers.dtype, numbers.shape):
        return False
    return bool(dataset[()].tobytes() == numbers.tobytes())


def _differs(path: Path, name: str, where: str = "") -> VerificationError:
    return VerificationError(
        "the written data differ from the given data",
        where=f"{path}: {name}{where}",
        fix="write again; if it happens again, check the disk",
    )


def _stored_locations(path: Path, file: h5py.File, deferred: Deferred) -> list[Stored]:
    """Return the locations of a dataset's chunks, checking that all exist."""
    dataset = file[deferred.path]
    found = stored_chunks(dataset)
    expected = chunks.count(deferred.source.shape, deferred.chunk)
    if len(found) != expected or dataset.shape != deferred.source.shape or dataset.dtype != deferred.source.dtype:
        raise VerificationError(
            "an incomplete dataset",
            where=f"{path}: {deferred.path}",
            got=f"{len(found)} chunks, {dataset.dtype} {dataset.shape}",
            expected=f"{expected} chunks, {deferred.source.dtype} {deferred.source.shape}",
            fix="write again; if it happens again, report it",
        )
    return found


def _compare_through_hdf5(path: Path, file: h5py.File, deferred: Deferred, digests: Digests) -> None:
    """Compare the first and last chunk, read through HDF5's filters."""
    for corner in {min(digests), max(digests)} if digests else ():
        edges = zip(corner, deferred.chunk, deferred.source.shape, strict=True)
        region = tuple(slice(start, min(start + length, end)) for start, length, end in edges)
        try:
            content = pad_chunk(file[deferred.path][region], deferred.chunk)
        except OSError as error:
            raise _differs(path, deferred.path, f", chunk at {corner}") from error
        if crc(content) != digests[corner]:
            raise _differs(path, deferred.path, f", chunk at {corner}")


@dataclass(frozen=True)
class _ChunkComparison:
    """Reads back the chunks of one dataset."""

    read: Read
    deferred: Deferred
    digests: Digests

    @property
    def size(self) -> int:
        """Bytes of one uncompressed chunk."""
        return math.prod(self.deferred.chunk) * self.deferred.source.dtype.itemsize

    def first_damaged(self, batch: list[Stored]) -> Stored | None:
        """Return the first chunk of a batch that differs from the given data."""
        return next((chunk for chunk in batch if not self._intact(chunk)), None)

    def _intact(self, chunk: Stored) -> bool:
        stream = self.read(chunk.start, chunk.size)
        try:
            content = decode(stream, self.deferred.encoding, self.deferred.source.dtype.itemsize, self.size)
        except ValueError:
            return False
        return crc(content) == self.digests.get(chunk.corner)
