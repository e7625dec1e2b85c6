"""Running speed from an encoder voltage that wraps every turn.

Steps, constants and their order: AllenSDK 2.16.2, restated. Its clipping at wraps takes time that is quadratic in the
samples; here it is linear, with the same result.
"""

import numpy as np
import numpy.typing as npt

from nwbgate.extras import import_extra

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

#: A wrap goes from beyond one of these voltages to beyond the other.
LOW, HIGH = 1.5, 3.5
#: Volts that the signal does not exceed; more is a spike of the converter.
LARGEST_VOLTAGE = 5.1
#: Volts by which the signal may change between two samples, wraps taken out.
LARGEST_STEP = 1.0
#: Radius in cm at which the mouse runs: two thirds of that of the 6.5-inch wheel.
RADIUS = 0.5 * (2 * (6.5 * 2.54) / 3)
#: Seconds on either side of a wrap whose speeds bound its own.
CLIPPING_WINDOW = 0.25
#: Standard deviations beyond which a speed is none.
OUTLIER = 10
#: Order, cut-off (Hz) and sampling rate (Hz) of the low-pass filter. AllenSDK's notes say 10 Hz, its code has 4.
FILTER_ORDER, CUTOFF, SAMPLING_RATE = 3, 4.0, 60.0
#: A mean speed (cm/s) below this is that of an encoder with reversed polarity.
REVERSED = -1.0


def wraps(voltage: FloatArray) -> tuple[IntArray, IntArray]:
    """Return the samples where the voltage wraps, forwards and backwards.

    Parameters
    ----------
    voltage : numpy.ndarray, shape (samples,)
        In volts.
    """
    now, before = voltage[1:], voltage[:-1]
    forward = np.flatnonzero((now < LOW) & (before > HIGH)) + 1
    backward = np.flatnonzero((now > HIGH) & (before < LOW)) + 1
    return forward, backward


def unwrap_voltage(voltage: FloatArray) -> FloatArray:
    """Return the voltage as if it did not wrap, NaN at spikes.

    Parameters
    ----------
    voltage : numpy.ndarray, shape (samples,)
        In volts.

    Returns
    -------
    numpy.ndarray, shape (samples,)
        In volts; NaN for the first sample and for steps of more than 1 V.
    """
    top = np.max(voltage[voltage < LARGEST_VOLTAGE], initial=-np.inf)
    forward, backward = wraps(voltage)
    steps = np.full(len(voltage), np.nan)
    steps[1:] = np.diff(voltage)
    steps[forward] = (voltage[forward] + top) - voltage[forward - 1]
    steps[backward] = voltage[backward] - (voltage[backward - 1] + top)
    steps[np.abs(steps) > LARGEST_STEP] = np.nan
    found: FloatArray = _running_sum(steps) + voltage[:1].sum()
    return found


def running_speed(v_sig: FloatArray, v_in: FloatArray, times: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the running speed, low-pass filtered and raw.

    The angle is the unwrapped ``v_sig`` over ``v_in`` times 2 pi; speed is its derivative times the radius. At a wrap
    it is clipped to the range of the speeds around. Speeds beyond 10 standard deviations are none.

    Parameters
    ----------
    v_sig, v_in : numpy.ndarray, shape (samples,)
        Voltage that stands for the angle, and voltage at a full turn; volts.
    times : numpy.ndarray, shape (samples,)
        In seconds, ascending.

    Returns
    -------
    filtered, raw : numpy.ndarray, shape (samples,)
        In cm/s, forward positive. The raw one is NaN where there is none; the filtered one takes 0 for it.
    """
    speed = _angular_speed(unwrap_voltage(v_sig), v_in, times) * RADIUS
    raw = without_outliers(clipped_at(np.concatenate(wraps(v_sig)), speed, times))
    return forward_positive(low_pass(raw)), forward_positive(raw)


def clipped_at(samples: IntArray, speed: FloatArray, times: FloatArray) -> FloatArray:
    """Return speeds clipped at some samples to the range of their neighbors.

    Parameters
    ----------
    samples : numpy.ndarray, shape (n,)
        Where to clip.
    speed, times : numpy.ndarray, shape (samples,)
        In cm/s and ascending seconds.
    """
    found = speed.copy()
    slack = 2 * CLIPPING_WINDOW
    first = np.searchsorted(times, times[samples] - slack)
    last = np.searchsorted(times, times[samples] + slack, side="right")
    for sample, begin, end in zip(samples, first, last, strict=True):
        near = np.abs(times[begin:end] - times[sample]) <= CLIPPING_WINDOW
        near[sample - begin] = False
        around = speed[begin:end][near]
        around = around[~np.isnan(around)]
        found[sample] = np.clip(speed[sample], around.min(), around.max()) if len(around) else np.nan
    return found


def without_outliers(speed: FloatArray) -> FloatArray:
    """Return speeds with NaN beyond 10 standard deviations from the mean."""
    known = speed[~np.isnan(speed)]
    if not len(known) or not known.std():
        return speed
    return np.where(np.abs((speed - known.mean()) / known.std()) > OUTLIER, np.nan, speed)


def low_pass(speed: FloatArray) -> FloatArray:
    """Return speeds filtered both ways (Butterworth, 3rd order, 4 Hz).

    Parameters
    ----------
    speed : numpy.ndarray, shape (samples,)
        At 60 Hz. Fewer samples than the filter pads with are returned as they are.
    """
    signal = import_extra("scipy.signal", "rig")
    numerator, denominator = signal.butter(FILTER_ORDER, CUTOFF, fs=SAMPLING_RATE)
    filled = np.nan_to_num(speed, nan=0.0)
    if len(filled) <= 3 * len(numerator):
        return filled
    return np.asarray(signal.filtfilt(numerator, denominator, filled), dtype=np.float64)


def forward_positive(speed: FloatArray) -> FloatArray:
    """Return speeds with their sign turned where the mean is below -1 cm/s."""
    known = speed[~np.isnan(speed)]
    return -speed if len(known) and known.mean() < REVERSED else speed


def _angular_speed(unwrapped_voltage: FloatArray, v_in: FloatArray, times: FloatArray) -> FloatArray:
    """Return the angular speed in radians per second; NaN spreads to neighbors."""
    steps = np.full(len(times), np.nan)
    steps[1:] = np.diff(unwrapped_voltage) / v_in[1:] * 2 * np.pi
    speed = np.full(len(times), np.nan)
    speed[1:] = np.diff(_running_sum(steps)) / np.diff(times)
    return speed


def _running_sum(steps: FloatArray) -> FloatArray:
    """Return the running sum, NaN where a step is and without it elsewhere."""
    return np.where(np.isnan(steps), np.nan, np.nancumsum(steps))
