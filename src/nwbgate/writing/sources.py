"""Sources of a dataset's numbers: arrays, memory maps, HDF5 datasets, iterators."""

import mmap
from collections.abc import Callable
from typing import Any, Protocol

import h5py
import numpy as np
import numpy.typing as npt
from hdmf.data_utils import AbstractDataChunkIterator, GenericDataChunkIterator

from nwbgate.errors import WriteError
from nwbgate.storage.chunks.chunk_shapes import Region

Numbers = npt.NDArray[Any]


class Source(Protocol):
    """Numbers readable by region, in any order, any number of times."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]

    def read(self, region: Region) -> Numbers:
        """Return the numbers of a region, of `dtype`."""
        ...


class Sliceable:
    """Numbers with plain slicing: an array, or an HDF5 or Zarr dataset.

    Parameters
    ----------
    data
        Anything with `shape`, `dtype` and slicing.
    dtype : numpy.dtype, optional
        Type to hand the numbers on in, where the schema asks for a wider one than `data` has.
    """

    def __init__(self, data: Any, dtype: np.dtype[Any] | None = None) -> None:
        self.data = data
        self.shape = tuple(int(length) for length in data.shape)
        self.dtype = dtype or np.dtype(data.dtype)

    def read(self, region: Region) -> Numbers:
        """Return the numbers of a region, of `dtype`."""
        return np.asarray(self.data[region]).astype(self.dtype, copy=False)


class MemoryMap(Sliceable):
    """A memory map that releases its pages after each read."""

    def read(self, region: Region) -> Numbers:
        """Return a copy of the numbers of a region, of `dtype`."""
        numbers = np.array(self.data[region]).astype(self.dtype, copy=False)
        pages = getattr(self.data, "_mmap", None)
        # Pages of a copy-on-write map may hold changes that exist nowhere else.
        if isinstance(pages, mmap.mmap) and self.data.mode in ("r", "r+"):
            pages.madvise(mmap.MADV_DONTNEED)
        return numbers


class ChunkIterator(Sliceable):
    """A data chunk iterator that supports any region (`GenericDataChunkIterator`)."""

    def __init__(self, data: GenericDataChunkIterator, dtype: np.dtype[Any] | None = None) -> None:
        self.data = data
        self.shape = tuple(int(length) for length in data.maxshape)
        self.given = np.dtype(data.dtype)
        self.dtype = dtype or self.given

    def read(self, region: Region) -> Numbers:
        """Return the numbers of a region, of `dtype`.

        Raises
        ------
        WriteError
            When the iterator gives numbers of another type or shape than it announced.
        """
        # The documented method that developers of an iterator implement; there is no public name for it.
        numbers = np.asarray(self.data._get_data(selection=region))
        expected = tuple(part.stop - part.start for part in region)
        if numbers.dtype != self.given or numbers.shape != expected:
            raise WriteError(
                "the data chunk iterator returns other data than it declares",
                where=type(self.data).__name__,
                got=f"{numbers.dtype} {numbers.shape}",
                expected=f"{self.given} {expected}",
                fix="make its _get_data return the announced dtype and the selected shape",
            )
        return numbers.astype(self.dtype, copy=False)


def source_of(data: Any, dtype: np.dtype[Any] | None = None) -> Source:
    """Return a source for data readable by region.

    Parameters
    ----------
    data : array-like or GenericDataChunkIterator
        Numbers.
    dtype : numpy.dtype, optional
        Type to hand them on in; that of `data` by default.
    """
    if isinstance(data, GenericDataChunkIterator):
        return ChunkIterator(data, dtype)
    if isinstance(data, np.memmap):
        return MemoryMap(data, dtype)
    return Sliceable(data, dtype)


def spool_iterator(
    iterator: AbstractDataChunkIterator, folder: h5py.Group, name: str, check: Callable[[], None]
) -> h5py.Dataset:
    """Store a single-pass iterator's content on disk, and return it as a dataset.

    Parameters
    ----------
    iterator : AbstractDataChunkIterator
        An iterator that has not been used yet. Its length may be unknown (`maxshape` with None).
    folder : h5py.Group
        Where to put the dataset: a file of the writer's own, deleted afterwards.
    name : str
        Name of the new dataset.
    check : callable
        Called after each block; raises when the disk refused it.
    """
    known = iterator.maxshape
    shape = tuple(0 if length is None else int(length) for length in known)
    dataset = folder.create_dataset(name, shape, np.dtype(iterator.dtype), chunks=True, maxshape=tuple(known))
    for block in iterator:
        needed = tuple(max(pair) for pair in zip(dataset.shape, block.get_min_bounds(), strict=True))
        if needed != dataset.shape:
            dataset.resize(needed)
        dataset[block.selection] = block.data
        check()
    return dataset
