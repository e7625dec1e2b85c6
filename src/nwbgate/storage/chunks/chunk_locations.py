"""Locations of a dataset's chunks in its file, for reading without HDF5."""

from collections.abc import Iterator
from dataclasses import dataclass

import h5py


@dataclass(frozen=True)
class Stored:
    """Location of one chunk in the file.

    Attributes
    ----------
    corner : tuple of int
        Indices of its first element in the dataset.
    start, size : int
        First byte in the file, and number of bytes as stored.
    filter_mask : int
        Bit i is set where filter i of the dataset was skipped for this chunk.
    """

    corner: tuple[int, ...]
    start: int
    size: int
    filter_mask: int


def stored_chunks(dataset: h5py.Dataset) -> list[Stored]:
    """Return the locations of a dataset's written chunks."""
    found: list[Stored] = []
    dataset.id.chunk_iter(
        lambda info: found.append(Stored(info.chunk_offset, info.byte_offset, info.size, info.filter_mask))
    )
    return found


def batches(stored: list[Stored], length: int) -> Iterator[list[Stored]]:
    """Yield chunks in lists of at most `length`."""
    for start in range(0, len(stored), length):
        yield stored[start : start + length]
