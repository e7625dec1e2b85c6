"""Facts about a pipette's voltage, raw and baseline-subtracted, and spike peaks."""

from collections.abc import Iterator
from typing import Any

import h5py
import numpy as np
import pandas as pd

from nwbgate.algorithms.similarity import correlation, lag, scale
from nwbgate.algorithms.spike_peaks import noise_level, reach, without_peak
from nwbgate.reading.facts.records import records_frame
from nwbgate.reading.format.dynamic_table import Values
from nwbgate.reading.format.layouts import session_tables
from nwbgate.storage.chunk_reader import read
from nwbgate.storage.hdf5 import dataset_at

#: Samples of a part that is read (3 s at 40 kHz), and the number of parts, spread over the recording.
_PART, _PARTS = 2**17, 3
#: Largest lag that is looked for, in samples.
_REACH = 4096

Signal = np.ndarray[Any, np.dtype[np.float64]]


def voltage_frame(
    file: h5py.File, series: pd.DataFrame, clocks: pd.DataFrame, trains: Values | None
) -> pd.DataFrame | None:
    """Return the summary ``voltages``, or None without both voltages.

    Parameters
    ----------
    file : h5py.File
        An open NWB file.
    series, clocks : pandas.DataFrame
        The summaries ``series`` and ``clocks``.
    trains : sequence of arrays or None
        Spike times of each unit.
    """
    if not {"voltage", "baseline_subtracted_voltage"} <= {*series["table"]}:
        return None
    raw, filtered = (_data(file, series, table) for table in ("voltage", "baseline_subtracted_voltage"))
    if raw is None or filtered is None or raw.shape != filtered.shape or raw.shape[0] < 2:
        return None
    starts = sorted({round(start) for start in np.linspace(0, max(len(raw) - _PART, 0), _PARTS)})
    parts = [(start, _signal(raw, start), _signal(filtered, start)) for start in starts]
    row = {"n": len(raw), **_pair([(one, other) for _, one, other in parts])}
    row |= _spikes(trains, [(start, part) for start, _, part in parts], *_timing(series, clocks))
    return records_frame([row], session_tables().summaries["voltages"].columns)


def _data(file: h5py.File, series: pd.DataFrame, table: str) -> h5py.Dataset | None:
    paths = series.loc[(series["table"] == table).to_numpy(), "path"]
    data = dataset_at(file, f"{paths.iloc[0]}/data") if len(paths) else None
    return data if data is not None and data.shape and data.dtype.kind in "iuf" else None


def _signal(data: h5py.Dataset, start: int) -> Signal:
    values: Signal = np.nan_to_num(read(data, start, start + _PART).astype(np.float64).reshape(-1))
    return values


def _timing(series: pd.DataFrame, clocks: pd.DataFrame) -> tuple[float, float]:
    """Return the time of the first sample and the period of the voltage, seconds."""
    of_voltage = series.loc[(series["table"] == "baseline_subtracted_voltage").to_numpy(), "clock"]
    rows = clocks[clocks["clock"].isin(of_voltage)]
    return (float(rows["first"].iloc[0]), float(rows["period"].iloc[0])) if len(rows) else (np.nan, np.nan)


def _pair(parts: list[tuple[Signal, Signal]]) -> dict[str, Any]:
    """Return the agreement of both voltages' changes, apart from a slow baseline."""
    changes = [(np.diff(raw), np.diff(filtered)) for raw, filtered in parts]
    each = [correlation(*pair) for pair in changes]
    least = int(np.argmin([np.inf if np.isnan(value) else abs(value) for value in each]))
    return {
        "correlation": each[least],
        "scale": scale(*changes[least]),
        "lag": lag(*parts[least], min(_REACH, len(parts[least][0]) // 2)),
        "largest": float(max(np.abs(filtered).max() for _, filtered in parts)),
        "noise": noise_level(parts[0][1]),
    }


def _spikes(trains: Values | None, parts: list[tuple[int, Signal]], first: float, period: float) -> dict[str, Any]:
    """Return how many of the spikes in these parts have no peak."""
    if not period > 0:
        return {}
    times = np.concatenate([np.zeros(0), *_spike_times(trains)])
    n_spikes, n_without, at = 0, 0, np.nan
    for start, voltage in parts:
        places = np.round((times - first) / period) - start
        kept = places[(places >= 0) & (places < len(voltage))].astype(np.intp)
        missing = without_peak(voltage, kept, reach(period), noise_level(voltage)) if len(kept) else np.zeros(0, bool)
        at = first + (start + kept[missing.argmax()]) * period if missing.any() and np.isnan(at) else at
        n_spikes, n_without = n_spikes + len(kept), n_without + int(missing.sum())
    return {"n_spikes": n_spikes, "n_without_peak": n_without, "without_peak_at": float(at)}


def _spike_times(trains: Values | None) -> Iterator[Signal]:
    for times in trains if trains is not None else ():
        spikes = np.ravel(np.asarray(times, dtype=np.float64))
        yield spikes[np.isfinite(spikes)]
