"""Voltage peaks around spike times: presence, height, and unreported peaks."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy import signal

from nwbgate.algorithms import spike_peaks
from nwbgate.qc.metrics.recording.spike_trains import enough_spikes, trend
from nwbgate.qc.unmeasurable import UnmeasurableError

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]

#: Share of the spikes without a peak from which times and voltage do not belong together.
OF_ANOTHER = 0.5
#: Spikes without which a drift of their heights is chance.
FEWEST_FOR_DRIFT = 10


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
        return spike_peaks.reach(self.period)

    @cached_property
    def tops(self) -> Places:
        """Sample of the highest voltage within 1 ms of each spike."""
        return spike_peaks.tops(self.voltage, self.places, self.reach)

    @cached_property
    def missing(self) -> npt.NDArray[np.bool_]:
        """Spikes within 1 ms of which the voltage has no peak.

        Raises
        ------
        UnmeasurableError
            Without spikes inside the voltage.
        """
        enough_spikes(self.places.astype(np.float64))
        noise = spike_peaks.noise_level(self.voltage)
        return spike_peaks.without_peak(self.voltage, self.places, self.reach, noise)

    @cached_property
    def amplitudes(self) -> Floats:
        """Highest voltage within 1 ms of each spike, in volts, shape (spikes,).

        Raises
        ------
        UnmeasurableError
            Without spikes inside the voltage, or where half of them have no peak in it.
        """
        self._of_this_voltage()
        return np.asarray(self.voltage[self.tops])

    def off_peak(self) -> float:
        """Return the share of spikes without a voltage peak above noise nearby."""
        return float(np.mean(self.missing))

    def offset(self) -> float:
        """Return the median samples from peak to spike; 1 for MATLAB's indices."""
        enough_spikes(self.places.astype(np.float64))
        return float(np.median(self.places - self.tops))

    def missed_share(self, threshold: float) -> float:
        """Return the share of spikes whose peak is below a threshold in volts."""
        return float(np.mean(self.amplitudes[~self.missing] < threshold))

    def unreported_share(self, threshold: float) -> float:
        """Return the unreported peaks above a threshold, as a share of spikes."""
        self._of_this_voltage()
        spikes = np.sort(self.places)
        enough_spikes(spikes.astype(np.float64))
        found, _ = signal.find_peaks(self.voltage, height=threshold, distance=max(self.reach, 1))
        nearest = np.searchsorted(spikes, found)
        left = np.abs(found - spikes[np.maximum(nearest - 1, 0)])
        right = np.abs(found - spikes[np.minimum(nearest, len(spikes) - 1)])
        return float(np.sum(np.minimum(left, right) > self.reach) / len(spikes))

    def _of_this_voltage(self) -> None:
        """Reject spikes half of which lack a peak: they are another voltage's.

        Raises
        ------
        UnmeasurableError
            If half of the spikes, or more, have no peak.
        """
        without = self.off_peak()
        if without >= OF_ANOTHER:
            raise UnmeasurableError(f"{without:.0%} of the spikes have no peak in this voltage")

    def amplitude_drift(self) -> float:
        """Return the relative change of peak amplitude over the recording, by linear fit.

        Raises
        ------
        UnmeasurableError
            With fewer than ten spikes, whose line would point anywhere.
        """
        enough_spikes(self.places.astype(np.float64), FEWEST_FOR_DRIFT)
        times = self.places * self.period
        slope, _ = trend(self.amplitudes, times)
        return float(slope * len(self.voltage) * self.period / self.amplitudes.mean())
