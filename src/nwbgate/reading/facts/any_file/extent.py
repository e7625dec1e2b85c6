"""Extent of a session: first to last sample of its acquisition."""

from typing import Any

import numpy as np
import pandas as pd

from nwbgate.reading.facts.records import records_frame
from nwbgate.reading.format.layouts import session_tables

#: Where acquired series are, by the NWB schema; without any, traces and voltages elsewhere tell the extent.
_ACQUIRED = "/acquisition/"
_TRACES = frozenset({"ElectricalSeries", "RoiResponseSeries", "TwoPhotonSeries", "OnePhotonSeries"})
#: Shortest extent that tells anything, in seconds: a file of a test or a stub has less.
_SHORTEST = 10.0
#: A clock that ends this many times later than the median of all is on another scale, and tells no extent.
_ANOTHER_SCALE = 100.0
#: No session lasts three years: a time above this, in seconds, counts from 1970.
_UNIX = 1e8


def extent_frame(series: pd.DataFrame, clocks: pd.DataFrame) -> pd.DataFrame | None:
    """Return the summary ``session_extent`` of `session_tables.yaml`; None where the file does not tell it.

    Parameters
    ----------
    series, clocks : pandas.DataFrame
        The summaries of these names.
    """
    sampled = series[(series["stream"] != "marks").to_numpy(dtype=bool) & (series["n_samples"] > 1)]
    acquired = sampled[sampled["path"].astype(str).str.startswith(_ACQUIRED)]
    traces = sampled[sampled["neurodata_type"].isin(_TRACES)]
    span = _span(clocks, acquired if len(acquired) else traces)
    if span is None or span[1] - span[0] < _SHORTEST:
        return None
    recorded = _span(clocks, sampled[sampled["neurodata_type"] == "ElectricalSeries"]) or (np.nan, np.nan)
    row: dict[str, Any] = {"first": min(span[0], 0.0), "last": span[1]}
    row |= {"recorded_from": recorded[0], "recorded_to": recorded[1]}
    return records_frame([row], session_tables().summaries["session_extent"].columns)


def _span(clocks: pd.DataFrame, series: pd.DataFrame) -> tuple[float, float] | None:
    """Return the first and last time of series on one scale."""
    if series.empty:
        return None
    own = clocks[clocks["clock"].isin(series["clock"])]
    first, last = (own[name].to_numpy(dtype=np.float64) for name in ("first", "last"))
    right = np.isfinite(first) & np.isfinite(last) & (np.abs(first) < _UNIX) & (last < _UNIX)
    right &= (own["n_backward"] == 0).to_numpy(dtype=bool)
    if not right.any():
        return None
    usual = np.median(last[right])
    right &= last <= _ANOTHER_SCALE * usual if usual > 0 else right
    return float(first[right].min()), float(last[right].max())
