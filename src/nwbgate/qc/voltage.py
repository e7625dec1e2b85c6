"""Voltage of a pipette: its noise, its baseline, the threshold, and whether spikes are where the voltage peaks.

The noise is the quantile threshold QT = median(abs(V)) / 0.6745 of the voltage without its baseline, which spikes do
not disturb (Quiroga et al. 2004; Huang et al. 2021, doi:10.7554/eLife.51675).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy import signal

from nwbgate.qc.measurement import Measurement
from nwbgate.qc.spike_trains import some, trend, variation
from nwbgate.qc.unmeasurable import UnmeasurableError, measured

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]

#: Median of the absolute value of a standard normal variable.
_MAD = 0.6745
#: Thresholds of spike detection in units of the noise: as published, and where the noise itself was stored.
APPLIED, NOISE_ITSELF = 10.0, 1.0
#: Seconds around a spike's time in which its peak is looked for.
NEAR = 1e-3
#: Seconds of the windows in which noise is compared.
NOISE_WINDOW = 10.0
#: Spikes without which a drift of their heights is chance.
FEWEST_FOR_DRIFT = 10
_MILLI = 1e3


def noise_level(voltage: npt.ArrayLike) -> float:
    """Return QT = median(abs(V)) / 0.6745, in the unit of `voltage`.

    Parameters
    ----------
    voltage : array, shape (samples,)
        Without its baseline, in any unit.

    Raises
    ------
    UnmeasurableError
        If there is no sample, a sample is missing, or the voltage is constant.
    """
    values = _varying(voltage)
    return float(np.median(np.abs(values)) / _MAD)


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
    values = _varying(voltage)
    width = round(NOISE_WINDOW / period)
    if not width:
        raise UnmeasurableError(f"a sampling period of {period:g} s has no sample in each window of 10 s")
    windows = len(values) // width
    if windows < 3:
        raise UnmeasurableError(f"{len(values) * period:.0f} s are {windows} windows of 10 s, at least 3 are needed")
    blocks = np.abs(values[: windows * width].reshape(windows, width))
    return np.asarray(np.median(blocks, axis=1) / _MAD)


def threshold_ratio(threshold: float, noise: float) -> float:
    """Return the threshold of spike detection in units of the noise."""
    if not np.isfinite(threshold) or not noise:
        raise UnmeasurableError("the file gives no threshold" if noise else "the voltage has no noise")
    return threshold / noise


def threshold_oddness(ratio: float) -> float:
    """Return how far a threshold is, relatively, from the nearer of 10 QT (applied) and 1 QT (the noise itself)."""
    return min(abs(ratio / known - 1) for known in (APPLIED, NOISE_ITSELF))


def applied_threshold(threshold: float, noise: float) -> float:
    """Return the voltage above which spikes were looked for: the stored one, or ten times it where it is the noise."""
    ratio = threshold_ratio(threshold, noise)
    return threshold if abs(ratio - APPLIED) <= abs(ratio - NOISE_ITSELF) else threshold * APPLIED


@dataclass(frozen=True)
class Peaks:
    """The peaks of a voltage around spike times.

    Parameters
    ----------
    voltage : array, shape (samples,)
        Without its baseline, in volts.
    spikes : array, shape (spikes,)
        Times in seconds.
    period, start : float
        Sampling period and time of the first sample, in seconds.
    """

    voltage: Floats
    spikes: Floats
    period: float
    start: float = 0.0

    @cached_property
    def places(self) -> Places:
        """Sample of each spike that lies inside the voltage."""
        found = np.round((self.spikes - self.start) / self.period)
        return found[(found >= 0) & (found < len(self.voltage))].astype(np.intp)

    @cached_property
    def reach(self) -> int:
        """Samples within 1 ms, at least one."""
        return max(1, int(np.floor(NEAR / self.period + 1e-6)))

    @cached_property
    def tops(self) -> Places:
        """Sample of the highest voltage within 1 ms of each spike."""
        around = np.arange(-self.reach, self.reach + 1)
        samples = np.clip(self.places[:, None] + around, 0, len(self.voltage) - 1)
        highest: Places = samples[np.arange(len(samples)), self.voltage[samples].argmax(axis=1)]
        return highest

    @cached_property
    def amplitudes(self) -> Floats:
        """Highest voltage within 1 ms of each spike, in volts, shape (spikes,).

        Raises
        ------
        UnmeasurableError
            Without spikes inside the voltage.
        """
        some(self.places.astype(np.float64))
        return np.asarray(self.voltage[self.tops])

    def off_peak(self) -> float:
        """Return the share of spikes within 1 ms of which the voltage has no peak: it rises to the window's edge."""
        amplitudes = self.amplitudes
        before = self.voltage[np.maximum(self.tops - 1, 0)]
        after = self.voltage[np.minimum(self.tops + 1, len(self.voltage) - 1)]
        return float(np.mean((before > amplitudes) | (after > amplitudes)))

    def offset(self) -> float:
        """Return the median number of samples by which spike times follow their peaks; 1 for MATLAB's indices."""
        some(self.places.astype(np.float64))
        return float(np.median(self.places - self.tops))

    def missed(self, threshold: float) -> float:
        """Return the share of spikes whose peak is below a threshold in volts."""
        return float(np.mean(self.amplitudes < threshold))

    def unreported(self, threshold: float) -> float:
        """Return the peaks above a threshold in volts without a spike within 1 ms, as a share of the spikes."""
        spikes = np.sort(self.places)
        some(spikes.astype(np.float64))
        found, _ = signal.find_peaks(self.voltage, height=threshold, distance=max(self.reach, 1))
        nearest = np.searchsorted(spikes, found)
        left = np.abs(found - spikes[np.maximum(nearest - 1, 0)])
        right = np.abs(found - spikes[np.minimum(nearest, len(spikes) - 1)])
        return float(np.sum(np.minimum(left, right) > self.reach) / len(spikes))

    def amplitude_drift(self) -> float:
        """Return the relative change of the peaks over the recording, by a straight line through them.

        Raises
        ------
        UnmeasurableError
            With fewer than ten spikes, whose line would point anywhere.
        """
        some(self.places.astype(np.float64), FEWEST_FOR_DRIFT)
        times = self.places * self.period
        slope, _ = trend(self.amplitudes, times)
        return float(slope * len(self.voltage) * self.period / self.amplitudes.mean())


