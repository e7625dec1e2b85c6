"""Traces of ROIs: signal to noise, bleaching, and constant traces."""

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from nwbgate.qc.measurement import Measurement, not_applicable
from nwbgate.qc.metrics.any_file.samples import FloatArray, robust_spread
from nwbgate.qc.unmeasurable import UnmeasurableError, measure_row
from nwbgate.reading.objects.series import Series

METRICS = {"responses.snr": "1", "responses.bleaching": "1", "responses.constant": "1"}
TYPE = "RoiResponseSeries"
#: Fewest frames of a third of the recording, and most numbers that are read at once.
_FEWEST, _MOST = 10, 20_000_000
#: A baseline stands out of its noise where it is so many times as large.
_BASELINE = 3.0


def measure_responses(series: Series) -> Iterator[Measurement]:
    """Yield the rows of one series of ROI traces.

    ``responses.snr``: 99th percentile above the median, over the noise from differences of neighbouring frames.
    ``responses.bleaching``: change of the median from the first to the last third, as a fraction of the first.
    ``responses.constant``: number of ROIs whose trace does not change.

    Parameters
    ----------
    series : Series
        Of type RoiResponseSeries, frames x ROIs.
    """
    name = f"series {series.path}"
    if len(series) < 3 * _FEWEST or not np.prod(series.shape[1:]):
        reason = f"shape {series.shape}, with fewer than {3 * _FEWEST} frames or no ROI"
        yield from (not_applicable(metric, reason, unit, name) for metric, unit in METRICS.items())
        return
    traces = _traces(series)
    yield _where_it_applies("responses.snr", partial(signal_to_noise, traces), name)
    yield _where_it_applies("responses.bleaching", partial(bleaching, traces), name)
    yield measure_row("responses.constant", lambda: float((np.ptp(traces, axis=0) == 0).sum()), "1", name)


def _where_it_applies(metric: str, compute: Callable[[], float], name: str) -> Measurement:
    """Return the row of a metric that some traces cannot have."""
    row = measure_row(metric, compute, "1", name)
    return row if row.measured or row.fault is not None else not_applicable(metric, row.reason, "1", name)


def _traces(series: Series) -> FloatArray:
    """Return the traces, frames x ROIs, thinned where very large."""
    columns = int(np.prod(series.shape[1:]))
    step = max(1, int(np.ceil(len(series) * columns / _MOST)))
    found = np.asarray(series.data[:] if len(series.shape) == 1 or step == 1 else series.data[:, ::step], np.float64)
    return found.reshape(len(found), -1)


def signal_to_noise(traces: FloatArray) -> float:
    """Return the signal over the noise, median over ROIs.

    Raises
    ------
    UnmeasurableError
        If no ROI has noise.
    """
    noise = robust_spread(np.diff(traces, axis=0)) / np.sqrt(2)
    kept = noise > 0
    if not kept.any():
        raise UnmeasurableError("no trace has noise")
    top = np.nanpercentile(traces[:, kept], 99, axis=0) - np.nanmedian(traces[:, kept], axis=0)
    return float(np.median(top / noise[kept]))


def bleaching(traces: FloatArray) -> float:
    """Return the relative change of the baseline, median over ROIs.

    Raises
    ------
    UnmeasurableError
        If no ROI has a baseline above its noise, as in dF/F.
    """
    third = len(traces) // 3
    first, last = np.nanmedian(traces[:third], axis=0), np.nanmedian(traces[-third:], axis=0)
    noise = robust_spread(np.diff(traces, axis=0)) / np.sqrt(2)
    kept = (first > _BASELINE * noise) & (first > 0)
    if not kept.any():
        raise UnmeasurableError("no trace has a baseline above its noise")
    return float(np.median((last[kept] - first[kept]) / first[kept]))
