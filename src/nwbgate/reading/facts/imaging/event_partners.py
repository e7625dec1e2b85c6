"""Detected events against dF/F: whose trace jumps where an ROI has events, and when."""

import h5py
import numpy as np
import pandas as pd

from nwbgate.reading.facts.imaging.trace_partners import Matrix, Windows, alike, robust_noise, windows
from nwbgate.reading.facts.records import whole_numbers
from nwbgate.reading.format.layouts import session_tables

#: Windows of the recording in which events are looked at, and frames of each.
_WINDOWS, _FRAMES = 4, 1024
#: Decay of an event in seconds, that of a fast indicator: a slower one has a tail that is longer still.
_DECAY = 0.5
#: Period of a microscope in seconds, where the clock does not say.
_PERIOD = 1 / 31
#: Frames by which events may be early or late.
_LAGS = 5


def event_partners(file: h5py.File, rois: pd.DataFrame, clocks: pd.DataFrame) -> pd.DataFrame:
    """Return the summary ``event_partners`` of `session_tables.yaml`.

    An event is the size of a jump of dF/F that decays exponentially (spike inference by FastLZeroSpikeInference). So
    dF/F moves with events that decay, and jumps by their size in their frame.

    Parameters
    ----------
    file : h5py.File
        An open NWB file.
    rois, clocks : pandas.DataFrame
        The summaries ``series_rois`` and ``clocks``.
    """
    imaging = clocks[clocks["stream"] == "imaging"].drop_duplicates("plane").set_index("plane")["period"]
    found = []
    for plane, of_plane in rois.groupby("plane"):
        if not {"events", "dff_traces"} <= {*of_plane["table"]}:
            continue
        events, dff = (
            windows(file, of_plane[of_plane["table"] == table], _WINDOWS, _FRAMES) for table in ("events", "dff_traces")
        )
        if events is not None and dff is not None and alike(events, dff):
            period = imaging.get(plane, np.nan)
            found.append(_of_plane(events, dff, float(period) if period > 0 else _PERIOD).assign(plane=plane))
    columns = list(session_tables().summaries["event_partners"].columns)
    return pd.concat(found, ignore_index=True)[columns] if found else pd.DataFrame(columns=columns)


def _of_plane(events: Windows, dff: Windows, period: float) -> pd.DataFrame:
    sizes = [np.nan_to_num(window, posinf=0.0, neginf=0.0) for window in events.values]
    own = dff.of(events.ids)
    traces = [np.nan_to_num(window, posinf=0.0, neginf=0.0) for window in dff.values]
    with np.errstate(invalid="ignore", divide="ignore"):
        decaying = np.vstack([_decaying(window, np.exp(-period / _DECAY)) for window in sizes])
        correlation = _standard(decaying).T @ _standard(np.vstack(traces))
        jumps, error = _jumps(sizes, [np.nan_to_num(window, posinf=0.0, neginf=0.0) for window in own.values])
    same = events.ids[:, None] == dff.ids[None, :]
    best, lags = correlation.argmax(axis=1), np.arange(-_LAGS, _LAGS + 1)
    known = np.isfinite(error) & (error > 0)
    weights = error[known] ** -2
    pooled = (jumps[:, known] * weights).sum(axis=1) / weights.sum() if known.any() else np.zeros(len(jumps))
    return pd.DataFrame(
        {
            "cell_roi_id": whole_numbers(events.ids),
            "n_events": np.sum([(window > 0).sum(axis=0) for window in sizes], axis=0),
            "own": np.where(same.any(axis=1), np.where(same, correlation, -np.inf).max(axis=1), np.nan),
            "best": correlation.max(axis=1),
            "best_cell_roi_id": whole_numbers(dff.ids[best]),
            "jump": jumps[_LAGS],
            "error": error,
            "lag": lags[np.nan_to_num(jumps).argmax(axis=0)],
            "jump_at_lag": np.nan_to_num(jumps).max(axis=0),
            "plane_lag": lags[np.nan_to_num(pooled).argmax()],
            "plane_jump": pooled[_LAGS],
            "plane_jump_at_lag": np.nan_to_num(pooled).max(),
            "plane_jump_after": pooled[_LAGS + 1],
            "plane_followed": _share_followed(sizes),
        }
    )


def _share_followed(sizes: list[Matrix]) -> float:
    """Return the share of events followed by a smaller one, or NaN."""
    pairs = [(window[:-1], window[1:]) for window in sizes]
    n_events = sum(int((here > 0).sum()) for here, _ in pairs)
    n_followed = sum(int(((here > after) & (after > 0)).sum()) for here, after in pairs)
    return n_followed / n_events if n_events else np.nan


def _decaying(sizes: Matrix, factor: float) -> Matrix:
    """Return events that decay by a factor per frame, shape as given."""
    found = np.zeros_like(sizes)
    level = np.zeros(sizes.shape[1])
    for frame, size in enumerate(sizes):
        level = level * factor + size
        found[frame] = level
    return found


def _standard(values: Matrix) -> Matrix:
    """Return columns of mean 0 and length 1; a constant column becomes 0."""
    centered = values - values.mean(axis=0)
    length = np.linalg.norm(centered, axis=0)
    standard: Matrix = np.divide(centered, length, out=np.zeros_like(centered), where=length > 0)
    return standard


def _jumps(sizes: list[Matrix], traces: list[Matrix]) -> tuple[Matrix, Matrix]:
    """Return a trace's jump relative to its events, per lag and ROI.

    The jump is that of least squares, the sum of size times change over the sum of squared sizes.
    """
    changes = [np.diff(trace, axis=0) for trace in traces]
    power = np.sum([(size[1 + _LAGS : -_LAGS] ** 2).sum(axis=0) for size in sizes], axis=0)
    products = [
        np.sum(
            [
                (size[1 + _LAGS : -_LAGS] * change[_LAGS + lag : len(change) - _LAGS + lag]).sum(axis=0)
                for size, change in zip(sizes, changes, strict=True)
            ],
            axis=0,
        )
        for lag in range(-_LAGS, _LAGS + 1)
    ]
    noise = robust_noise(np.vstack(changes))
    return np.array(products) / power, np.sqrt(2) * noise / np.sqrt(power)
