"""Facts about an ROI's traces compared with each other, by window."""

from dataclasses import dataclass
from typing import Any

import h5py
import numpy as np
import pandas as pd

from nwbgate.reading.facts.records import whole_numbers
from nwbgate.reading.format.layouts import session_tables
from nwbgate.storage.chunks.chunk_reader import read

Matrix = np.ndarray[Any, np.dtype[np.float64]]

#: Windows that are compared, spread over the recording, and frames of each: enough to tell two ROIs apart.
_WINDOWS, _FRAMES = 8, 512
#: Frames of a part of a window, each of which is compared by itself: a trace may be another's for some seconds.
_PART = 128
#: Medians are taken of every third frame: they are the slowest part, and not more certain for more frames.
_MEDIAN_STEP = 3
#: Most values of one series that are held at once.
_VALUES = 2**20
#: Frames by which a trace may lag that is told from a trace of another ROI.
_LAGS = 100
#: Names of the tables of traces that are compared with dF/F.
_FLUORESCENCE, _DEMIXED, _NEUROPIL = "corrected_fluorescence_traces", "demixed_traces", "neuropil_traces"


@dataclass(frozen=True)
class Windows:
    """Traces of one series in windows.

    Parameters
    ----------
    ids : array of float, shape (columns,)
        ROI of each column, NaN for none.
    values : list of array, shape (frames, columns)
        One array per window.
    length : int
        Frames of the whole series; windows of series of another length are not at the same frames.
    """

    ids: Matrix
    values: list[Matrix]
    length: int

    def of(self, ids: Matrix) -> "Windows":
        """Return the columns of these ROIs, NaN for missing ones."""
        place = {roi: column for column, roi in reversed([*enumerate(self.ids)])}
        columns = np.array([place.get(roi, -1) for roi in ids], dtype=np.int64)
        absent = columns < 0
        taken = [window[:, columns] if window.shape[1] else np.empty((len(window), len(ids))) for window in self.values]
        for window in taken:
            window[:, absent] = np.nan
        return Windows(ids, taken, self.length)


