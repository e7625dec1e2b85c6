"""Means of traces around events, as `nwbgate.reading.sessions.aligned` cuts them out."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from nwbgate.browser.samples import Samples
from nwbgate.reading.sessions.aligned import WINDOW, cut_out
from nwbgate.reading.sessions.event_kinds import Events

Array = np.ndarray[Any, np.dtype[np.float64]]

#: Samples of a trace from which a shorter window is cut out: a spike of a voltage at 40 kHz takes milliseconds.
_FAST_PERIOD, _FAST_WINDOW = 1e-3, (-0.01, 0.02)
#: Values that are cut out at once; more events than fit are thinned evenly, and the page says so.
_MOST = 2 * 10**7


@dataclass(frozen=True)
class Mean:
    """Mean and standard error of traces around events.

    Attributes
    ----------
    time : array of float64, shape (samples,)
        Seconds from the event.
    mean, sem : array of float64, shape (cells, samples)
        Mean over the events, and the standard deviation (n - 1) over the square root of their number; NaN where no
        event, or only one, has a value.
    events, taken : int
        Number of events, and of those that the mean is of.
    """

    time: Array
    mean: Array
    sem: Array
    events: int
    taken: int


def mean_of(values: Array, timestamps: Array, events: Array) -> Mean:
    """Return the mean of traces around events.

    Parameters
    ----------
    values : array of float64, shape (frames, cells)
        The traces.
    timestamps : array of float64, shape (frames,)
        Seconds, ascending.
    events : array of float64, shape (events,)
        Seconds.
    """
    period = float(np.median(np.diff(timestamps))) if len(timestamps) > 1 else 1.0
    window = _FAST_WINDOW if period < _FAST_PERIOD else WINDOW
    each = max(1, round((window[1] - window[0]) / period)) * values.shape[1]
    taken = events[:: -(-len(events) * each // _MOST) or 1]
    table = pd.DataFrame(index=pd.RangeIndex(len(taken)))
    found = cut_out(values, timestamps, Events(taken, table), window, cells={}, about={"signal": "mean"})
    mean, sem = mean_and_error(found.to_numpy())
    return Mean(found["time"].to_numpy(), mean.T, sem.T, len(events), len(taken))


def mean_and_error(cut: Array) -> tuple[Array, Array]:
    """Return mean and standard error over the first dimension, ignoring NaN."""
    there = np.isfinite(cut)
    count = there.sum(0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(there, cut, 0.0).sum(0) / count
        spread = np.sqrt((np.where(there, cut - mean, 0.0) ** 2).sum(0) / (count - 1))
        return mean, np.where(count > 1, spread / np.sqrt(count), np.nan)


def all_samples(samples: Samples) -> tuple[Array, Array]:
    """Return values, shape (samples, 1), and times of a trace."""
    count = len(samples)
    return samples.values(0, count)[:, None], samples.times(0, count)