def measure_voltage(peaks: Peaks, threshold: float) -> Iterator[Measurement]:
    """Measure a voltage without its baseline, its threshold, and the peaks of its spikes.

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

    def applied() -> float:
        return applied_threshold(threshold, noise_level(voltage))

    for name, compute, unit in (
        ("voltage.noise", lambda: noise_level(voltage) * _MILLI, "mV"),
        ("voltage.noise_variation", lambda: noise_variation(voltage, peaks.period), "1"),
        ("voltage.threshold_ratio", ratio, "1"),
        ("voltage.threshold_oddness", lambda: threshold_oddness(ratio()), "1"),
        ("spikes.off_peak", peaks.off_peak, "1"),
        ("spikes.peak_offset", peaks.offset, "samples"),
        ("spikes.missed_peaks", lambda: peaks.missed(applied()), "1"),
        ("spikes.unreported_peaks", lambda: peaks.unreported(applied()), "1"),
        ("spikes.signal_to_noise", lambda: float(np.median(peaks.amplitudes)) / noise_level(voltage), "1"),
        ("spikes.amplitude", lambda: float(np.mean(peaks.amplitudes)) * _MILLI, "mV"),
        ("spikes.amplitude_variation", lambda: variation(peaks.amplitudes), "1"),
        ("spikes.amplitude_range", lambda: float(np.ptp(peaks.amplitudes) / peaks.amplitudes.mean()), "1"),
        ("spikes.amplitude_ratio", lambda: float(peaks.amplitudes.max() / peaks.amplitudes.min()), "1"),
        ("spikes.amplitude_drift", peaks.amplitude_drift, "1"),
    ):
        yield measured(name, compute, unit, "recording")


def measure_baseline(raw: Floats, voltage: Floats, period: float) -> Iterator[Measurement]:
    """Measure the baseline of a voltage: `raw` as recorded and `voltage` without it, in volts, every `period` s.

    Parameters
    ----------
    raw, voltage : array, shape (samples,)
        As recorded, and without its baseline, in volts.
    period : float
        Sampling period in seconds.
    """
    for name, compute, unit in (
        ("voltage.mrdm", lambda: relative_deviation(raw), "1"),
        ("voltage.baseline", lambda: float(baseline(raw, voltage, period).mean()) * _MILLI, "mV"),
        ("voltage.baseline_range", lambda: float(np.ptp(baseline(raw, voltage, period))) * _MILLI, "mV"),
        ("voltage.baseline_slope", lambda: _baseline_trend(raw, voltage, period)[0] * _MILLI, "mV/s"),
        ("voltage.baseline_r2", lambda: _baseline_trend(raw, voltage, period)[1], "1"),
    ):
        yield measured(name, compute, unit, "recording")


def relative_deviation(raw: npt.ArrayLike) -> float:
    """Return MRDM, the median absolute deviation over the median of a voltage, shape (samples,).

    As in Ledochowitsch et al. 2019.
    """
    values = _varying(raw)
    middle = float(np.median(values))
    if not middle:
        raise UnmeasurableError("the median of the voltage is zero")
    return float(np.median(np.abs(values - middle)) / abs(middle))


def baseline(raw: npt.ArrayLike, voltage: npt.ArrayLike, period: float) -> Floats:
    """Return the mean of what was subtracted from a voltage in each whole second, in volts.

    Parameters
    ----------
    raw, voltage : array, shape (samples,)
        As recorded, and without its baseline, in volts.
    period : float
        Sampling period in seconds.

    Raises
    ------
    UnmeasurableError
        If the two differ in length or there are fewer than three seconds.
    """
    recorded, kept = _varying(raw), _varying(voltage)
    if len(recorded) != len(kept):
        raise UnmeasurableError(f"the voltages have {len(recorded)} and {len(kept)} samples")
    width = round(1 / period)
    if not width:
        raise UnmeasurableError(f"a sampling period of {period:g} s has no sample in each second")
    seconds = len(recorded) // width
    if seconds < 3:
        raise UnmeasurableError(f"the recording has {seconds} whole seconds, at least 3 are needed")
    subtracted = recorded[: seconds * width] - kept[: seconds * width]
    return np.asarray(subtracted.reshape(seconds, width).mean(axis=1))


def _baseline_trend(raw: Floats, voltage: Floats, period: float) -> tuple[float, float]:
    means = baseline(raw, voltage, period)
    return trend(means, np.arange(len(means), dtype=np.float64))


def _varying(voltage: npt.ArrayLike) -> Floats:
    values = np.asarray(voltage, dtype=np.float64)
    if not len(values):
        raise UnmeasurableError("there is no voltage")
    low, high = float(values.min()), float(values.max())
    if not np.isfinite([low, high]).all():
        raise UnmeasurableError("samples of the voltage are missing")
    if low == high:
        raise UnmeasurableError("the voltage is constant")
    return values
