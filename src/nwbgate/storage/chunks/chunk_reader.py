"""Threaded reading of chunked datasets: read, inflate and unshuffle without HDF5.

HDF5 reads one chunk after the other, inflates each with zlib and copies it twice, all under one lock. Here the file's
bytes are read with `os.pread` where HDF5 says the chunks lie, inflated by ISA-L, and each byte plane is put directly
where it belongs. What is not understood (a filter, a type, a file that is no file of this computer) is left to HDF5.
"""

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from math import prod
from typing import Any, Literal

import h5py
import numpy as np

from nwbgate.errors import SourceError
from nwbgate.processes.cores import cores
from nwbgate.storage.chunks import chunk_shapes as chunks
from nwbgate.storage.chunks.chunk_locations import Stored, batches, stored_chunks
from nwbgate.storage.chunks.deflate import unshuffle_bytes
from nwbgate.storage.chunks.filters import CHECKSUM, Octets, Undo, Unshuffle, undoing
from nwbgate.storage.safe_files.file_errors import retry_advice
from nwbgate.storage.values import length, refuse_large

Numbers = np.ndarray[Any, np.dtype[Any]]
Order = Literal["C", "F"]

#: Datasets smaller than this (bytes) are left to HDF5: threads would cost more than they save.
SMALLEST = 256 * 1024
#: Bytes of chunks, before packing, that one thread handles in one go.
_BATCH_BYTES = 1024 * 1024
#: Bytes of rows that HDF5 is asked for at once where the result is laid out in columns.
_BLOCK_BYTES = 8 * 1024 * 1024
#: Columns of a chunk up to which they are copied one by one; NumPy is slow with short rows.
_FEW_COLUMNS = 16


