"""Action potential shape: half width and its change (Ledochowitsch et al. 2019)."""

from collections.abc import Iterator
from functools import cache, partial

import numpy as np
import numpy.typing as npt
from scipy import signal

from nwbgate.qc.measurement import Measurement
from nwbgate.qc.metrics.recording.spike_peaks import Peaks, Places
from nwbgate.qc.metrics.recording.spike_trains import trend, variation
from nwbgate.qc.unmeasurable import UnmeasurableError, measure_row

Floats = npt.NDArray[np.float64]

#: Seconds of voltage around a peak: the published waveform of 2 ms.
AROUND = 1e-3
_MILLI = 1e3


def waveforms(peaks: Peaks) -> Floats:
    """Return the voltage within 1 ms of each complete peak, volts, shape (spikes, samples).

    Raises
    ------
    UnmeasurableError
        If no spike is that far inside the recording.
    """
    reach = round(AROUND / peaks.period)
    return np.asarray(peaks.voltage[_uncut_peaks(peaks)[:, None] + np.arange(-reach, reach + 1)])


def _uncut_peaks(peaks: Peaks) -> Places:
    """Return the peaks whose waveform lies inside the recording."""
    reach = round(AROUND / peaks.period)
    inside = peaks.tops[(peaks.tops >= reach) & (peaks.tops < len(peaks.voltage) - reach)]
    if not len(inside):
        raise UnmeasurableError("no spike is 1 ms inside the recording")
    return inside


def half_widths(waves: npt.ArrayLike, period: float) -> Floats:
    """Return left, right and full half-height widths in seconds, shape (spikes, 3).

    NaN on a side where the waveform does not fall to half its height, and then for the full width.

    Parameters
    ----------
    waves : array, shape (spikes, samples)
        Waveforms whose peak is in the middle.
    period : float
        Sampling period in seconds.
    """
    middle = np.asarray(waves).shape[1] // 2
    return np.array([_half_widths(wave, middle) for wave in np.asarray(waves, dtype=np.float64)]) * period


def _half_widths(wave: Floats, middle: int) -> tuple[float, float, float]:
    prominence = (np.array([wave[middle]]), np.array([0]), np.array([len(wave) - 1]))  # heights count from 0 V
    _, half, left, right = signal.peak_widths(wave, [middle], rel_height=0.5, prominence_data=prominence)
    before = middle - float(left[0]) if wave[:middle].min(initial=np.inf) <= half[0] else np.nan
    after = float(right[0]) - middle if wave[middle + 1 :].min(initial=np.inf) <= half[0] else np.nan
    return before, after, before + after


def _uncut_widths(widths: Floats) -> Floats:
    """Return widths, checking that none is cut by the window.

    Raises
    ------
    UnmeasurableError
        If one is: without it the widths would look narrower and more alike than they are.
    """
    cut = int(np.sum(np.isnan(widths)))
    if cut:
        raise UnmeasurableError(f"{cut} of {len(widths)} waveforms do not fall to half their height within 1 ms")
    return widths


def measure_waveform(peaks: Peaks) -> Iterator[Measurement]:
    """Measure the action potentials at the peaks of a voltage."""

    @cache
    def widths() -> Floats:
        return _uncut_widths(half_widths(waveforms(peaks), peaks.period)[:, 2])

    def mean_width(side: int) -> float:
        return float(_uncut_widths(half_widths(waveforms(peaks).mean(axis=0)[None], peaks.period)[:, side])[0]) * _MILLI

    def width_trend(part: int) -> float:
        return trend(widths(), _uncut_peaks(peaks) * peaks.period)[part]

    for side, name in enumerate(("left", "right", "full")):
        yield measure_row(f"waveform.half_width_{name}", partial(mean_width, side), "ms", "recording")
    yield measure_row("waveform.half_width_variation", lambda: variation(widths()), "1", "recording")
    yield measure_row("waveform.half_width_slope", lambda: width_trend(0) * _MILLI, "ms/s", "recording")
    yield measure_row("waveform.half_width_r2", lambda: width_trend(1), "1", "recording")
