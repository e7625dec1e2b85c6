"""Facts about running: filtered, raw and wheel speed compared."""

from collections.abc import Iterator
from hashlib import blake2b
from typing import Any

import h5py
import numpy as np
import pandas as pd

from nwbgate.algorithms.repetition import repeated_stretch
from nwbgate.algorithms.similarity import box_means, correlation, lag, scale
from nwbgate.algorithms.wheel import speed_of_angle, speed_of_voltage
from nwbgate.reading.facts.digests import head_digest
from nwbgate.reading.facts.records import records_frame
from nwbgate.reading.format.layouts import session_tables
from nwbgate.storage.chunks.chunk_reader import read

#: Samples that are read of a signal: 9 h at 60 Hz, more than any session.
_LONGEST = 2**21
#: Samples of a box (0.5 s at 60 Hz) over whose mean a low-pass filter of some Hz changes nothing.
_BOX = 30
#: Largest lag that is looked for, in samples (2 s at 60 Hz).
_REACH = 120
#: Speed in cm/s from which mouse or wheel moves, and the relative difference within which two speeds agree.
_MOVING, _AGREES = 5.0, 0.25
#: Speed in cm/s below which the wheel surely turns backward.
_BACKWARD = -2.0

Signal = np.ndarray[Any, np.dtype[np.float64]]


