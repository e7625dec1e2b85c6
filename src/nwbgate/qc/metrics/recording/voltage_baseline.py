"""The subtracted voltage baseline, which drifts with the pipette's seal."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from nwbgate.qc.measurement import Measurement
from nwbgate.qc.metrics.recording.spike_trains import trend
from nwbgate.qc.metrics.recording.voltage import MILLI, varying
from nwbgate.qc.unmeasurable import UnmeasurableError, measure_row

Floats = npt.NDArray[np.float64]


def measure_baseline(raw: Floats, voltage: Floats, period: float) -> Iterator[Measurement]:
    """Measure the baseline from `raw` and baseline-free `voltage`, in volts, every `period` s.

    Parameters
    ----------
    raw, voltage : array, shape (samples,)
        As recorded, and without its baseline, in volts.
    period : float
        Sampling period in seconds.
    """
    for name, compute, unit in (
        ("voltage.mrdm", lambda: relative_deviation(raw), "1"),
        ("voltage.baseline", lambda: float(baseline(raw, voltage, period).mean()) * MILLI, "mV"),
        ("voltage.baseline_range", lambda: float(np.ptp(baseline(raw, voltage, period))) * MILLI, "mV"),
        ("voltage.baseline_slope", lambda: _baseline_trend(raw, voltage, period)[0] * MILLI, "mV/s"),
        ("voltage.baseline_r2", lambda: _baseline_trend(raw, voltage, period)[1], "1"),
    ):
        yield measure_row(name, compute, unit, "recording")


def relative_deviation(raw: npt.ArrayLike) -> float:
    """Return MRDM, the median absolute deviation over the median of a voltage, shape (samples,).

    As in Ledochowitsch et al. 2019.
    """
    values = varying(raw)
    middle = float(np.median(values))
    if not middle:
        raise UnmeasurableError("the median of the voltage is zero")
    return float(np.median(np.abs(values - middle)) / abs(middle))


def baseline(raw: npt.ArrayLike, voltage: npt.ArrayLike, period: float) -> Floats:
    """Return the mean subtracted voltage per whole second, in volts.

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
    recorded, kept = varying(raw), varying(voltage)
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
