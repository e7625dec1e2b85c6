"""A lazy trace of a source that opens the file only while reading."""

from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt
from neuroconv.tools.hdmf import SliceableDataChunkIterator

from nwbgate.errors import SourceError
from nwbgate.interfaces.dataset_ii.variables import MEND, open_variables, vector_of

#: Bytes that are read at a time.
BLOCK = 1 << 22


class Trace:
    """A one-dimensional dataset read lazily by slicing.

    Parameters
    ----------
    path : Path
        Source file.
    name : str
        Variable of shape (N,), (1, N) or (N, 1).
    column : bool
        Be of shape (N, 1) instead of (N,), as series of regions are stored.
    file : h5py.File, optional
        The source, where it is open already.

    Attributes
    ----------
    shape : tuple of int
        (N,) or (N, 1).
    dtype : numpy.dtype
        As stored.

    Raises
    ------
    SourceError
        See `vector_of`.
    """

    def __init__(self, path: Path, name: str, *, column: bool = False, file: h5py.File | None = None) -> None:
        self.path, self.name = path, name
        with nullcontext(file) if file is not None else open_variables(path) as source:
            dataset = vector_of(source, name)
            self.length, self.dtype = int(dataset.size), np.dtype(dataset.dtype)
        self.shape: tuple[int, ...] = (self.length, 1) if column else (self.length,)
        self.ndim = len(self.shape)

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, selection: slice | tuple[slice, ...]) -> npt.NDArray[Any]:
        rows, *others = selection if isinstance(selection, tuple) else (selection,)
        start, stop, step = rows.indices(self.length)
        piece = self.read(start, stop)[::step]
        return piece.reshape(-1, 1)[(slice(None), *others)] if self.ndim == 2 else piece

    def read(self, start: int, stop: int) -> npt.NDArray[Any]:
        """Return the numbers from `start` to before `stop`, shape (stop - start,), as stored."""
        with open_variables(self.path) as file:
            dataset = file[self.name]
            if dataset.ndim == 1:
                return np.asarray(dataset[start:stop])
            return np.asarray(dataset[0, start:stop] if dataset.shape[0] == 1 else dataset[start:stop, 0])

    def blocks(self) -> Iterator[tuple[int, npt.NDArray[Any]]]:
        """Yield the trace in pieces of `BLOCK` bytes, each with its first index."""
        step = max(BLOCK // self.dtype.itemsize, 1)
        for start in range(0, self.length, step):
            yield start, self.read(start, min(start + step, self.length))

    def iterator(self) -> SliceableDataChunkIterator:
        """Return the trace as a data chunk iterator for any NWB writer."""
        return SliceableDataChunkIterator(data=self, buffer_gb=0.05, chunk_mb=BLOCK / 1e6)

    def refuse_not_finite(self, period: float) -> None:
        """Read the trace once and reject NaN and infinite samples.

        Parameters
        ----------
        period : float
            Sampling period in seconds, to say when the first one is.

        Raises
        ------
        SourceError
            Naming the first sample that is not finite.
        """
        if self.dtype.kind != "f":
            return
        for start, numbers in self.blocks():
            finite = np.isfinite(numbers)
            if not finite.all():
                first = int(np.argmin(finite))
                raise SourceError(
                    f"{self.name} has non-finite samples",
                    where=f"{self.path}:/{self.name}",
                    got=f"{numbers[first]} at sample {start + first} ({(start + first) * period:.6f} s)",
                    expected="finite numbers",
                    fix=MEND,
                )
