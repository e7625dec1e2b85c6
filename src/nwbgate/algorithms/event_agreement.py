"""Agreement of two recordings of the same events, or of the same frames."""

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

#: An interval of so many median intervals lacks a frame.
LATE = 1.5


def without_partner(events: FloatArray, others: FloatArray, within: float) -> int:
    """Return how many events have none of the others near them.

    Parameters
    ----------
    events, others : numpy.ndarray, shape (n,) and (m,)
        Ascending times in seconds.
    within : float
        Largest distance of two that are the same, in seconds.
    """
    first = np.searchsorted(others, events - within, side="left")
    last = np.searchsorted(others, events + within, side="right")
    return int((last == first).sum())


def late_frames(times: FloatArray) -> npt.NDArray[np.int64]:
    """Return the frames that came after an interval of more than 1.5 median intervals.

    Parameters
    ----------
    times : numpy.ndarray, shape (frames,)
        Ascending, in seconds.
    """
    intervals = np.diff(times)
    if not len(intervals):
        return np.empty(0, dtype=np.int64)
    return np.flatnonzero(intervals > LATE * np.median(intervals)) + 1


def largest_deviation(times: FloatArray, others: FloatArray) -> float:
    """Return the disagreement of two frame clocks, apart from offset and rate.

    Parameters
    ----------
    times, others : numpy.ndarray, shape (frames,)
        Times of the same frames in seconds.

    Returns
    -------
    float
        Largest residual of a straight line through one clock over the other, in seconds; NaN for fewer than 3 frames.
    """
    if len(times) < 3:
        return float("nan")
    slope, offset = np.polyfit(others - others[0], times, 1)
    return float(np.abs(times - (slope * (others - others[0]) + offset)).max())
