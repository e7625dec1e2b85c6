"""Samples of a series from windows spread over it."""

from typing import Any

import numpy as np
import numpy.typing as npt

from nwbgate.reading.objects.series import Series

FloatArray = npt.NDArray[np.float64]

#: Windows of a series, seconds of each, most samples of one, and most channels.
WINDOWS, SECONDS, MOST_SAMPLES, MOST_CHANNELS = 5, 4.0, 200_000, 64


def windows_of(series: Series, rate: float, *, raw: bool = False) -> list[npt.NDArray[Any]]:
    """Return windows spread evenly over a series, each of shape (samples, channels).

    Parameters
    ----------
    series : Series
        With one axis or two.
    rate : float
        Samples per second.
    raw : bool
        As stored, instead of in the unit.
    """
    size, length = len(series), max(int(min(SECONDS * rate, MOST_SAMPLES)), 2)
    starts = np.linspace(0, max(size - length, 0), WINDOWS if size > length * WINDOWS else 1).astype(int)
    length = length if size > length * WINDOWS else min(size, length * WINDOWS)
    data = series.raw if raw else series.data
    found = [np.asarray(data[int(start) : int(start) + length]) for start in starts]
    return [part.reshape(len(part), -1)[:, :MOST_CHANNELS] for part in found]


def rate_of(series: Series) -> float:
    """Return the samples per second of a series, NaN if unknown."""
    if series.rate is not None:
        return series.rate
    times = np.asarray(series.timestamps, np.float64)
    steps = np.diff(times) if len(times) > 1 else np.empty(0)
    period = float(np.median(steps)) if len(steps) else float("nan")
    return 1.0 / period if period > 0 else float("nan")


def robust_spread(values: FloatArray, axis: int = 0) -> FloatArray:
    """Return 1.4826 times the median absolute deviation."""
    middle = np.median(values, axis=axis, keepdims=True)
    spread: FloatArray = 1.4826 * np.median(np.abs(values - middle), axis=axis)
    return spread
