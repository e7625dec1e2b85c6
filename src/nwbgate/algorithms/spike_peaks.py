"""Voltage peaks around spike times, relative to the voltage's noise."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]
Mask = npt.NDArray[np.bool_]

#: Median of the absolute value of a standard normal variable (Quiroga et al. 2004).
MAD = 0.6745
#: Seconds around a spike's time in which its peak is looked for.
NEAR = 1e-3
#: Least height of a peak in units of the noise: half of the published threshold of detection, 10 (Huang et al. 2021,
#: doi:10.7554/eLife.51675). Of noise alone, one window of 81 samples in 40,000 has a higher one.
STANDS_OUT = 5.0

#: Height in units of the noise from which a peak was counted as a spike (the same).
DETECTED = 10.0


def noise_level(voltage: npt.ArrayLike) -> float:
    """Return QT = median(abs(V)) / 0.6745, a noise level that ignores spikes.

    Parameters
    ----------
    voltage : array, shape (samples,)
        Without its baseline, in any unit.
    """
    return float(np.median(np.abs(np.asarray(voltage, dtype=np.float64))) / MAD)


def reach(period: float) -> int:
    """Return the number of samples within 1 ms, at least one."""
    return max(1, int(np.floor(NEAR / period + 1e-6)))


def tops(voltage: Floats, places: Places, around: int) -> Places:
    """Return the sample of the highest voltage around each spike.

    Parameters
    ----------
    voltage : array, shape (samples,)
        Without its baseline.
    places : array of int, shape (spikes,)
        Sample of each spike.
    around : int
        Samples on either side that are looked at.
    """
    window = np.arange(-around, around + 1)
    samples = np.clip(places[:, None] + window, 0, len(voltage) - 1)
    highest: Places = samples[np.arange(len(samples)), voltage[samples].argmax(axis=1)]
    return highest


def other_peaks(voltage: Floats, places: Places, around: int, level: float) -> Places:
    """Return the samples of high peaks without a spike.

    A spell above the level counts once, at its highest sample.

    Parameters
    ----------
    voltage, places, around
        As for `tops`.
    level : float
        Least height of a peak, in the unit of the voltage.
    """
    above = np.flatnonzero(voltage >= level)
    if not len(above):
        return above
    spells = np.split(above, np.flatnonzero(np.diff(above) > around) + 1)
    peaks = np.array([spell[voltage[spell].argmax()] for spell in spells], dtype=np.intp)
    known = np.sort(places)
    first = np.searchsorted(known, peaks - around, side="left")
    last = np.searchsorted(known, peaks + around, side="right")
    others: Places = peaks[first == last]
    return others


def without_peak(voltage: Floats, places: Places, around: int, noise: float) -> Mask:
    """Return the spikes without a voltage peak.

    Parameters
    ----------
    voltage, places, around
        As for `tops`.
    noise : float
        `noise_level` of the voltage.
    """
    highest = tops(voltage, places, around)
    height = voltage[highest]
    before, after = voltage[np.maximum(highest - 1, 0)], voltage[np.minimum(highest + 1, len(voltage) - 1)]
    missing: Mask = (before > height) | (after > height) | (height < STANDS_OUT * noise)
    return missing
