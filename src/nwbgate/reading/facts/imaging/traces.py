"""ROI traces in numbers: NaN, constant, duplicate; read chunk by chunk."""

from collections.abc import Iterator
from hashlib import blake2b
from typing import Any

import h5py
import numpy as np
import pandas as pd

from nwbgate.algorithms.number_grids import grid_of
from nwbgate.algorithms.repetition import Repeated, repeated_stretch
from nwbgate.algorithms.straight_lines import longest_line, n_places, straight_places
from nwbgate.reading.facts.digests import HEAD, head_digest
from nwbgate.reading.format.layouts import session_tables
from nwbgate.reading.format.time_series import series_data
from nwbgate.storage.chunks.chunk_reader import read
from nwbgate.storage.values import refuse_large, refuse_other_than_numbers

#: Bytes of a trace dataset held at once.
_BLOCK = 8 * 2**20
#: Every run of 20 equal samples or more begins a row of four of them at one of these steps.
_STEP = 16
#: Traces of a series in which repeated stretches are looked for: a copied stretch is copied in all of them.
_COMPARED = 2
#: Samples by which rounding is told.
_ROUNDED = 1000
#: Series in which no stretch repeats another; that of the others is of the same frames.
_NEVER_AGAIN = "dff_traces"

Matrix = np.ndarray[Any, np.dtype[np.float64]]
Indices = np.ndarray[Any, np.dtype[np.intp]]


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
    """Return one row per column of a response series, in one pass."""
    refuse_other_than_numbers(data, ("frames",), ("frames", "cells"))
    width = data.shape[1] if data.ndim > 1 else 1
    digests = [blake2b(digest_size=16) for _ in range(width)]
    n_nan = np.zeros(width, np.int64)
    low, high = np.full(width, np.inf), np.full(width, -np.inf)
    longest, n_highest = np.ones(width, np.int64), np.zeros(width, np.int64)
    lines, n_straight, n_looked_at = np.ones(width, np.int64), np.zeros(width, np.int64), 0
    first_traces: list[Matrix] = []
    heads: list[Matrix] = []
    for block in blocks(data):
        columns = np.ascontiguousarray(block.T)
        first_traces.append(columns[:_COMPARED].copy())
        heads.append(columns[:, : max(HEAD - sum(map(len, heads)), 0)].T.copy())
        straight, has_line = straight_places(columns)
        n_straight, n_looked_at = n_straight + straight, n_looked_at + n_places(columns.shape[1])
        for line in np.flatnonzero(has_line):
            lines[line] = max(lines[line], longest_line(columns[line]))
        n_nan += np.isnan(columns).sum(axis=1)
        low = np.fmin(low, np.fmin.reduce(columns, axis=1))
        before, high = high, np.fmax(high, np.fmax.reduce(columns, axis=1))
        n_highest = np.where(high > before, 0, n_highest) + (columns == high[:, None]).sum(axis=1)
        for still in still_columns(columns):
            longest[still] = max(longest[still], longest_run(columns[still]))
        for digest, column in zip(digests, columns, strict=True):
            digest.update(column)
    kept = rois[rois["column"] < width].reset_index(drop=True)
    column = kept["column"].to_numpy()
    kept["n_frames"], kept["n_nan"] = data.shape[0], n_nan[column]
    kept["is_constant"] = ((high <= low) & (data.shape[0] > 1))[column]
    kept["lowest"], kept["highest"] = low[column], high[column]
    kept["longest_run"], kept["n_highest"] = longest[column], n_highest[column]
    kept["longest_line"], kept["share_straight"] = lines[column], (n_straight / max(n_looked_at, 1))[column]
    kept = _of_first_traces(kept, np.concatenate(first_traces, axis=1) if first_traces else np.empty((0, 0)))
    kept["digest"] = [digests[one].hexdigest() for one in column]
    first = np.concatenate(heads) if heads else np.empty((0, width))
    kept["head"] = [head_digest(first[:, one]) for one in column]
    return kept


def _of_first_traces(kept: pd.DataFrame, traces: Matrix) -> pd.DataFrame:
    """Add what all traces of a series share: repeated stretches, and rounding."""
    if kept.empty or not traces.size:
        return kept.assign(n_repeated=0, repeated_at=-1, original=-1, grid="")
    is_dff = kept["table"].iloc[0] == _NEVER_AGAIN
    again = repeated_stretch(np.nan_to_num(traces)) if is_dff else Repeated(0, -1, -1)
    grid = grid_of(traces[0, :_ROUNDED])
    return kept.assign(n_repeated=again.n, repeated_at=again.at, original=again.original, grid=grid)


def still_columns(columns: Matrix) -> Indices:
    """Return which traces may have 20 equal samples in a row.

    Parameters
    ----------
    columns : array of float64, shape (traces, samples)
        A block of traces.
    """
    last = columns.shape[1] - 3
    first, second, third, fourth = (columns[:, shift : max(last, 0) + shift : _STEP] for shift in range(4))
    return np.flatnonzero(((first == second) & (second == third) & (third == fourth)).any(axis=1))


def longest_run(trace: Matrix) -> int:
    """Return the length of the longest run of equal samples, shape (samples,)."""
    ends = np.flatnonzero(np.append(trace[1:] != trace[:-1], True))
    return int(np.diff(ends, prepend=-1).max())


def blocks(data: h5py.Dataset) -> Iterator[Matrix]:
    """Yield a response series as float64 blocks, shape (rows, columns).

    A block is a whole number of chunks high, so that no chunk is read twice. Its columns are contiguous.
    """
    width = int(np.prod(data.shape[1:]))
    chunk = data.chunks[0] if data.chunks else 1
    rows = max(chunk, _BLOCK // max(width * 8, 1) // chunk * chunk)
    refuse_large(data, rows)
    for start in range(0, data.shape[0], rows):
        block = read(data, start, start + rows, order="F").astype(np.float64, copy=False)
        yield block.reshape(len(block), -1, order="F")
