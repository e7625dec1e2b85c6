"""A trace file of the imaging pipeline: names and values of ROIs."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt
from neuroconv.tools.hdmf import SliceableDataChunkIterator

from nwbgate.errors import SourceError
from nwbgate.storage.chunks.chunk_shapes import TRACE_ROWS
from nwbgate.storage.source_hdf5 import opened_source, source_dataset

IntArray = npt.NDArray[np.int64]
#: Gigabytes that NeuroConv's own writer holds at once.
BUFFER = 0.05
#: Runs of successive rows that are read one by one, which saves a copy of the block.
MOST_RUNS = 16
_KIND = "a trace file"
_FIX = "use the trace file of this plane, as the imaging pipeline wrote it"


class TraceFile:
    """Traces of the regions of interest of a plane, one row for each region.

    Parameters
    ----------
    path : path
        HDF5 file. It is opened for each reading; the object holds no open file.
    data : str
        Name of the traces: ``data`` in dF/F, demixed and neuropil files, ``FC`` in corrected ones, ``events``.

    Attributes
    ----------
    path : Path
        The file.
    roi_ids : numpy.ndarray, shape (rois,), int64
        Identifier of each row, from integers or texts of digits.
    frames : int
        Length of the traces.

    Raises
    ------
    UsageError
        If there is no such file.
    SourceError
        If it has no traces, or other names than rows.
    """

    def __init__(self, path: Path, data: str = "data") -> None:
        self.path, self.data = Path(path), data
        with opened_source(self.path, _KIND) as file:
            traces = self._traces(file)
            rois, self.frames = map(int, traces.shape)
            self.dtype = np.dtype(traces.dtype)
            self.by_frame = traces.chunks is None or traces.chunks[1] <= TRACE_ROWS
            self.roi_ids = self._roi_ids(source_dataset(file, "roi_names", "names of the regions of interest")[()])
        if len(self.roi_ids) != rois:
            self._refuse("the trace file has other names than rows", "roi_names", f"{len(self.roi_ids)} names", rois)

    def rows(self, roi_ids: Sequence[int] | IntArray) -> IntArray:
        """Return the row of each region of interest.

        Raises
        ------
        SourceError
            If one has no row.
        """
        known = {int(name): row for row, name in enumerate(self.roi_ids)}
        missing = [int(name) for name in roi_ids if int(name) not in known]
        if missing:
            self._refuse(
                "the trace file lacks regions of interest of the cell table",
                "roi_names",
                f"no {', '.join(map(str, missing[:5]))}" + (" ..." if len(missing) > 5 else ""),
                f"a row for each of {len(roi_ids)} regions",
            )
        return np.array([known[int(name)] for name in roi_ids], dtype=np.int64)

    def refuse_other_rois(self, roi_ids: Sequence[int] | IntArray) -> None:
        """Refuse regions of interest that are not among the given ones.

        Raises
        ------
        SourceError
            Naming the first of them.
        """
        others = sorted(set(self.roi_ids.tolist()) - {int(name) for name in roi_ids})
        if others:
            what = "the trace file has regions of interest that the cell table lacks"
            self._refuse(what, "roi_names", ", ".join(map(str, others[:5])), "regions of the cell table")

    def traces(self, roi_ids: Sequence[int] | IntArray, dtype: npt.DTypeLike | None = None) -> "Traces":
        """Return the traces of ROIs as a lazy array, shape (frames, rois).

        Parameters
        ----------
        roi_ids : sequence of int
            In the order of the columns.
        dtype : dtype, optional
            Type of the numbers; as stored by default.
        """
        return Traces(self, self.rows(roi_ids), np.dtype(dtype or self.dtype))

    def values(self, name: str, roi_ids: Sequence[int] | IntArray) -> npt.NDArray[np.float64]:
        """Return one number for each region of interest, such as ``r`` or ``noise_stds``.

        Raises
        ------
        SourceError
            If they are absent, not numbers, or not as many as rows.
        """
        with opened_source(self.path, _KIND) as file:
            values = source_dataset(file, name, "a number for each region of interest")[()]
        if values.shape != self.roi_ids.shape or values.dtype.kind not in "iuf":
            got = f"shape {values.shape}, {values.dtype}"
            self._refuse(
                f"{name} is not a number for each region of interest", name, got, f"{len(self.roi_ids)} numbers"
            )
        return np.asarray(values[self.rows(roi_ids)], dtype=np.float64)

    def read(self, rows: IntArray, frames: slice) -> npt.NDArray[Any]:
        """Return some frames of some rows as stored, shape (rows, frames)."""
        with opened_source(self.path, _KIND) as file:
            dataset = self._traces(file)
            runs = np.split(rows, np.flatnonzero(np.diff(rows) != 1) + 1)
            if len(runs) > MOST_RUNS:
                return np.asarray(dataset[:, frames])[rows]
            start, stop, _ = frames.indices(self.frames)
            found = np.empty((len(rows), max(stop - start, 0)), self.dtype)
            place = 0
            for run in runs if found.size else ():
                dataset.read_direct(found, np.s_[run[0] : run[-1] + 1, start:stop], np.s_[place : place + len(run)])
                place += len(run)
            return found

    def _traces(self, file: h5py.File) -> h5py.Dataset:
        found = source_dataset(file, self.data, "traces, one row for each region of interest")
        if found.ndim != 2 or found.dtype.kind != "f":
            got = f"shape {found.shape}, {found.dtype}"
            self._refuse("the traces are not rows of numbers", self.data, got, "shape (rois, frames), float")
        return found

    def _roi_ids(self, names: Any) -> IntArray:
        values = np.asarray(names)
        try:
            if values.dtype.kind not in "iuOS" or values.ndim != 1:
                raise ValueError(f"{values.dtype}, shape {values.shape}")
            ids = np.array([int(name) for name in values.tolist()], dtype=np.int64)
        except (ValueError, OverflowError, TypeError) as problem:
            what = "names of regions of interest are not numbers"
            raise self._error(what, "roi_names", str(problem), "whole numbers") from problem
        if len(np.unique(ids)) != len(ids):
            twice = next(name for name in ids.tolist() if ids.tolist().count(name) > 1)
            self._refuse("two rows are of one region of interest", "roi_names", f"{twice} again", "each once")
        return ids

    def _refuse(self, what: str, name: str, got: str, expected: object) -> None:
        raise self._error(what, name, got, str(expected))

    def _error(self, what: str, name: str, got: str, expected: str) -> SourceError:
        return SourceError(what, where=f"{self.path}:/{name}", got=got, expected=expected, fix=_FIX)


class Traces:
    """Traces as a lazy array of shape (frames, cells), which slicing reads.

    A file whose chunks hold many frames of one region is read whole once, and given up after its last block: reading it
    block by block would unpack all of it for each block.
    """

    ndim = 2

    def __init__(self, file: TraceFile, rows: IntArray, dtype: np.dtype[Any]) -> None:
        self.file, self.rows, self.dtype = file, rows, dtype
        self.shape = (file.frames, len(rows))
        self._held: npt.NDArray[Any] | None = None

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, selection: Any) -> npt.NDArray[Any]:
        frames, cells = selection if isinstance(selection, tuple) and len(selection) == 2 else (selection, slice(None))
        if not isinstance(frames, slice) or not isinstance(cells, slice) or frames.step not in (None, 1):
            whole: npt.NDArray[Any] = self[:, :]
            return np.asarray(whole[selection])
        return np.asarray(self._block(frames, self.rows[cells]).T, dtype=self.dtype)

    def _block(self, frames: slice, rows: IntArray) -> npt.NDArray[Any]:
        if self.file.by_frame:
            return self.file.read(rows, frames)
        if self._held is None:
            self._held = self.file.read(np.arange(len(self.file.roi_ids)), slice(None))
        start, stop, _ = frames.indices(self.shape[0])
        block: npt.NDArray[Any] = self._held[rows, start:stop]
        if stop == self.shape[0] and len(rows) and rows[-1] == self.rows[-1]:
            self._held = None
        return block

    def iterator(self) -> SliceableDataChunkIterator | npt.NDArray[Any]:
        """Return the array as a data chunk iterator; an empty one as it is."""
        if 0 in self.shape:
            return np.empty(self.shape, self.dtype)
        return SliceableDataChunkIterator(data=self, buffer_gb=BUFFER)
