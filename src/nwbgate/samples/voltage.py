"""Simulated cell-attached voltage: noise, action potentials, drifting baseline and detected spikes.

No numbers are published for the amplitudes; they are assumptions of a plausible recording (0.5 to 2 mV over 30 uV).
"""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

#: Median over cells (V) and standard deviation of the logarithm of the noise.
NOISE, NOISE_SPREAD = 30e-6, 0.15
#: Peak of a cell's action potentials, in units of the noise: lowest and highest.
PEAKS = (18.0, 60.0)
#: Standard deviation of the peaks of one cell, relative.
PEAK_SD = 0.08
#: In bursts a peak shrinks by this share times exp(-interval / `RECOVERY`) (s).
SHRINKAGE, RECOVERY = 0.35, 12e-3
#: Resting level (V) and spread of the baseline's random walk (V per square root of a second).
RESTING, DRIFT = -2e-3, 150e-6
#: Spikes are counted where the voltage exceeds this many quantiles of noise, QT = median(abs(V)) / 0.6745 (Huang 2021).
THRESHOLD_QT = 10.0
#: Two crossings closer than this belong to one spike (s).
DEAD_TIME = 1e-3


@dataclass(frozen=True)
class CellAttachedVoltage:
    """One cell-attached recording.

    Parameters
    ----------
    raw, baseline_subtracted : numpy.ndarray, shape (samples,), float64
        Voltage with and without its wandering baseline, in volts.
    threshold : float
        Detection threshold, in volts.
    spike_times : numpy.ndarray, shape (spikes,), float64
        Times of the detected peaks in seconds, each a whole number of sampling periods.
    """

    raw: FloatArray
    baseline_subtracted: FloatArray
    threshold: float
    spike_times: FloatArray


def record_voltage(spike_times: FloatArray, samples: int, period: float, rng: Generator) -> CellAttachedVoltage:
    """Return the voltage that a pipette would record for `spike_times`.

    Parameters
    ----------
    spike_times : numpy.ndarray, shape (spikes,)
        Ascending times in seconds.
    samples : int
        Length of the traces.
    period : float
        Sampling period in seconds.
    rng : numpy.random.Generator
        Source of all chance.
    """
    noise = NOISE * np.exp(NOISE_SPREAD * rng.standard_normal())
    trace = rng.standard_normal(samples)
    trace *= noise
    _add_action_potentials(trace, spike_times, noise * rng.uniform(*PEAKS), period, rng)
    raw = rng.standard_normal(samples)
    raw *= DRIFT * np.sqrt(period)
    np.cumsum(raw, out=raw)
    raw += RESTING
    raw += trace
    threshold = THRESHOLD_QT * noise_level(trace)
    return CellAttachedVoltage(raw, trace, threshold, detect_spikes(trace, threshold, period))


def noise_level(trace: FloatArray) -> float:
    """Return the noise level of Quian Quiroga et al., median(abs(V)) / 0.6745."""
    return float(np.median(np.abs(trace))) / 0.6745


def detect_spikes(trace: FloatArray, threshold: float, period: float) -> FloatArray:
    """Return the peak times (s) of excursions above `threshold`, on the sampling grid."""
    above = np.flatnonzero(trace > threshold)
    gap = max(1, round(DEAD_TIME / period))
    excursions = np.split(above, np.flatnonzero(np.diff(above) > gap) + 1)
    peaks = [excursion[np.argmax(trace[excursion])] for excursion in excursions if len(excursion)]
    return np.array(peaks, dtype=np.float64) * period


def waveform(period: float) -> tuple[FloatArray, int]:
    """Return an action potential (peak 1) and the index of its peak."""
    before, after = round(0.8e-3 / period), round(2.5e-3 / period)
    time = np.arange(-before, after + 1) * period
    dip = np.where(time > 0, -0.55 * (1 - np.exp(-time / 0.2e-3)) * np.exp(-time / 0.9e-3), 0.0)
    return np.exp(-0.5 * (time / 0.17e-3) ** 2) + dip, before


def _add_action_potentials(
    trace: FloatArray, spike_times: FloatArray, peak: float, period: float, rng: Generator
) -> None:
    """Add an action potential to `trace`, in place, at each spike."""
    shape, centre = waveform(period)
    since = np.diff(spike_times, prepend=-np.inf)
    peaks = peak * (1 + PEAK_SD * rng.standard_normal(len(spike_times))) * (1 - SHRINKAGE * np.exp(-since / RECOVERY))
    for time, height in zip(spike_times, peaks, strict=True):
        start = round(time / period) - centre
        first, last = max(start, 0), min(start + len(shape), len(trace))
        trace[first:last] += height * shape[first - start : last - start]
