"""Fluorescence against spikes: lag, drift, correlation, chance, detectability."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy import signal

from nwbgate.qc.measurement import Measurement
from nwbgate.qc.metrics.recording.indicator import PIECES, Indicator, in_frames, predicted_fluorescence
from nwbgate.qc.unmeasurable import UnmeasurableError, measure_row

Floats = npt.NDArray[np.float64]

#: Seconds by which fluorescence may be late or early, where a lag is looked for.
LARGEST_LAG = 0.5
#: Spikes without which a lag is chance.
FEWEST_SPIKES = 10
#: Seconds of recording without which a drift of the clocks cannot be told from noise.
SHORTEST_FOR_DRIFT = 120.0
#: Random spike trains that a correlation is compared with, and their seed.
TRAINS, SEED = 1000, 0
#: Seconds without spikes before an event, and the window within which its spikes lie.
SILENCE, EVENT = 1.0, 0.25
#: Share of windows without a spike in which an event may be seen falsely.
FALSE_POSITIVES = 0.01


@dataclass(frozen=True)
class SpikesAndFluorescence:
    """Spikes and dF/F of a neuron on one clock.

    Parameters
    ----------
    spikes : array, shape (spikes,)
        Times in seconds.
    dff : array, shape (frames,)
        dF/F, no value missing.
    period, start : float
        Seconds between frames, and time of the first.
    indicator : Indicator
        Kinetics of the indicator.
    """

    spikes: Floats
    dff: Floats
    period: float
    start: float
    indicator: Indicator

    @cached_property
    def pieces(self) -> Floats:
        """Fluorescence predicted from the spikes, `PIECES` per frame."""
        return predicted_fluorescence(self.spikes, len(self.dff), self.period, self.start, self.indicator)

    @property
    def stop(self) -> float:
        """End of the last frame in seconds."""
        return self.start + len(self.dff) * self.period

    @cached_property
    def lag(self) -> float:
        """Lag of dF/F behind its prediction, in seconds, where the changes correlate best."""
        return self._lag(slice(None))

    @cached_property
    def drift(self) -> float:
        """Lag in the last minus lag in the first third, in seconds.

        Raises
        ------
        UnmeasurableError
            If the recording is shorter than 120 s, or one of the thirds has fewer than ten spikes.
        """
        seconds = len(self.dff) * self.period
        if seconds + self.period <= SHORTEST_FOR_DRIFT:  # 120 s are not a whole number of frames
            raise UnmeasurableError(f"the recording has {seconds:.1f} s, at least {SHORTEST_FOR_DRIFT:g} s are needed")
        third = len(self.dff) // 3
        return self._lag(slice(len(self.dff) - third, None)) - self._lag(slice(third))

    def _lag(self, frames: slice) -> float:
        """Return a part's lag: the interpolated peak of the correlation.

        Changes over three frames are compared, not values: rises are steep and alike, while decays differ between
        cells of one line and would pass for a lag (by 0.13 s in a published recording of GCaMP6s).
        """
        first, last, _ = frames.indices(len(self.dff))
        begin, end = self.start + first * self.period, self.start + last * self.period
        inside = int(np.sum((self.spikes >= begin) & (self.spikes < end)))
        if inside < FEWEST_SPIKES:
            raise UnmeasurableError(f"{inside} spikes in {end - begin:.0f} s, at least {FEWEST_SPIKES} are needed")
        if end - begin <= 2 * LARGEST_LAG:
            raise UnmeasurableError(
                f"{end - begin:.2g} s of dF/F, more than {2 * LARGEST_LAG:g} s are needed for a lag"
            )
        reach = round(LARGEST_LAG / self.period * PIECES)
        shifts = np.arange(-reach, reach + 1)
        own = _changes(self.dff[None, frames])[0]
        moved = (in_frames(self.pieces, len(self.dff), int(shift)) for shift in shifts)  # one in memory at a time
        found = np.array([correlations(_changes(trace[None, frames]), own)[0] for trace in moved])
        top = int(found.argmax())
        if top in (0, len(found) - 1):
            raise UnmeasurableError(f"dF/F follows the spikes with no lag up to {LARGEST_LAG:g} s")
        left, middle, right = found[top - 1 : top + 2]
        curve = left - 2 * middle + right
        between = 0.5 * (left - right) / curve if curve else 0.0
        return float((shifts[top] + between) * self.period / PIECES)

    def correlation(self) -> float:
        """Return Pearson's correlation of dF/F with its prediction, without lag.

        Raises
        ------
        UnmeasurableError
            Without spikes, or where dF/F is constant.
        """
        if not len(self.spikes):
            raise UnmeasurableError("0 spikes, at least 1 is needed")
        return float(correlations(in_frames(self.pieces, len(self.dff))[None], self.dff)[0])

    def chance(self) -> float:
        """Return the share of 1000 random spike trains that correlate at least as well.

        Spikes of a random train are anywhere in the recording (a Poisson process, given their number). The spikes'
        own train is counted, so that the least is 1/1001. Always the same for the same data (seed 0).
        """
        own, frames = self.correlation(), len(self.dff)
        kernel = self.indicator.kernel(self.period)
        chance = np.random.default_rng(SEED)
        as_good = 0
        for _ in range(TRAINS // 100):
            trains = chance.uniform(0, frames, (100, len(self.spikes))).astype(np.intp)
            counts = np.array([np.bincount(train, minlength=frames) for train in trains], dtype=np.float64)
            made = signal.oaconvolve(counts, kernel[None], axes=1)[:, :frames]
            as_good += int(np.sum(correlations(made, self.dff) >= own))
        return (1 + as_good) / (1 + TRAINS)

    def detectable(self, spikes: int) -> float:
        """Return the share of n-spike events with dF/F above silent windows.

        An event is preceded by a second without a spike; its spikes lie within 250 ms. The rise is the highest mean of
        three frames in the indicator's window, over the mean of the half second before.

        Raises
        ------
        UnmeasurableError
            With fewer than five such events, or fewer than twenty windows without a spike.
        """
        events, silent = self._rises(self._events(spikes)), self._rises(self._silent())
        if len(events) < 5:
            raise UnmeasurableError(f"{len(events)} events of {spikes} spikes, at least 5 are needed")
        if len(silent) < 20:
            raise UnmeasurableError(f"{len(silent)} windows without a spike, at least 20 are needed")
        return float(np.mean(events > np.quantile(silent, 1 - FALSE_POSITIVES)))

    def _events(self, spikes: int) -> Floats:
        """Return the first spike times of events of n spikes."""
        times = np.sort(self.spikes)
        starts = times[np.diff(times, prepend=-np.inf) > SILENCE]
        inside = np.searchsorted(times, starts + EVENT) - np.searchsorted(times, starts)
        until = starts + self.indicator.window
        alone = np.searchsorted(times, until) - np.searchsorted(times, starts) == inside
        return np.asarray(starts[(inside == spikes) & alone])

    def _silent(self) -> Floats:
        """Return times without spikes around, before and after."""
        step = self.indicator.window
        times = np.arange(self.start + 2 * SILENCE, self.stop - step, step)
        first = np.searchsorted(np.sort(self.spikes), times - 2 * SILENCE)
        return np.asarray(times[np.searchsorted(np.sort(self.spikes), times + step) == first])

    def _rises(self, times: Floats) -> Floats:
        smooth = np.convolve(self.dff, np.full(3, 1 / 3), mode="same")
        before, after = round(0.5 / self.period), max(1, round(self.indicator.window / self.period))
        frames = np.floor((times - self.start) / self.period).astype(np.intp)
        frames = frames[(frames >= before) & (frames + after <= len(self.dff))]
        return np.array([smooth[at : at + after].max() - self.dff[at - before : at].mean() for at in frames])


def _changes(traces: Floats) -> Floats:
    """Return the mean change per frame over three frames, shape (traces, frames - 3)."""
    return (traces[:, 3:] - traces[:, :-3]) / 3


def correlations(traces: Floats, trace: Floats) -> Floats:
    """Return Pearson's correlation of each trace with one, shape (traces,); 0 for constant traces.

    Raises
    ------
    UnmeasurableError
        If the one is constant.
    """
    centered = trace - trace.mean()
    length = float(np.linalg.norm(centered))
    if not length:
        raise UnmeasurableError("dF/F is constant")
    others = traces - traces.mean(axis=1, keepdims=True)
    lengths = np.linalg.norm(others, axis=1)
    products = others @ centered
    found: Floats = np.divide(products, lengths * length, out=np.zeros(len(products)), where=lengths > 0)
    return found


def measure_spikes_and_fluorescence(both: SpikesAndFluorescence) -> Iterator[Measurement]:
    """Measure how dF/F follows the spikes of its neuron."""
    thirds = "last third against the first"
    yield measure_row("alignment.drift", lambda: both.drift, "s", "recording", thirds)
    yield measure_row("alignment.drift_in_frames", lambda: both.drift / both.period, "frames", "recording", thirds)
    for name, compute, unit in (
        ("alignment.lag", lambda: both.lag, "s"),
        ("alignment.lag_in_frames", lambda: both.lag / both.period, "frames"),
        ("alignment.correlation", both.correlation, "1"),
        ("alignment.chance", both.chance, "1"),
        ("alignment.detected_1_spike", lambda: both.detectable(1), "1"),
        ("alignment.detected_2_spikes", lambda: both.detectable(2), "1"),
    ):
        yield measure_row(name, compute, unit, "recording")