def windows(file: h5py.File, columns: pd.DataFrame, n_windows: int = _WINDOWS, frames: int = _FRAMES) -> Windows | None:
    """Return the windows of a response series, or None without a matrix.

    Parameters
    ----------
    file : h5py.File
        An open NWB file.
    columns : pandas.DataFrame
        The rows of the summary ``series_rois`` about this series.
    n_windows, frames : int
        How many windows, and frames of each; a short recording is one window.
    """
    if columns.empty:
        return None
    data = file[columns["path"].iloc[0]]["data"]
    kept = columns[columns["column"] < (data.shape[1] if data.ndim > 1 else 1)]
    frames = min(frames, max(_VALUES // (n_windows * max(len(kept), 1)), 2))
    if data.shape[0] <= n_windows * frames:
        starts, frames = np.array([0]), data.shape[0]
    else:
        starts = np.linspace(0, data.shape[0] - frames, n_windows).astype(np.int64)
    order = kept["column"].to_numpy(np.int64)
    blocks = [read(data, start, start + frames).astype(np.float64, copy=False) for start in starts.tolist()]
    ids = kept["cell_roi_id"].to_numpy(np.float64, na_value=np.nan)
    return Windows(ids, [block.reshape(len(block), -1)[:, order] for block in blocks], data.shape[0])


def trace_partners(file: h5py.File, rois: pd.DataFrame) -> pd.DataFrame:
    """Return the summary ``trace_partners`` of `session_tables.yaml`.

    Frame-to-frame changes of dF/F and fluorescence are compared, for dF/F is fluorescence over a baseline that drifts
    slowly: changes of a trace and of its own fluorescence differ only by a factor, those of two ROIs share no noise.

    Parameters
    ----------
    file : h5py.File
        An open NWB file.
    rois : pandas.DataFrame
        The summary ``series_rois``.
    """
    found = [_of_plane(file, of_plane, plane) for plane, of_plane in rois.groupby("plane")]
    kept = [frame for frame in found if frame is not None and len(frame)]
    columns = list(session_tables().summaries["trace_partners"].columns)
    return pd.concat(kept, ignore_index=True) if kept else pd.DataFrame(columns=columns)


def _of_plane(file: h5py.File, rois: pd.DataFrame, plane: object) -> pd.DataFrame | None:
    """Compare the dF/F traces of one plane with its fluorescence traces."""
    if not {"dff_traces", _FLUORESCENCE} <= {*rois["table"]}:
        return None
    compared = rois[rois["table"].isin(["dff_traces", _FLUORESCENCE, _DEMIXED, _NEUROPIL])]
    series = {name: windows(file, of_table) for name, of_table in compared.groupby("table")}
    dff, fluorescence = series.get("dff_traces"), series.get(_FLUORESCENCE)
    if dff is None or fluorescence is None or not alike(dff, fluorescence) or len(dff.values[0]) < 2:
        return None
    own = fluorescence.of(dff.ids)
    with np.errstate(invalid="ignore", divide="ignore"):
        facts = {
            "plane": plane,
            "cell_roi_id": whole_numbers(dff.ids),
            **_partners(dff, fluorescence, own),
            **_gain(dff, own),
            **_neuropil(own, series.get(_DEMIXED), series.get(_NEUROPIL)),
        }
    return pd.DataFrame(facts)


def alike(one: Windows, other: Windows) -> bool:
    """Return whether the windows of two series are the same frames."""
    return one.length == other.length and [len(window) for window in one.values] == [
        len(window) for window in other.values
    ]


def _partners(dff: Windows, fluorescence: Windows, own: Windows) -> dict[str, Any]:
    """Return each trace's best-matching fluorescence, overall and by window."""
    changes, others, owns = ([_changes(window) for window in one.values] for one in (dff, fluorescence, own))
    parts = [
        _paired_correlations(left[start : start + _PART], right[start : start + _PART])
        for left, right in zip(changes, owns, strict=True)
        for start in range(0, max(len(left) - _PART // 2, 1), _PART)
    ]
    every = np.vstack([_standard(left) for left in changes]).T @ np.vstack([_standard(right) for right in others])
    every /= len(changes)
    best = every.argmax(axis=1)
    lowest = np.fmin.reduce(parts)
    return {
        "own": lowest,
        "best": every.max(axis=1),
        "best_cell_roi_id": whole_numbers(fluorescence.ids[best]),
        **_lags(changes[len(changes) // 2], owns[len(owns) // 2]),
    }


def _changes(window: Matrix) -> Matrix:
    """Return frame-to-frame changes; a missing sample has none."""
    return np.diff(np.nan_to_num(window, posinf=0.0, neginf=0.0), axis=0)


def _standard(changes: Matrix) -> Matrix:
    """Return columns of mean 0 and length 1; a constant column stays 0."""
    centered = changes - changes.mean(axis=0)
    length = np.linalg.norm(centered, axis=0)
    standard: Matrix = np.divide(centered, length, out=np.zeros_like(centered), where=length > 0)
    return standard


def _paired_correlations(left: Matrix, right: Matrix) -> Matrix:
    """Return the correlation of columns of equal number; NaN if constant."""
    products = (_standard(left) * _standard(right)).sum(axis=0)
    constant = (np.ptp(left, axis=0) == 0) | (np.ptp(right, axis=0) == 0)
    correlations: Matrix = np.where(constant, np.nan, products)
    return correlations


def _lags(left: Matrix, right: Matrix) -> dict[str, Matrix]:
    """Return each column's lag behind its partner, and the fit there."""
    size = 2 * len(left)
    spectra = np.fft.rfft(_standard(left), size, axis=0) * np.conj(np.fft.rfft(_standard(right), size, axis=0))
    correlation = np.fft.irfft(spectra, size, axis=0)
    reach = min(_LAGS, len(left) - 1)
    lags = np.concatenate([np.arange(reach + 1), np.arange(-reach, 0)])
    near = correlation[lags]
    best = near.argmax(axis=0)
    return {"lag": lags[best], "at_lag": near.max(axis=0)}


def _gain(dff: Windows, own: Windows) -> dict[str, Matrix]:
    """Return dF/F's change per relative fluorescence change, and its baseline."""
    change = np.vstack([_changes(window) for window in dff.values])
    fluorescence = np.vstack([_changes(window) for window in own.values])
    baseline = np.median(np.vstack(own.values)[::_MEDIAN_STEP], axis=0)
    slope = (change * fluorescence).sum(axis=0) / (fluorescence**2).sum(axis=0)
    return {
        "gain": slope * baseline,
        "baseline_to_noise": baseline / (fluorescence.std(axis=0) / np.sqrt(2)),
        "dff_median": np.median(np.vstack(dff.values)[::_MEDIAN_STEP], axis=0),
        "noise": robust_noise(change),
    }


def robust_noise(changes: Matrix) -> Matrix:
    """Return the white noise level of these changes, by median deviation."""
    some = changes[::_MEDIAN_STEP]
    deviation = np.median(np.abs(some - np.median(some, axis=0)), axis=0)
    noise: Matrix = 1.4826 * deviation / np.sqrt(2)
    return noise


def _neuropil(own: Windows, demixed: Windows | None, neuropil: Windows | None) -> dict[str, Any]:
    """Return the subtracted share of neuropil, and what it leaves unexplained.

    Least squares of demixed minus corrected on neuropil; the rest is relative to the largest demixed value.
    """
    nothing = {"subtracted": np.nan, "unexplained": np.nan}
    if demixed is None or neuropil is None or not (alike(own, demixed) and alike(own, neuropil)):
        return nothing
    parts = [np.vstack(one.of(own.ids).values) for one in (own, demixed, neuropil)]
    corrected, whole, around = (np.nan_to_num(part, posinf=0.0, neginf=0.0) for part in parts)
    known = ~np.isnan(np.stack([part[0] for part in parts])).any(axis=0)
    share = ((whole - corrected) * around).sum(axis=0) / (around**2).sum(axis=0)
    rest = np.abs(whole - corrected - share * around).max(axis=0) / np.abs(whole).max(axis=0)
    return {"subtracted": np.where(known, share, np.nan), "unexplained": np.where(known, rest, np.nan)}