def read(
    dataset: h5py.Dataset, start: int = 0, stop: int | None = None, *, order: Order = "C", threads: int | None = None
) -> Numbers:
    """Return the numbers of a dataset, or of some of its rows.

    Parameters
    ----------
    dataset : h5py.Dataset
        Any dataset that is not scalar, local or remote.
    start, stop : int
        First row, and the one after the last; all rows by default. A chunk is read whole.
    order : {"C", "F"}
        Layout in memory; with "F" each column of a table of traces is contiguous.
    threads : int, optional
        Threads that inflate; one per core by default.

    Returns
    -------
    ndarray
        Equal to ``dataset[start:stop]``, of the type that h5py gives. At most 1 MB for each thread is held beside it.

    Raises
    ------
    SourceError
        If a chunk is damaged, naming the dataset and the chunk.
    """
    rows = range(length(dataset))[start:stop]
    refuse_large(dataset, len(rows), most=None)
    undo = undoing(dataset) if _plain(dataset) else None
    if undo is None or not rows:
        return _by_hdf5(dataset, rows, order)
    high = dataset.chunks[0]
    stored = [chunk for chunk in stored_chunks(dataset) if rows.start - high < chunk.corner[0] < rows.stop]
    target = _Target(dataset, rows, order)
    bands = -(-rows.stop // high) - rows.start // high
    if len(stored) < bands * chunks.count(dataset.shape[1:], dataset.chunks[1:]):
        target.numbers[...] = dataset.fillvalue
    reader = _Reader(dataset.file.id.get_vfd_handle(), dataset, target, undo)
    parts = list(batches(stored, max(1, _BATCH_BYTES // target.chunk_bytes)))
    workers = min(threads or cores(), len(parts))
    if workers > 1:
        with ThreadPoolExecutor(workers) as pool:
            for _ in pool.map(reader.read, parts):
                pass  # the first error ends the loop, and with it what has not begun
    else:
        for part in parts:
            reader.read(part)
    return target.numbers


def _by_hdf5(dataset: h5py.Dataset, rows: range, order: Order) -> Numbers:
    """Return the numbers of rows, read by HDF5 in blocks of columns."""
    row_bytes = prod(dataset.shape[1:]) * dataset.dtype.itemsize
    try:
        if order == "C" or dataset.ndim < 2 or len(rows) * row_bytes <= _BLOCK_BYTES:
            return np.asarray(dataset[rows.start : rows.stop], order=order)
        numbers = np.empty((len(rows), *dataset.shape[1:]), dataset.dtype, order="F")
        high = dataset.chunks[0] if dataset.chunks else 1
        step = max(high, _BLOCK_BYTES // row_bytes // high * high)
        for start in range(0, len(rows), step):
            part = rows[start : start + step]
            numbers[start : start + step] = dataset[part.start : part.stop]
        return numbers
    except (OSError, RuntimeError) as error:
        raise _damaged_dataset(dataset, "", str(error)) from error


def _damaged_dataset(dataset: h5py.Dataset, where: str, reason: str) -> SourceError:
    file = dataset.file.filename
    return SourceError(
        "cannot read the dataset",
        where=f"{file} {dataset.name}{where}",
        got=reason,
        expected="intact chunks",
        fix=retry_advice(file),
    )


def _plain(dataset: h5py.Dataset) -> bool:
    """Return whether a dataset is local, chunked and of plain numbers."""
    file = dataset.file
    return (
        dataset.chunks is not None
        and dataset.size * dataset.dtype.itemsize >= max(SMALLEST, 1)
        and dataset.dtype.kind in "biuf"
        and file.driver == "sec2"
        and file.mode == "r"
        and not file.swmr_mode
        and file.userblock_size == 0
        and hasattr(os, "preadv")
        and dataset.id.get_type().equal(h5py.h5t.py_create(dataset.dtype, logical=True))
    )


class _Target:
    """The array being filled, also viewed as bytes."""

    def __init__(self, dataset: h5py.Dataset, rows: range, order: Order) -> None:
        self.dtype, self.chunk = dataset.dtype, dataset.chunks
        self.chunk_bytes = prod(self.chunk) * self.dtype.itemsize
        shape = (len(rows), *dataset.shape[1:])
        memory = np.empty(prod(shape) * self.dtype.itemsize, np.uint8)
        self.numbers: Numbers = memory.view(self.dtype).reshape(shape, order=order)
        self._octets: Octets = np.ndarray(
            (*shape, self.dtype.itemsize), np.uint8, memory.data, strides=(*self.numbers.strides, 1)
        )
        self._columns = order == "F"
        self._extent = [(rows.start, rows.stop), *((0, length) for length in dataset.shape[1:])]

    def _regions(self, corner: tuple[int, ...]) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
        """Return the chunk's region of the array, and the array's region of the chunk."""
        inside, kept = [], []
        for first, extent, (low, high) in zip(corner, self.chunk, self._extent, strict=True):
            start, stop = max(first, low), min(first + extent, high)
            inside.append(slice(start - low, stop - low))
            kept.append(slice(start - first, stop - first))
        return tuple(inside), tuple(kept)

    def put(self, corner: tuple[int, ...], content: Octets) -> None:
        """Copy the bytes of a chunk into the array."""
        inside, kept = self._regions(corner)
        source, target = content.view(self.dtype).reshape(self.chunk)[kept], self.numbers[inside]
        if target.ndim == 2 and target.shape[1] <= _FEW_COLUMNS:
            for column in range(target.shape[1]):
                target[:, column] = source[:, column]
        else:
            target[...] = source

    def put_shuffled(self, corner: tuple[int, ...], planes: Octets) -> None:
        """Copy the shuffled bytes of a chunk into the array."""
        if not self._columns:
            self.put(corner, unshuffle_bytes(planes, self.dtype.itemsize).reshape(-1))
            return
        inside, kept = self._regions(corner)
        target = self._octets[inside]
        for number, plane in enumerate(planes.reshape(self.dtype.itemsize, *self.chunk)):
            target[..., number] = plane[kept]


@dataclass(frozen=True)
class _Reader:
    """Reads chunks into their target, shared by all threads.

    Attributes
    ----------
    descriptor : int
        The open file.
    dataset : h5py.Dataset
        What is read, for errors.
    target : _Target
        Where the numbers go.
    undo : list of callable
        How each filter is undone, in the order of writing.
    """

    descriptor: int
    dataset: h5py.Dataset
    target: _Target
    undo: list[Undo]
    _own: threading.local = field(default_factory=threading.local)

    def read(self, batch: list[Stored]) -> None:
        """Read the chunks of a batch."""
        for chunk in batch:
            try:
                self._put(chunk, self._stream(chunk))
            except (ValueError, OSError) as error:
                raise _damaged_dataset(self.dataset, f", chunk at {chunk.corner}", str(error)) from error

    def _stream(self, chunk: Stored) -> Octets:
        """Return a stored chunk, in a buffer reused by the thread."""
        buffer: Octets | None = getattr(self._own, "buffer", None)
        if buffer is None or len(buffer) < chunk.size:
            buffer = self._own.buffer = np.empty(chunk.size + chunk.size // 8, np.uint8)
        stream = buffer[: chunk.size]
        done = 0
        while done < chunk.size:  # a file system may give less than is asked for
            got = os.preadv(self.descriptor, [stream[done:].data], chunk.start + done)
            if got == 0:
                raise ValueError("the file ends within it")
            done += got
        return stream

    def _put(self, chunk: Stored, packed: Octets) -> None:
        """Undo the applied filters of a chunk, last one first."""
        used = [undo for number, undo in enumerate(self.undo) if not chunk.filter_mask >> number & 1]
        # Planes of whole numbers go where they belong without being put in order first.
        planes = bool(used) and isinstance(used[0], Unshuffle) and used[0].itemsize == self.target.dtype.itemsize > 1
        for undo in reversed(used[planes:]):
            packed = undo(packed, self.target.chunk_bytes + CHECKSUM * len(used))
        if packed.size != self.target.chunk_bytes:
            raise ValueError(f"{packed.size} bytes instead of {self.target.chunk_bytes}")
        if planes:
            self.target.put_shuffled(chunk.corner, packed)
        else:
            self.target.put(chunk.corner, packed)
