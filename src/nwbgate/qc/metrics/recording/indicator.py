"""Calcium indicator model: kernel and fluorescence predicted from a spike train."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import signal

from nwbgate.qc.unmeasurable import UnmeasurableError

Floats = npt.NDArray[np.float64]

#: Pieces that a frame is cut into where the place of a spike in it matters: 2 ms at 31.66 Hz.
PIECES = 16


@dataclass(frozen=True)
class Indicator:
    """Response of a calcium indicator to one action potential, peak 1.

    Parameters
    ----------
    rise, decay : float
        Time constants in seconds.
    window : float
        Seconds after a spike in which its peak lies (Huang et al. 2021, doi:10.7554/eLife.51675).
    """

    rise: float
    decay: float
    window: float

    def kernel(self, period: float) -> Floats:
        """Return the response sampled every `period` seconds, down to a millionth; peak 1."""
        times = np.arange(0, 14 * self.decay, period)
        values = (1 - np.exp(-times / self.rise)) * np.exp(-times / self.decay)
        return np.asarray(values / values.max())


#: Time constants matched to the peaks of 74 published recordings (Huang et al. 2021: GCaMP6f rises in 50 to 100 ms and
#: decays in 200 to 300 ms, GCaMP6s in 150 to 200 and about 750 ms, after bursts of 4 to 5 spikes).
INDICATORS = {
    "GCaMP6s": Indicator(rise=0.10, decay=0.60, window=0.5),
    "GCaMP6f": Indicator(rise=0.03, decay=0.18, window=0.3),
}


def indicator_of(name: str) -> Indicator:
    """Return an indicator by its name, such as GCaMP6f.

    Raises
    ------
    UnmeasurableError
        If its kinetics are not known here.
    """
    if name not in INDICATORS:
        known = ", ".join(INDICATORS)
        raise UnmeasurableError(f"unknown kinetics of the indicator {name or '(unnamed)'}; known are those of {known}")
    return INDICATORS[name]


def predicted_fluorescence(
    spikes: npt.ArrayLike, frames: int, period: float, start: float, indicator: Indicator
) -> Floats:
    """Return the predicted fluorescence, `PIECES` samples per frame, shape (frames * PIECES,).

    A frame is the light from its time to the time of the next; so the mean of its pieces is what it shows.

    Parameters
    ----------
    spikes : array, shape (spikes,)
        Times in seconds.
    frames : int
        Number of frames.
    period, start : float
        Seconds between frames, and time of the first.
    indicator : Indicator
        Kinetics.
    """
    piece = period / PIECES
    counts, _ = np.histogram(np.asarray(spikes), start + piece * np.arange(frames * PIECES + 1))
    trace = signal.oaconvolve(counts.astype(np.float64), indicator.kernel(piece))[: frames * PIECES]
    return np.asarray(trace)


def in_frames(pieces: Floats, frames: int, shift: int = 0) -> Floats:
    """Return frame means of the trace delayed by `shift` pieces; zero without data."""
    moved = np.zeros(frames * PIECES)
    if shift >= 0:
        moved[shift:] = pieces[: len(moved) - shift]
    else:
        moved[:shift] = pieces[-shift : len(moved)]
    return np.asarray(moved.reshape(frames, PIECES).mean(axis=1))
