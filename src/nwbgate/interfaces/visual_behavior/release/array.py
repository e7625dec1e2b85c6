"""A dataset of a released file as a lazy array."""

from typing import Any

import h5py
import numpy as np
import numpy.typing as npt
from neuroconv.tools.hdmf import SliceableDataChunkIterator

from nwbgate.errors import SourceError
from nwbgate.interfaces.visual_behavior.release.held_file import HeldFile
from nwbgate.storage.chunks.chunk_reader import read
from nwbgate.storage.hdf5 import dataset_at

#: Gigabytes that a lazy array holds at once.
BUFFER = 0.05


class ReleasedArray:
    """A lazy array of a released file, opened only while a piece is read.

    Parameters
    ----------
    file : HeldFile
        A released file.
    name : str
        HDF5 path of a dataset in it.

    Attributes
    ----------
    shape : tuple of int
        As stored.
    dtype : numpy.dtype
        As stored.

    Raises
    ------
    SourceError
        If there is no such dataset, or its values lie in another file.
    """

    def __init__(self, file: HeldFile, name: str) -> None:
        self.file, self.name = file, name
        with file.opened() as opened:
            dataset = own_dataset(opened, name)
            self.shape, self.dtype = tuple(map(int, dataset.shape)), np.dtype(dataset.dtype)
        self.ndim = len(self.shape)

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, selection: Any) -> npt.NDArray[Any]:
        with self.file.opened() as opened:
            dataset = own_dataset(opened, self.name)
            if self.ndim == 2 and _is_block(selection):
                start, stop, _ = selection[0].indices(self.shape[0])
                return read(dataset, start, stop, threads=1)[:, selection[1]]
            return np.asarray(dataset[selection])

    def iterator(self, **options: Any) -> SliceableDataChunkIterator | npt.NDArray[Any]:
        """Return the array as a data chunk iterator; an empty one as it is.

        HDMF divides by the lengths of the axes: traces of no cell have one of length zero.

        Parameters
        ----------
        **options
            As `SliceableDataChunkIterator` takes them, such as ``chunk_shape``.
        """
        if 0 in self.shape:
            return np.empty(self.shape, self.dtype)
        buffer = {} if "buffer_shape" in options else {"buffer_gb": BUFFER}
        return SliceableDataChunkIterator(data=self, **{**buffer, **options})


def _is_block(selection: Any) -> bool:
    """Return whether a selection has consecutive rows and any columns."""
    slices = isinstance(selection, tuple) and len(selection) == 2 and all(isinstance(one, slice) for one in selection)
    return slices and selection[0].step in (None, 1)


def own_dataset(file: h5py.File, name: str) -> h5py.Dataset:
    """Return a dataset stored in the file itself.

    Raises
    ------
    SourceError
        If there is none, or its values lie in another file.
    """
    found = dataset_at(file, name)
    if found is None:
        raise SourceError(
            "the file lacks a dataset",
            where=f"{file.filename}:{name}",
            got="no such path",
            expected="a dataset",
            fix="download the file again; if it is as released, leave this stream out",
        )
    if found.is_virtual or found.id.get_create_plist().get_external_count():
        raise SourceError(
            "the values of a dataset are stored in another file, which is not opened",
            where=f"{file.filename}:{name}",
            got="a virtual dataset or external storage",
            expected="all data inside the file",
            fix="copy the data into the file (h5repack)",
        )
    return found
