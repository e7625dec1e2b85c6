"""Rows of gzip-compressed datasets, inflated by ISA-L, three times as fast."""

from itertools import product
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

from nwbgate.storage import chunk_shapes as chunks
from nwbgate.storage.deflate import Encoding, decode

#: Filters of HDF5, in the order in which they were applied, and whether the bytes are shuffled.
_PIPELINES = {(h5py.h5z.FILTER_DEFLATE,): False, (h5py.h5z.FILTER_SHUFFLE, h5py.h5z.FILTER_DEFLATE): True}


def packed_by_gzip(dataset: h5py.Dataset) -> bool:
    """Return whether a dataset is a numeric matrix compressed by gzip alone, shuffled or not."""
    return (
        dataset.ndim == 2
        and dataset.chunks is not None
        and dataset.dtype.kind in "biuf"
        and _filters(dataset) in _PIPELINES
    )


def _filters(dataset: h5py.Dataset) -> tuple[int, ...]:
    plist = dataset.id.get_create_plist()
    return tuple(plist.get_filter(index)[0] for index in range(plist.get_nfilters()))


def inflated_rows(dataset: h5py.Dataset, start: int, stop: int) -> npt.NDArray[Any]:
    """Return rows of a gzip-compressed matrix.

    Parameters
    ----------
    dataset : h5py.Dataset
        One for which `packed_by_gzip` is true.
    start, stop : int
        First row, and the one after the last.

    Raises
    ------
    OSError
        If a chunk is damaged.
    """
    if dataset.id.get_num_chunks() != _number_of_chunks(dataset):  # what was never written is not stored
        return np.asarray(dataset[start:stop])
    rows = np.empty((stop - start, dataset.shape[1]), dataset.dtype)
    height, width = dataset.chunks
    corners = product(range(start // height * height, stop, height), range(0, dataset.shape[1], width))
    for top, left in corners:
        chunk = _chunk(dataset, top, left)
        low, high = max(start, top), min(stop, top + height)
        place = rows[low - start : high - start, left : left + width]
        place[...] = chunk[low - top : high - top, : place.shape[1]]
    return rows


def _number_of_chunks(dataset: h5py.Dataset) -> int:
    return chunks.count(dataset.shape, dataset.chunks)


def _chunk(dataset: h5py.Dataset, top: int, left: int) -> npt.NDArray[Any]:
    height, width = dataset.chunks
    skipped, stream = dataset.id.read_direct_chunk((top, left))
    if skipped:  # a chunk that a filter has not packed: HDF5 knows how to read it
        piece = dataset[top : top + height, left : left + width]
        return np.pad(piece, [(0, height - piece.shape[0]), (0, width - piece.shape[1])])
    size = height * width * dataset.dtype.itemsize
    try:
        content = decode(stream, Encoding(_PIPELINES[_filters(dataset)], 1), dataset.dtype.itemsize, size)
    except ValueError as problem:
        raise OSError(f"chunk at {(top, left)} is damaged: {problem}") from problem
    return np.asarray(content.reshape(-1).view(dataset.dtype).reshape(height, width))
