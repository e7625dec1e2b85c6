"""Traces of ROIs as numbers about each: NaN, constant, equal to another; read chunk by chunk."""

from collections.abc import Iterator
from hashlib import blake2b
from typing import Any

import h5py
import numpy as np
import pandas as pd

from nwbgate.reading.format.layouts import session_tables
from nwbgate.reading.format.time_series import series_data
from nwbgate.storage.chunk_reader import read
from nwbgate.storage.values import refuse_large, refuse_other_than_numbers

#: Bytes of a trace dataset held at once.
_BLOCK = 8 * 2**20
#: Frames whose changes are compared between dF/F and fluorescence: enough to tell two ROIs apart.
_COMPARED = 4096

Matrix = np.ndarray[Any, np.dtype[np.float64]]


def trace_columns(file: h5py.File, series: pd.DataFrame, rois: pd.DataFrame) -> pd.DataFrame:
    """Return the summary ``trace_columns`` of `session_tables.yaml`.

    Parameters
    ----------
    file : h5py.File
        An open NWB file.
    series, rois : pandas.DataFrame
        The summaries ``series`` and ``series_rois``.
    """
    names = list(session_tables().summaries["trace_columns"].columns)
    found = [_columns(series_data(file[path]), rois[rois["path"] == path]) for path in rois["path"].drop_duplicates()]
    frame = pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=names)
    return frame.reindex(columns=names)


def _columns(data: h5py.Dataset, rois: pd.DataFrame) -> pd.DataFrame:
    """Return one row per column of one response series, in one pass over its data."""
    refuse_other_than_numbers(data, ("frames",), ("frames", "cells"))
    width = data.shape[1] if data.ndim > 1 else 1
    digests = [blake2b(digest_size=16) for _ in range(width)]
    n_nan = np.zeros(width, np.int64)
    low, high = np.full(width, np.inf), np.full(width, -np.inf)
    for block in blocks(data):
        columns = np.ascontiguousarray(block.T)
        n_nan += np.isnan(columns).sum(axis=1)
        low = np.fmin(low, np.fmin.reduce(columns, axis=1))
        high = np.fmax(high, np.fmax.reduce(columns, axis=1))
        for digest, column in zip(digests, columns, strict=True):
            digest.update(column)
    kept = rois[rois["column"] < width].reset_index(drop=True)
    column = kept["column"].to_numpy()
    kept["n_frames"], kept["n_nan"] = data.shape[0], n_nan[column]
    kept["is_constant"] = ((high <= low) & (data.shape[0] > 1))[column]
    kept["digest"] = [digests[one].hexdigest() for one in column]
    return kept


def blocks(data: h5py.Dataset) -> Iterator[Matrix]:
    """Give a response series as blocks of rows, float64, shape (rows, columns), each at most 8 MB.

    A block is a whole number of chunks high, so that no chunk is read twice. Its columns are contiguous.
    """
    width = int(np.prod(data.shape[1:]))
    chunk = data.chunks[0] if data.chunks else 1
    rows = max(chunk, _BLOCK // max(width * 8, 1) // chunk * chunk)
    refuse_large(data, rows)
    for start in range(0, data.shape[0], rows):
        block = read(data, start, start + rows, order="F").astype(np.float64, copy=False)
        yield block.reshape(len(block), -1, order="F")


def trace_partners(file: h5py.File, rois: pd.DataFrame) -> pd.DataFrame:
    """Return the summary ``trace_partners``: whose fluorescence each dF/F trace moves with.

    Frame-to-frame changes are compared, for dF/F is fluorescence over a baseline that drifts slowly: the changes of a
    trace and of its own fluorescence differ only by a factor, those of two ROIs share no noise.

    Parameters
    ----------
    file : h5py.File
        An open NWB file.
    rois : pandas.DataFrame
        The summary ``series_rois``.
    """
    summary = session_tables().summaries["trace_partners"]
    found = [
        partners(file, dff, rois[(rois["table"] == "corrected_fluorescence_traces") & (rois["plane"] == plane)], plane)
        for plane, dff in rois[rois["table"] == "dff_traces"].groupby("plane")
    ]
    kept = [frame for frame in found if len(frame)]
    return pd.concat(kept, ignore_index=True) if kept else pd.DataFrame(columns=list(summary.columns))


def partners(file: h5py.File, dff: pd.DataFrame, fluorescence: pd.DataFrame, plane: object) -> pd.DataFrame:
    """Compare the dF/F traces of one plane with its fluorescence traces."""
    if fluorescence.empty:
        return pd.DataFrame()
    changes = [_changes(series_data(file[frame["path"].iloc[0]])) for frame in (dff, fluorescence)]
    if len(changes[0]) != len(changes[1]) or len(changes[0]) < 2:
        return pd.DataFrame()
    by_column = [
        frame[frame["column"] < change.shape[1]] for frame, change in zip((dff, fluorescence), changes, strict=True)
    ]
    left, right = (_standard(change[:, frame["column"]]) for change, frame in zip(changes, by_column, strict=True))
    correlation = left.T @ right
    ids = [frame["cell_roi_id"].to_numpy(np.float64, na_value=np.nan) for frame in by_column]
    same = ids[0][:, None] == ids[1][None, :]
    best = correlation.argmax(axis=1)
    return pd.DataFrame(
        {
            "plane": plane,
            "cell_roi_id": by_column[0]["cell_roi_id"].to_numpy(),
            "own": np.where(same.any(axis=1), np.where(same, correlation, -np.inf).max(axis=1), np.nan),
            "best": correlation.max(axis=1),
            "best_cell_roi_id": by_column[1]["cell_roi_id"].to_numpy()[best],
        }
    )


def _changes(data: h5py.Dataset) -> Matrix:
    """Return the frame-to-frame changes of the middle of a recording, shape (frames, columns)."""
    start = max((data.shape[0] - _COMPARED) // 2, 0)
    block = data[start : start + _COMPARED].astype(np.float64, copy=False)
    return np.diff(np.nan_to_num(block.reshape(len(block), -1)), axis=0)


def _standard(changes: Matrix) -> Matrix:
    """Return columns of mean 0 and length 1; a constant column stays 0."""
    centered = changes - changes.mean(axis=0)
    length = np.linalg.norm(centered, axis=0)
    standard: Matrix = np.divide(centered, length, out=np.zeros_like(centered), where=length > 0)
    return standard
