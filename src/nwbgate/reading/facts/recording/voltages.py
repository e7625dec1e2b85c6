"""Facts about a pipette's voltage, raw and baseline-subtracted, and spike peaks."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import h5py
import numpy as np
import pandas as pd

from nwbgate.algorithms.repetition import repeated_stretch
from nwbgate.algorithms.similarity import correlation, lag, scale
from nwbgate.algorithms.spike_peaks import DETECTED, Places, noise_level, other_peaks, reach, tops, without_peak
from nwbgate.reading.facts.records import records_frame
from nwbgate.reading.format.dynamic_table import Values, read_column
from nwbgate.reading.format.layouts import session_tables
from nwbgate.storage.chunks.chunk_reader import read
from nwbgate.storage.hdf5 import dataset_at, group_at
from nwbgate.storage.values import vector

#: Samples of a part that is read (3 s at 40 kHz), and the number of parts, spread over the recording.
_PART, _PARTS = 2**17, 3
#: Column of units with the voltage above which a peak was counted as a spike.
_THRESHOLD = "spike_detection_threshold"
#: Spikes from which the height of a spike is told.
_FEWEST = 3
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
    of_filtered, timing = [(start, part) for start, _, part in parts], _timing(series, clocks)
    row |= _spikes(file, trains, of_filtered, *timing) | _repetition(of_filtered, *timing)
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


def _spikes(
    file: h5py.File, trains: Values | None, parts: list[tuple[int, Signal]], first: float, period: float
) -> dict[str, Any]:
    """Return the numbers of spikes without a peak, and of peaks without a spike."""
    if not period > 0:
        return {}
    times = np.concatenate([np.zeros(0), *spike_times(trains)])
    places = [np.round((times - first) / period) - start for start, _ in parts]
    pairs = [
        (start, voltage, place[(place >= 0) & (place < len(voltage))].astype(np.intp))
        for (start, voltage), place in zip(parts, places, strict=True)
    ]
    around = reach(period)
    highest = [tops(voltage, place, around) for _, voltage, place in pairs]
    heights = np.concatenate([voltage[top] for (_, voltage, _), top in zip(pairs, highest, strict=True)])
    lags = np.concatenate(
        [
            (place - top)[voltage[top] > noise_level(voltage)]
            for (_, voltage, place), top in zip(pairs, highest, strict=True)
        ]
    )  # in a flat voltage any sample is the highest
    height = float(np.median(heights)) if len(heights) >= _FEWEST else np.nan
    missing = [
        _times(start + place[without_peak(voltage, place, around, noise_level(voltage))], first, period)
        for start, voltage, place in pairs
    ]
    surplus = [
        _times(start + other_peaks(voltage, place, around, _level(voltage, height)), first, period)
        for start, voltage, place in pairs
    ]
    return {
        "n_spikes": len(heights),
        **_lag_of_spikes(lags),
        "spike_height": height,
        "threshold": _threshold(file),
        "n_without_peak": sum(map(len, missing)),
        "without_peak_at": _first_of(missing),
        **_within_observation(file, np.concatenate(surplus)),
    }


def _lag_of_spikes(lags: Places) -> dict[str, Any]:
    """Return the most frequent lag behind a peak, and its share."""
    if len(lags) < _FEWEST:
        return {"peak_lag": np.nan, "share_at_lag": np.nan}
    each, counts = np.unique(lags, return_counts=True)
    return {"peak_lag": float(each[counts.argmax()]), "share_at_lag": float(counts.max() / len(lags))}


def _repetition(parts: list[tuple[int, Signal]], first: float, period: float) -> dict[str, Any]:
    """Return how many samples of the parts repeat an earlier stretch, and when."""
    apart = [parts[0], *(now for before, now in pairwise(parts) if now[0] >= before[0] + len(before[1]))]
    samples = np.concatenate([start + np.arange(len(voltage)) for start, voltage in apart])
    again = repeated_stretch(np.concatenate([voltage for _, voltage in apart])[None])
    return {"n_repeated": again.n, "repeated_at": first + samples[again.at] * period if again.n else np.nan}


def _times(samples: Places, first: float, period: float) -> Signal:
    return np.asarray(first + samples * period, dtype=np.float64)


def _level(voltage: Signal, height: float) -> float:
    """Return the height of a sure spike, from noise and known spikes."""
    return float(np.fmax(DETECTED * noise_level(voltage), height / 2))


def _within_observation(file: h5py.File, peaks: Signal) -> dict[str, Any]:
    """Return how many of these peaks without a spike lie in the observation intervals."""
    units = group_at(file, "/units")
    if units is not None and dataset_at(units, "obs_intervals") is not None:
        spans = np.concatenate([np.zeros((0, 2)), *map(_as_spans, read_column(units, "obs_intervals"))])
        peaks = peaks[((peaks[:, None] >= spans[:, 0]) & (peaks[:, None] <= spans[:, 1])).any(axis=1)]
    return {"n_peaks_without_spike": len(peaks), "peak_without_spike_at": _first_of([peaks])}


def _threshold(file: h5py.File) -> float:
    """Return the threshold of detection that the first unit gives, NaN for none."""
    units = group_at(file, "/units")
    told = dataset_at(units, _THRESHOLD) if units is not None else None
    values = vector(told) if told is not None and told.ndim == 1 else np.empty(0)
    return float(values[0]) if len(values) else np.nan


def _as_spans(intervals: Any) -> Signal:
    return np.asarray(intervals, dtype=np.float64).reshape(-1, 2)


def _first_of(times: list[Signal]) -> float:
    return min((float(each[0]) for each in times if len(each)), default=np.nan)


def spike_times(trains: Values | None) -> Iterator[Signal]:
    """Yield the spike times of each unit, missing ones left out.

    Parameters
    ----------
    trains : sequence of arrays or None
        Spike times of each unit as stored; none without units.
    """
    for times in trains if trains is not None else ():
        spikes = np.ravel(np.asarray(times, dtype=np.float64))
        yield spikes[np.isfinite(spikes)]
