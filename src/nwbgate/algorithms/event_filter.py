"""The filter through which AllenSDK passes detected events."""

from typing import Any

import numpy as np

Matrix = np.ndarray[Any, np.dtype[np.float64]]

#: Width of the filter in seconds: two frames of a microscope at 31 Hz.
WIDTH = 2 / 31
#: Frames that the filter spans.
TAPS = 20


def half_normal(frame_rate: float) -> Matrix:
    """Return the half-normal filter taps, shape (20,), sum 1.

    AllenSDK's own taps differ from these, and from each other between computers, by up to 3 units in the last place:
    NumPy's exponential does.

    Parameters
    ----------
    frame_rate : float
        Frames per second. AllenSDK gives the rate rounded to a whole number.
    """
    scaled = np.arange(TAPS) / (WIDTH * frame_rate)
    density: Matrix = np.sqrt(2.0 / np.pi) * np.exp(-(scaled**2) / 2.0) / (WIDTH * frame_rate)
    taps: Matrix = density / density.sum()
    return taps


def filter_events(events: Matrix, frame_rate: float) -> Matrix:
    """Return events smoothed forwards in time, as in AllenSDK 2.16.2's ``filtered_events``.

    Parameters
    ----------
    events : array of float64, shape (frames, cells)
        Events; a column of NaN stays one.
    frame_rate : float
        Frames per second, rounded.
    """
    taps = half_normal(frame_rate)
    found = np.empty_like(events, order="F")
    for cell, trace in enumerate(events.T):
        found[:, cell] = np.convolve(trace, taps)[: len(trace)] if len(trace) else trace
    return found
