"""Electrical series: saturation, noise, and the hum of the mains."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from nwbgate.qc.measurement import Measurement, not_applicable
from nwbgate.qc.metrics.any_file.samples import FloatArray, rate_of, robust_spread, windows_of
from nwbgate.qc.unmeasurable import UnmeasurableError, measure_row
from nwbgate.reading.objects.series import Series

METRICS = {"electrical.saturated": "1", "electrical.noise": "V", "electrical.line_noise": "1"}
#: Types whose samples are voltages or currents, and units by which another series is electrical.
TYPES = frozenset({
    "ElectricalSeries", "PatchClampSeries", "CurrentClampSeries", "VoltageClampSeries", "IZeroClampSeries",
})  # fmt: skip
UNITS = frozenset({"volts", "volt", "V", "mV", "uV"})
#: Samples in a row at the largest or smallest value that are cut off, and levels that a signal needs to tell.
_RUN, _LEVELS = 3, 16
#: Frequencies of the mains (Hz), half the width of their line, and of the neighbourhood it is compared with.
_MAINS, _LINE, _NEIGHBOURS = (50.0, 60.0), 1.0, 10.0


def is_electrical(series: Series) -> bool:
    """Return whether the samples of a series are voltages or currents."""
    return len(series.shape) <= 2 and series.has_numbers and (series.neurodata_type in TYPES or series.unit in UNITS)


def measure_electrical(series: Series) -> Iterator[Measurement]:
    """Yield the rows of one electrical series.

    ``electrical.saturated``: fraction of samples at the largest or smallest value for three or more in a row.
    ``electrical.noise``: noise of a channel, from the differences of neighbours; the median over channels.
    ``electrical.line_noise``: power at 50 or 60 Hz over the median power within 10 Hz of it; the larger of the two.

    Parameters
    ----------
    series : Series
        For which `is_electrical` holds; windows spread over it are read.
    """
    name, rate = f"series {series.path}", rate_of(series)
    if not len(series) or not np.isfinite(rate):
        reason = "fewer than two samples with times"
        yield from (not_applicable(metric, reason, unit, name) for metric, unit in METRICS.items())
        return
    parts = [np.asarray(part, np.float64) for part in windows_of(series, rate)]
    yield measure_row("electrical.saturated", partial(saturation, windows_of(series, rate, raw=True)), "1", name)
    yield measure_row("electrical.noise", partial(noise, parts), series.unit or "1", name)
    if rate < 2 * (_MAINS[-1] + _NEIGHBOURS):
        yield not_applicable("electrical.line_noise", f"sampled at {rate:g} Hz, too slowly to see the mains", "1", name)
    else:
        yield measure_row("electrical.line_noise", partial(line_noise, parts, rate), "1", name)


def saturation(parts: list[npt.NDArray[Any]]) -> float:
    """Return the fraction of samples in runs at the extremes.

    Parameters
    ----------
    parts : list of array, shape (samples, channels)
        Samples as stored.

    Raises
    ------
    UnmeasurableError
        If the samples have too few levels to tell.
    """
    whole = np.concatenate(parts)
    low, high = whole.min(axis=0), whole.max(axis=0)
    if not (np.asarray(high, np.float64) > np.asarray(low, np.float64)).any():
        raise UnmeasurableError("the samples do not change")
    varied = np.array([len(np.unique(channel)) >= _LEVELS for channel in whole.T])
    if not varied.any():
        raise UnmeasurableError(f"fewer than {_LEVELS} different values")
    held = sum(_samples_in_runs(part[:, varied] == edge[varied]) for part in parts for edge in (low, high))
    return float(held / whole[:, varied].size)


def _samples_in_runs(at_edge: npt.NDArray[np.bool_]) -> int:
    """Return how many samples are in runs of at least three."""
    if len(at_edge) < _RUN:
        return 0
    whole = at_edge[:-2] & at_edge[1:-1] & at_edge[2:]
    inside = np.zeros_like(at_edge)
    for shift in range(_RUN):
        inside[shift : len(at_edge) - 2 + shift] |= whole
    return int(inside.sum())


def noise(parts: list[FloatArray]) -> float:
    """Return the standard deviation of the noise, median over channels."""
    steps = np.concatenate([np.diff(part, axis=0) for part in parts])
    return float(np.nanmedian(robust_spread(steps) / np.sqrt(2)))


def line_noise(parts: list[FloatArray], rate: float) -> float:
    """Return the power at 50 or 60 Hz over that around it.

    Raises
    ------
    UnmeasurableError
        If no window is 2 s long, or there is no power around the lines.
    """
    from scipy.signal import welch

    needed = int(2 * rate)
    spectra = [welch(part, rate, nperseg=needed, axis=0) for part in parts if len(part) >= needed]
    if not spectra:
        raise UnmeasurableError("no two seconds of samples")
    frequencies = spectra[0][0]
    power = np.mean([spectrum.mean(axis=1) for _, spectrum in spectra], axis=0)
    ratios = [_line(frequencies, power, mains) for mains in _MAINS]
    if not np.isfinite(ratios).any():
        raise UnmeasurableError("no power around 50 and 60 Hz")
    return float(np.nanmax(ratios))


def _line(frequencies: FloatArray, power: FloatArray, mains: float) -> float:
    away = np.abs(frequencies - mains)
    around = np.median(power[(away > _LINE) & (away <= _NEIGHBOURS)])
    return float(power[away <= _LINE].max() / around) if around > 0 else float("nan")