def running_frames(file: h5py.File, series: pd.DataFrame, clocks: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the summaries ``filtered_speed``, ``wheel_speed`` and ``encoder`` of `session_tables.yaml`.

    A summary of signals that the file does not have, or that differ in length, is left out.

    Parameters
    ----------
    file : h5py.File
        An open NWB file.
    series, clocks : pandas.DataFrame
        The summaries ``series`` and ``clocks``.
    """
    signals = _signals(file, series)
    raw = signals.get("raw_running_speed.speed")
    rows: dict[str, list[dict[str, Any]]] = {"encoder": list(_encoder(signals))}
    if raw is not None and len(raw) > 1:
        filtered = signals.get("running_speed.speed")
        rows["filtered_speed"] = (
            [] if filtered is None or len(filtered) != len(raw) else [_filter_agreement(raw, filtered)]
        )
        rows["wheel_speed"] = list(_of_wheel(raw, signals, _period(series, clocks)))
    columns = session_tables().summaries
    return {name: records_frame(found, columns[name].columns) for name, found in rows.items() if found}


def _signals(file: h5py.File, series: pd.DataFrame) -> dict[str, Signal]:
    """Return the running signals of a file by ``<table>.<column>``."""
    running = series[series["table"].isin(["running_speed", "raw_running_speed", "running_encoder"]).to_numpy()]
    return {
        f"{row.table}.{row.column}": read(file[row.path]["data"], 0, _LONGEST).astype(np.float64).ravel()
        for row in running.dropna(subset=["column"]).itertuples()
        if file[row.path]["data"].shape and file[row.path]["data"].dtype.kind in "iuf"
    }


def _period(series: pd.DataFrame, clocks: pd.DataFrame) -> float:
    of_speed = series.loc[(series["table"] == "raw_running_speed").to_numpy(), "clock"]
    periods = clocks.loc[clocks["clock"].isin(of_speed), "period"].to_numpy(dtype=np.float64)
    return float(periods[0]) if len(periods) else float("nan")


def _filter_agreement(raw: Signal, filtered: Signal) -> dict[str, Any]:
    """Return how the filtered speed follows the raw one."""
    boxes = box_means(raw, _BOX), box_means(filtered, _BOX)
    still = (np.diff(np.nan_to_num(filtered)) == 0) & (np.diff(np.nan_to_num(raw)) != 0)
    start, length = _longest_run(still)
    moving = np.abs(np.nan_to_num(raw)) > _MOVING
    again = repeated_stretch(np.nan_to_num(np.stack([raw, filtered])))
    return {
        "n": len(raw),
        "correlation": correlation(*boxes),
        "scale": scale(*boxes),
        "lag": lag(raw, filtered, _REACH),
        "digest": blake2b(np.stack([raw, filtered]).tobytes(), digest_size=16).hexdigest(),
        "head": head_digest(raw),
        "n_repeated": again.n,
        "repeated_at": again.at,
        "original": again.original,
        "n_backward": int((filtered < 0).sum()),
        "n_raw_backward": int((raw < _BACKWARD).sum()),
        "n_still": length,
        "still_at": start,
        "share_raw": float((filtered[moving] == raw[moving]).mean()) if moving.any() else 0.0,
        "share_held": float(still[moving[1:]].mean()) if moving[1:].any() else 0.0,
        "raw_mean": float(np.nanmean(raw)) if np.isfinite(raw).any() else np.nan,
        "slowest": float(np.nanmin(raw)) if np.isfinite(raw).any() else np.nan,
        "fastest": float(np.nanmax(np.abs(raw))) if np.isfinite(raw).any() else np.nan,
    }


def _longest_run(mask: np.ndarray[Any, np.dtype[np.bool_]]) -> tuple[int, int]:
    """Return start and length of the longest run of true values."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.view(np.int8), [0]])))
    starts, lengths = edges[::2], edges[1::2] - edges[::2]
    longest = int(lengths.argmax()) if len(lengths) else -1
    return (int(starts[longest]), int(lengths[longest])) if longest >= 0 else (0, 0)


def _of_wheel(raw: Signal, signals: dict[str, Signal], period: float) -> Iterator[dict[str, Any]]:
    """Give how the raw speed follows each signal of the wheel."""
    angle, volts = signals.get("running_encoder.dx"), signals.get("running_encoder.v_sig")
    supply = signals.get("running_encoder.v_in")
    if not period > 0:
        return
    if angle is not None and len(angle) == len(raw):
        yield {"signal": "dx", **_beside(raw, speed_of_angle(angle, period))}
    if volts is not None and supply is not None and len(volts) == len(supply) == len(raw):
        yield {"signal": "v_sig", **_beside(raw, speed_of_voltage(volts, supply, period))}


def _beside(raw: Signal, wheel: Signal) -> dict[str, Any]:
    """Return the factor from raw to wheel speed, and where they agree."""
    speed, of_wheel = box_means(raw, _BOX), box_means(wheel, _BOX)
    moving = np.maximum(np.abs(speed), np.abs(of_wheel)) > _MOVING
    with np.errstate(divide="ignore", invalid="ignore"):
        factors = speed[moving] / of_wheel[moving]
    ratio = float(np.median(factors)) if len(factors) else np.nan
    with np.errstate(invalid="ignore"):
        agrees = np.abs(factors - ratio) <= _AGREES * abs(ratio)
    return {
        "n_moving": len(factors),
        "ratio": ratio,
        "agreeing": float(agrees.mean()) if len(factors) else np.nan,
        "lag": lag(raw, wheel, _REACH) if len(factors) else 0,
        "n_one_way": _one_way(raw, wheel),
    }


def _one_way(raw: Signal, wheel: Signal) -> int:
    """Count raw speeds in the rarer direction beside a one-way wheel."""
    with np.errstate(invalid="ignore"):
        both_ways = bool((wheel > 0).any() and (wheel < 0).any())
        return 0 if both_ways else int(min((raw < _BACKWARD).sum(), (raw > -_BACKWARD).sum()))


def _encoder(signals: dict[str, Signal]) -> Iterator[dict[str, Any]]:
    """Give the range of each voltage of the encoder."""
    for name in ("v_sig", "v_in"):
        volts = signals.get(f"running_encoder.{name}")
        kept = volts[np.isfinite(volts)] if volts is not None else ()
        if len(kept):
            yield {
                "signal": name,
                "n": len(kept),
                "low": float(np.min(kept)),
                "middle": float(np.median(kept)),
                "high": float(np.max(kept)),
            }
