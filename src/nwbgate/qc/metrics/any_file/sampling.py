"""Clocks of any file: dropped samples, jitter, intervals outside."""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from nwbgate.qc.measurement import Measurement, not_applicable
from nwbgate.qc.metrics.any_file.samples import FloatArray
from nwbgate.qc.unmeasurable import UnmeasurableError, measure_row

if TYPE_CHECKING:
    import pandas as pd

METRICS = {"sampling.dropped": "1", "sampling.jitter": "1"}
INTERVALS = {"intervals.outside": "1"}
#: A gap is this many sampling periods; a clock with more jitter than this fraction of a period is none.
_GAP, _IRREGULAR = 1.5, 0.5
#: Seconds by which an interval may leave the recording.
_TOLERANCE = 0.001


def measure_sampling(times: FloatArray, name: str) -> Iterator[Measurement]:
    """Yield the rows of the timestamps of one series.

    ``sampling.dropped``: fraction of samples that are missing in gaps of more than 1.5 periods. ``sampling.jitter``:
    spread of the intervals, half of the range of the middle 68 %, over their median.

    Parameters
    ----------
    times : array, shape (samples,)
        Timestamps in seconds.
    name : str
        Name of the series.
    """
    steps = np.diff(times[np.isfinite(times)])
    period = float(np.median(steps)) if len(steps) else 0.0
    spread = float(np.subtract(*np.percentile(steps, [84, 16]))) / 2 if len(steps) else np.inf
    if len(steps) < 3 or period <= 0 or spread > _IRREGULAR * period:
        reason = "times without a sampling period, as those of events"
        yield from (not_applicable(metric, reason, unit, f"series {name}") for metric, unit in METRICS.items())
        return
    yield measure_row("sampling.dropped", partial(dropped_fraction, steps, period), "1", f"series {name}")
    yield measure_row("sampling.jitter", lambda: spread / period, "1", f"series {name}")


def dropped_fraction(steps: FloatArray, period: float) -> float:
    """Return the fraction of samples lost in gaps."""
    gaps = steps[steps > _GAP * period]
    missing = float(np.sum(np.round(gaps / period) - 1))
    return missing / (len(steps) + 1 + missing)


def measure_intervals(table: "pd.DataFrame", name: str, span: tuple[float, float] | None) -> Measurement:
    """Return the fraction of a table's intervals that leave the recording.

    Parameters
    ----------
    table : DataFrame
        With ``start_time`` and ``stop_time``, in seconds.
    name : str
        Name of the table.
    span : (float, float), optional
        Begin and end of what was sampled; None where nothing was.
    """
    about = f"table {name}"
    if span is None:
        return not_applicable("intervals.outside", "the file has no sampled series", "1", about)
    return measure_row("intervals.outside", partial(_outside, table, span), "1", about)


def _outside(table: "pd.DataFrame", span: tuple[float, float]) -> float:
    start, stop = (np.asarray(table[name], np.float64) for name in ("start_time", "stop_time"))
    if not len(start):
        raise UnmeasurableError("the table has no rows")
    return float(((start < span[0] - _TOLERANCE) | (stop > span[1] + _TOLERANCE)).mean())
