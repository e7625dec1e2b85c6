"""Speed on a running wheel from the angle or the voltage of its encoder."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

#: Radius at which a mouse runs, in cm: two thirds of a wheel of 6.5 inches (AllenSDK 2.16.2).
RADIUS = 0.5 * (2 * 6.5 * 2.54) / 3
#: Voltage beyond which a sample of the encoder is a spike, and the largest step in volts that is a movement.
LARGEST_VOLTAGE, LARGEST_STEP = 5.1, 1.0
#: Voltages below and above which a step from one to the other is a wrap (AllenSDK 2.16.2).
LOW, HIGH = 1.5, 3.5


def speed_of_angle(degrees: npt.ArrayLike, period: float) -> Floats:
    """Return the speed of the wheel in cm/s from the change of its angle.

    Parameters
    ----------
    degrees : array, shape (samples,)
        Change of the angle since the sample before.
    period : float
        Time between samples in seconds.
    """
    angle = np.asarray(degrees, dtype=np.float64)
    speed: Floats = np.deg2rad(angle) * (RADIUS / period)
    return speed


def speed_of_voltage(signal: npt.ArrayLike, supply: npt.ArrayLike, period: float) -> Floats:
    """Return the speed of the wheel in cm/s from its encoder's voltage.

    Steps that are no movement are NaN, and so is the first sample.

    Parameters
    ----------
    signal, supply : array, shape (samples,)
        Voltage of the encoder, and the voltage of a whole turn, in volts.
    period : float
        Time between samples in seconds.
    """
    volts = np.asarray(signal, dtype=np.float64)
    kept = volts[volts < LARGEST_VOLTAGE]
    top = float(kept.max()) if len(kept) else float("nan")
    before = np.concatenate([[np.nan], volts[:-1]])
    steps = volts - before
    steps[(volts < LOW) & (before > HIGH)] += top
    steps[(volts > HIGH) & (before < LOW)] -= top
    with np.errstate(invalid="ignore", divide="ignore"):
        steps[np.abs(steps) > LARGEST_STEP] = np.nan
        turns = steps / np.asarray(supply, dtype=np.float64)
    speed: Floats = turns * (2 * np.pi * RADIUS / period)
    return speed
