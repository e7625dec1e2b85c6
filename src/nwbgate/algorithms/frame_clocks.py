"""Frame times from pulses, or from the intervals between frames."""

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

#: A first interval longer than this (s) begins with the spike of a starting DAQ board, not with a frame.
STARTUP_INTERVAL = 0.2


def times_of_intervals(intervals_ms: npt.ArrayLike) -> FloatArray:
    """Return the times of frames from the intervals between them.

    Parameters
    ----------
    intervals_ms : array_like, shape (frames - 1,)
        In milliseconds.

    Returns
    -------
    numpy.ndarray, shape (frames,), float64
        In seconds from the first frame. Sums are in milliseconds and divided last, as AllenSDK does: the last bits
        depend on it.
    """
    intervals = np.asarray(intervals_ms, dtype=np.float64)
    return np.cumsum(np.concatenate([np.zeros(1), intervals])) / 1000


def begins_with_spike(rising: FloatArray, longest: float = STARTUP_INTERVAL) -> bool:
    """Return whether the first pulse comes from the start of the DAQ board.

    Parameters
    ----------
    rising : numpy.ndarray, shape (pulses,)
        Rising edges in seconds.
    longest : float
        Longest interval between two frames, in seconds.
    """
    return len(rising) > 1 and bool(rising[1] - rising[0] > longest)


def plane_group(frames: FloatArray, group: int, groups: int) -> FloatArray:
    """Return the frame times of one plane group: every n-th frame.

    Parameters
    ----------
    frames : numpy.ndarray, shape (frames,)
        Times of the frames of all groups, in seconds.
    group : int
        Number of the group, from 0.
    groups : int
        How many groups there are; 0 and 1 stand for a microscope without groups.
    """
    return frames[group :: max(groups, 1)]


def rounded_rate(times: FloatArray) -> float:
    """Return the frame rate in whole Hz: round(1 / mean interval).

    Parameters
    ----------
    times : numpy.ndarray, shape (frames,)
        In seconds; NaN comes out where there are fewer than two.
    """
    return float(np.round(1 / np.mean(np.diff(times)), 0)) if len(times) > 1 else float("nan")
