"""Facts about one neuron's dF/F beside its spikes."""

from typing import Any

import h5py
import numpy as np
import pandas as pd

from nwbgate.algorithms.similarity import correlation
from nwbgate.reading.facts.imaging.trace_partners import robust_noise
from nwbgate.reading.facts.recording.voltages import Signal, spike_times
from nwbgate.reading.facts.records import records_frame
from nwbgate.reading.format.dynamic_table import Values
from nwbgate.reading.format.layouts import session_tables
from nwbgate.storage.chunks.chunk_reader import read
from nwbgate.storage.hdf5 import dataset_at

#: Decay of the response to a spike in seconds, between those of fast and slow indicators, and its length in decays.
_DECAY, _LENGTH = 0.5, 5
#: Seconds by which dF/F may be shifted.
_REACH = 10.0
#: Most frames that are read: an hour at 160 Hz.
_MOST = 2**19


def spike_response_frame(
    file: h5py.File, series: pd.DataFrame, clocks: pd.DataFrame, trains: Values | None
) -> pd.DataFrame | None:
    """Return the summary ``spike_responses``, or None without one trace and one unit with spikes.

    Parameters
    ----------
    file : h5py.File
        An open NWB file.
    series, clocks : pandas.DataFrame
        The summaries ``series`` and ``clocks``.
    trains : sequence of arrays or None
        Spike times of each unit.
    """
    traces = series[(series["table"] == "dff_traces").to_numpy()]
    units = list(spike_times(trains))
    if len(traces) != 1 or len(units) != 1 or traces["n_columns"].iloc[0] != 1:
        return None
    data = dataset_at(file, f"{traces['path'].iloc[0]}/data")
    clock = clocks[clocks["clock"] == traces["clock"].iloc[0]]
    if data is None or data.dtype.kind not in "iuf" or not len(clock) or not clock["period"].iloc[0] > 0:
        return None
    trace = np.nan_to_num(read(data, 0, _MOST).astype(np.float64).reshape(-1))
    first, period = float(clock["first"].iloc[0]), float(clock["period"].iloc[0])
    frames = np.floor((units[0] - first) / period)
    kept = frames[(frames >= 0) & (frames < len(trace))].astype(np.intp)
    row = {"n_spikes": len(kept), "n_frames": len(trace), **_likeness(trace, kept, period)}
    return records_frame([row], session_tables().summaries["spike_responses"].columns)


def _likeness(trace: Signal, frames: np.ndarray[Any, np.dtype[np.intp]], period: float) -> dict[str, float]:
    """Return correlations of a trace with the response to its spikes."""
    if len(trace) < 2:
        return {}
    kernel = np.exp(-np.arange(int(_LENGTH * _DECAY / period) + 1) * period / _DECAY)
    response = np.convolve(np.bincount(frames, minlength=len(trace)), kernel)[: len(trace)]
    reach = min(int(_REACH / period), len(trace) // 2)
    shifted = {lag: _at(response, trace, lag) for lag in range(-reach, reach + 1)}
    best = max(shifted, key=lambda lag: np.nan_to_num(shifted[lag], nan=-1.0))
    return {
        "own": correlation(response, trace),
        "reversed": correlation(response, trace[::-1]),
        "at_lag": shifted[best],
        "lag": best * period,
        "noise": float(robust_noise(np.diff(trace)[:, None])[0]),
    }


def _at(response: Signal, trace: Signal, lag: int) -> float:
    """Return the correlation with a trace that follows by some frames."""
    length = len(trace) - abs(lag)
    return correlation(response[max(-lag, 0) :][:length], trace[max(lag, 0) :][:length])
