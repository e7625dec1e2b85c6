"""Cells and traces of one imaging plane as matrices."""

from functools import cached_property
from math import prod
from typing import Any

import h5py
import numpy as np
import pandas as pd

from nwbgate.algorithms.event_filter import filter_events
from nwbgate.errors import SourceError
from nwbgate.reading.cached_values import forget_cached
from nwbgate.reading.format.layouts import LayoutName
from nwbgate.reading.format.time_series import series_data, times_of
from nwbgate.reading.format.units import in_unit
from nwbgate.reading.nwb_data import NWBData
from nwbgate.reading.planes.streams import MATRICES, Integers, PlaneStreams, columns_of
from nwbgate.storage.chunks.chunk_reader import read
from nwbgate.storage.values import length, whole_numbers

Matrix = np.ndarray[Any, np.dtype[np.float64]]


class PlaneMatrices:
    """Matrices of one imaging plane, frames x cells, read on first use and kept.

    Parameters
    ----------
    owner : NWBData
        The opened file.
    name : str
        Name of the plane, ``<targeted_structure>_<targeted_imaging_depth>``.
    path : str
        HDF5 path of its ImagingPlane.
    layout : {"standard", "released"}
        Layout of the file.
    """

    def __init__(self, owner: NWBData, name: str, path: str, layout: LayoutName) -> None:
        self.name = name
        self._owner, self._path, self._layout = owner, path, layout
        self._matrices: dict[str, Matrix] = {}

    @property
    def _streams(self) -> PlaneStreams:
        return PlaneStreams(self._owner.file, self._layout, self._path, self.name)

    @cached_property
    def ophys_timestamps(self) -> Matrix:
        """Times of the frames in seconds on the session's clock, float64, shape (frames,)."""
        for table, _ in MATRICES.values():
            series = self._streams.series(table)
            if series is not None:
                return times_of(series)
        raise self._missing("ophys_timestamps")

    @property
    def ophys_frame_rate(self) -> float:
        """Frames per second, rounded to a whole number as in AllenSDK."""
        between = np.diff(self.ophys_timestamps)
        return float(np.round(1 / np.mean(between[np.isfinite(between)]), 0))

    @cached_property
    def _cells(self) -> pd.DataFrame:
        """The valid cells of the session table ``cells``, with their row numbers."""
        found = self._streams.cells()
        if found is None:
            raise self._missing("cell_specimen_table")
        cells, there = found
        cells = cells[[name for name in cells if name in there]].assign(row=np.arange(len(cells)))
        if "valid_roi" in cells:
            cells = cells[cells["valid_roi"].fillna(True).astype(bool)]
        specimen = cells["cell_specimen_id"].fillna(-1).astype(np.int64) if "cell_specimen_id" in cells else -1
        return cells.assign(cell_specimen_id=specimen).set_index("cell_specimen_id")

    @property
    def cell_roi_ids(self) -> Integers:
        """``cell_roi_id`` of each cell, in column order of every matrix, int64."""
        return self._cells["cell_roi_id"].to_numpy(np.int64)

    @property
    def cell_specimen_ids(self) -> Integers:
        """``cell_specimen_id`` of each cell, -1 if unmatched, int64, shape (cells,)."""
        return self._cells.index.to_numpy(np.int64)

    def matrix(self, name: str) -> Matrix:
        """Return all traces of one kind.

        Parameters
        ----------
        name : {"dff", "corrected", "demixed", "neuropil", "events", "filtered_events"}
            Which.

        Returns
        -------
        array of float64, shape (frames, cells)
            Cells in the order of `cell_roi_ids`, each contiguous in memory; NaN for a cell of which the file has no
            such trace. Kept: change a copy.

        Raises
        ------
        AttributeError
            If the plane has no such traces, naming those it has.
        """
        if name not in self._matrices:
            self._matrices[name] = self._filtered_matrix() if name == "filtered_events" else self._read_matrix(name)
        return self._matrices[name]

    def trace(self, name: str, number: int) -> Matrix:
        """Return the trace of one cell, without reading those of the others.

        Parameters
        ----------
        name : {"dff", "corrected", "demixed", "neuropil", "events"}
            Which.
        number : int
            Number of the cell in `cell_roi_ids`.

        Returns
        -------
        array of float64, shape (frames,)
            Equal to ``matrix(name)[:, number]``.

        Raises
        ------
        AttributeError
            If the plane has no such traces, naming those it has.
        """
        if name in self._matrices:
            return self._matrices[name][:, number]
        data, column = series_data(self._series(name)), int(self._columns(name)[number])
        if column < 0:
            return np.full(length(data), np.nan)
        where = np.unravel_index(column, data.shape[1:]) if data.ndim > 1 else ()
        return in_unit(data, np.asarray(data[(slice(None), *where)]).astype(np.float64, copy=False))

    def _filtered_matrix(self) -> Matrix:
        return filter_events(self.matrix("events"), self.ophys_frame_rate)

    def _read_matrix(self, name: str) -> Matrix:
        data = series_data(self._series(name))
        values = in_unit(data, read(data, order="F").astype(np.float64, copy=False))
        values = values.reshape(len(values), prod(values.shape[1:]), order="F")
        columns = self._columns(name)
        if np.array_equal(columns, np.arange(values.shape[1])):
            return values
        found = np.full((len(values), len(columns)), np.nan, order="F")
        found[:, columns >= 0] = values[:, columns[columns >= 0]]
        return found

    def _series(self, name: str) -> h5py.Group:
        """Return the series of a matrix.

        Raises
        ------
        AttributeError
            If the plane has none.
        """
        series = self._streams.series(MATRICES[name][0]) if name in MATRICES else None
        if series is None:
            raise self._missing(MATRICES[name][0] if name in MATRICES else name)
        return series

    def _columns(self, name: str) -> Integers:
        """Return each cell's column in a series, -1 if missing.

        Raises
        ------
        SourceError
            If two columns are of one cell.
        """
        segmentation, series = self._streams.segmentation(), self._series(name)
        ids = np.empty(0, np.int64) if segmentation is None else whole_numbers(segmentation["id"])
        columns = pd.Index(columns_of(series, ids))
        if not columns.is_unique:
            raise SourceError(
                "two columns of a series belong to one cell",
                where=f"{series.file.filename} {series.name}",
                got=f"cell_roi_id {columns[columns.duplicated()][0]} more than once",
                expected="one column per cell",
                fix="convert the session again",
            )
        return columns.get_indexer(pd.Index(self.cell_roi_ids)).astype(np.int64)

    def forget(self) -> None:
        """Release the memory of everything read."""
        forget_cached(self)
        self._matrices = {}

    def has(self, name: str) -> bool:
        """Return whether the file has the traces of this name."""
        source = "events" if name == "filtered_events" else name
        return source in MATRICES and self._streams.series(MATRICES[source][0]) is not None

    def _missing(self, name: str) -> AttributeError:
        return AttributeError(
            f"plane {self.name} of {self._owner.path} has no {name}; it has {', '.join(self._streams.there())}",
            name=name,
            obj=self,
        )
