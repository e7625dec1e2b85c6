"""Data chunk iterators that record checksums for later verification."""

import zlib
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt
from hdmf.data_utils import AbstractDataChunkIterator


class RecordedChunks(AbstractDataChunkIterator):  # type: ignore[misc]
    """An iterator that passes on another's blocks and keeps their checksums.

    For blocks that HDF5 itself has to write: texts, and numbers for which another compression was asked.

    Parameters
    ----------
    iterator : AbstractDataChunkIterator
        An iterator that has not been used yet.
    """

    def __init__(self, iterator: Any) -> None:
        self.iterator = iterator
        self.blocks: list[tuple[Any, int]] = []

    def __iter__(self) -> "RecordedChunks":
        """Return the iterator itself."""
        return self

    def __next__(self) -> Any:
        """Return the next block."""
        block = next(self.iterator)
        self.blocks.append((block.selection, checksum(np.asarray(block.data))))
        return block

    def recommended_chunk_shape(self) -> Any:
        """Return the other iterator's recommended chunk shape, or None."""
        return self.iterator.recommended_chunk_shape()

    def recommended_data_shape(self) -> Any:
        """Return the other iterator's recommended initial shape, or None."""
        return self.iterator.recommended_data_shape()

    @property
    def dtype(self) -> Any:
        """Type of the data."""
        return self.iterator.dtype

    @property
    def maxshape(self) -> Any:
        """Maximum shape of the data, None where unknown."""
        return self.iterator.maxshape

    def matches(self, dataset: h5py.Dataset) -> bool:
        """Return whether a dataset equals the recorded blocks."""
        return all(checksum(np.asarray(dataset[selection])) == expected for selection, expected in self.blocks)


def checksum(values: npt.NDArray[Any]) -> int:
    """Return a checksum of numbers, or of texts in any encoding."""
    if values.dtype.kind in "OSU":
        texts = (value.decode() if isinstance(value, bytes) else str(value) for value in values.reshape(-1))
        return zlib.crc32("\0".join(texts).encode())
    return zlib.crc32(np.ascontiguousarray(values).tobytes())
