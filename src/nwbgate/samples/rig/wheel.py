"""The running wheel: voltages of its encoder, sample by sample."""

import numpy as np
import numpy.typing as npt
from numpy.random import Generator

FloatArray = npt.NDArray[np.float64]

#: Volts of a full turn, and of one step of the 12-bit converter.
FULL, STEP = 4.884, 0.00129
#: Radius at which the mouse runs, in cm: two thirds of a 6.5 inch wheel.
RADIUS = 0.5 * (2 * (6.5 * 2.54) / 3)


def encoder(samples: int, rate: float, rng: Generator) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return vsig and vin in volts and dx in degrees, each of shape (samples,).

    Parameters
    ----------
    samples : int
        Their number.
    rate : float
        Samples per second.
    rng : numpy.random.Generator
        Source of all chance.
    """
    seconds = np.arange(samples) / rate
    speed = np.clip(18 + 14 * np.sin(seconds / 7) + rng.normal(0, 1, samples), 0, None)
    angle = np.cumsum(speed / RADIUS / rate)
    vin = FULL + rng.normal(0, 2e-4, samples)
    vsig = np.round((angle / (2 * np.pi) % 1) * FULL / STEP) * STEP
    vsig[samples // 3] = 5.4  # a spike, as electrostatic discharge leaves one
    dx = np.degrees(np.diff(angle, prepend=0.0))
    return vsig, vin, dx
