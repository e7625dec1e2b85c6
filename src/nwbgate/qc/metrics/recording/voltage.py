"""Voltage without baseline: noise, detection threshold, and prominence of spikes.

The noise is the quantile threshold QT = median(abs(V)) / 0.6745 of the voltage without its baseline, which spikes do
not disturb (Quiroga et al. 2004; Huang et al. 2021, doi:10.7554/eLife.51675).
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from nwbgate.algorithms import spike_peaks
from nwbgate.qc.measurement import Measurement
from nwbgate.qc.metrics.recording.spike_peaks import Peaks
from nwbgate.qc.metrics.recording.spike_trains import variation
from nwbgate.qc.unmeasurable import UnmeasurableError, measure_row

Floats = npt.NDArray[np.float64]

#: Thresholds of spike detection in units of the noise: as published, and where the noise itself was stored.
APPLIED, NOISE_ITSELF = 10.0, 1.0
#: Seconds of the windows in which noise is compared.
NOISE_WINDOW = 10.0
#: Millivolts in a volt.
MILLI = 1e3


def noise_level(voltage: npt.ArrayLike) -> float:
    """Return QT = median(abs(V)) / 0.6745, in the unit of `voltage`.

    Parameters
    ----------
    voltage : array, shape (samples,)
        Without its baseline, in any unit.

    Raises
    ------
    UnmeasurableError
        If the voltage is empty, constant, mostly 0, or has missing samples.
    """
    level = spike_peaks.noise_level(varying(voltage))
    if not level:
        raise UnmeasurableError("more than half of the samples are exactly 0, so that the voltage has no noise")
    return level


def noise_variation(voltage: npt.ArrayLike, period: float) -> float:
    """Return the coefficient of variation of QT over windows of 10 s.

    Parameters
    ----------
    voltage : array, shape (samples,)
        Without its baseline, in volts.
    period : float
        Sampling period in seconds.

    Raises
    ------
    UnmeasurableError
        If there are fewer than three windows.
    """
    return variation(_noise_in_windows(voltage, period))


def _noise_in_windows(voltage: npt.ArrayLike, period: float) -> Floats:
    values = varying(voltage)
    width = round(NOISE_WINDOW / period)
    if not width:
        raise UnmeasurableError(f"a sampling period of {period:g} s has no sample in each window of 10 s")
    windows = len(values) // width
    if windows < 3:
        raise UnmeasurableError(f"{len(values) * period:.0f} s are {windows} windows of 10 s, at least 3 are needed")
    blocks = np.abs(values[: windows * width].reshape(windows, width))
    return np.asarray(np.median(blocks, axis=1) / spike_peaks.MAD)


def threshold_ratio(threshold: float, noise: float) -> float:
    """Return the threshold of spike detection in units of the noise."""
    if not np.isfinite(threshold) or not noise:
        raise UnmeasurableError("the file gives no threshold" if noise else "the voltage has no noise")
    return threshold / noise


def threshold_oddness(ratio: float) -> float:
    """Return a threshold's relative distance from 10 QT or 1 QT."""
    return min(abs(ratio / known - 1) for known in (APPLIED, NOISE_ITSELF))


def applied_threshold(threshold: float, noise: float) -> float:
    """Return the applied spike threshold, or ten times a stored noise level."""
    ratio = threshold_ratio(threshold, noise)
    return threshold if abs(ratio - APPLIED) <= abs(ratio - NOISE_ITSELF) else threshold * APPLIED


def measure_voltage(peaks: Peaks, threshold: float) -> Iterator[Measurement]:
    """Measure a baseline-subtracted voltage, its threshold and its spike peaks.

    Parameters
    ----------
    peaks : Peaks
        The voltage and its spikes.
    threshold : float
        The stored threshold in volts; NaN without one.
    """
    voltage = peaks.voltage

    def ratio() -> float:
        return threshold_ratio(threshold, noise_level(voltage))

    def threshold_of_spikes() -> float:
        return applied_threshold(threshold, noise_level(voltage))

    for name, compute, unit in (
        ("voltage.noise", lambda: noise_level(voltage) * MILLI, "mV"),
        ("voltage.noise_variation", lambda: noise_variation(voltage, peaks.period), "1"),
        ("voltage.threshold_ratio", ratio, "1"),
        ("voltage.threshold_oddness", lambda: threshold_oddness(ratio()), "1"),
        ("spikes.off_peak", peaks.off_peak, "1"),
        ("spikes.peak_offset", peaks.offset, "samples"),
        ("spikes.missed_peaks", lambda: peaks.missed_share(threshold_of_spikes()), "1"),
        ("spikes.unreported_peaks", lambda: peaks.unreported_share(threshold_of_spikes()), "1"),
        ("spikes.signal_to_noise", lambda: float(np.median(peaks.amplitudes)) / noise_level(voltage), "1"),
        ("spikes.amplitude", lambda: float(np.mean(peaks.amplitudes)) * MILLI, "mV"),
        ("spikes.amplitude_variation", lambda: variation(peaks.amplitudes), "1"),
        ("spikes.amplitude_range", lambda: float(np.ptp(peaks.amplitudes) / peaks.amplitudes.mean()), "1"),
        ("spikes.amplitude_ratio", lambda: float(peaks.amplitudes.max() / peaks.amplitudes.min()), "1"),
        ("spikes.amplitude_drift", peaks.amplitude_drift, "1"),
    ):
        yield measure_row(name, compute, unit, "recording")


def varying(voltage: npt.ArrayLike) -> Floats:
    """Return a voltage as float64, shape (samples,).

    Parameters
    ----------
    voltage : array, shape (samples,)
        In any unit.

    Raises
    ------
    UnmeasurableError
        If there is no sample, a sample is missing, or the voltage is constant.
    """
    values = np.asarray(voltage, dtype=np.float64)
    if not len(values):
        raise UnmeasurableError("there is no voltage")
    low, high = float(values.min()), float(values.max())
    if not np.isfinite([low, high]).all():
        raise UnmeasurableError("the voltage has missing samples")
    if low == high:
        raise UnmeasurableError("the voltage is constant")
    return values
