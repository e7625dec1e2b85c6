"""Sorted units: refractory period, presence, rate, and stored metrics."""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from nwbgate.qc.measurement import Measurement
from nwbgate.qc.metrics.any_file.samples import FloatArray
from nwbgate.qc.unmeasurable import UnmeasurableError, measure_row

if TYPE_CHECKING:
    import pandas as pd

METRICS = {"units.refractory": "1", "units.presence": "1", "units.rate": "Hz"}
#: Columns in which SpikeInterface and the Allen Institute store metrics of units.
STORED = (
    "isi_violations", "isi_violations_ratio", "presence_ratio", "amplitude_cutoff", "snr", "firing_rate", "d_prime",
    "isolation_distance", "l_ratio", "nn_hit_rate", "nn_miss_rate", "silhouette_score", "rp_contamination",
)  # fmt: skip
#: Seconds of the refractory period, parts of the recording that presence is counted in, and intervals that are needed.
_REFRACTORY, _PARTS, _INTERVALS = 0.0015, 50, 20


def measure_units(units: "pd.DataFrame", span: tuple[float, float]) -> Iterator[Measurement]:
    """Yield the rows of each unit.

    ``units.refractory``: fraction of intervals between spikes below 1.5 ms. ``units.presence``: fraction of fifty equal
    parts of the recording in which it fires. ``units.rate``: spikes per second. ``units.stored_<column>``: a metric
    that the table of units has.

    Parameters
    ----------
    units : DataFrame
        With a column ``spike_times``, in seconds.
    span : (float, float)
        Begin and end of the recording, in seconds.
    """
    for unit, times in zip(units.index, units["spike_times"], strict=True):
        name, train = f"unit {unit}", np.sort(np.asarray(times, np.float64))
        yield measure_row("units.refractory", partial(refractory, train), "1", name)
        yield measure_row("units.presence", partial(presence, train, span), "1", name)
        yield measure_row("units.rate", partial(_rate, train, span), "Hz", name)
    for column in (name for name in STORED if name in units):
        values = units[column]
        for unit, value in zip(units.index, values, strict=True):
            yield measure_row(f"units.stored_{column}", partial(_number, value), "1", f"unit {unit}")


def refractory(train: FloatArray) -> float:
    """Return the fraction of intervals between spikes that are below 1.5 ms.

    Raises
    ------
    UnmeasurableError
        If there are too few intervals.
    """
    steps = np.diff(train)
    if len(steps) < _INTERVALS:
        raise UnmeasurableError(f"{len(train)} spikes, at least {_INTERVALS + 1} are needed")
    return float((steps < _REFRACTORY).mean())


def presence(train: FloatArray, span: tuple[float, float]) -> float:
    """Return the fraction of fifty parts that have a spike.

    Raises
    ------
    UnmeasurableError
        If the recording has no length.
    """
    _refuse_no_length(span)
    counts, _ = np.histogram(train, bins=_PARTS, range=span)
    return float((counts > 0).mean())


def _rate(train: FloatArray, span: tuple[float, float]) -> float:
    _refuse_no_length(span)
    return len(train) / (span[1] - span[0])


def _refuse_no_length(span: tuple[float, float]) -> None:
    if not span[1] > span[0]:
        raise UnmeasurableError("the recording has no length")


def _number(value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise UnmeasurableError("the stored value is not a number") from None
    if not np.isfinite(number):
        raise UnmeasurableError("the stored value is missing")
    return number
