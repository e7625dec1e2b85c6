"""Running: encoder failures, impossible speeds, and direction."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from nwbgate.qc.measurement import Measurement
from nwbgate.qc.metrics.imaging.traces import Floats
from nwbgate.qc.unmeasurable import UnmeasurableError, measure_row

#: Volts that the encoder can give; AllenSDK drops samples above 5.1 V when it looks for the largest.
VOLTAGE = (-0.1, 5.1)
#: Speed (cm/s) that no mouse reaches on a wheel; sprints of freely moving mice are below.
IMPOSSIBLE = 150.0
#: Speed (cm/s) from which the mouse moves.
MOVING = 5.0
#: Samples that are needed: 10 s at 60 Hz. Samples in motion that tell the sign.
FEWEST = 600
#: Equal voltages in a row (1 s at 60 Hz) that are no measurement: the noise of a converter does not stand still.
STUCK = 60


def without_speed(speed: npt.ArrayLike) -> float:
    """Return the share of samples without a speed, 0 to 1.

    Parameters
    ----------
    speed : array, shape (samples,)
        cm/s.

    Raises
    ------
    UnmeasurableError
        If there is no sample.
    """
    values = np.asarray(speed, dtype=np.float64)
    if not len(values):
        raise UnmeasurableError("there are no samples of running speed")
    return float(np.mean(~np.isfinite(values)))


def impossible_speeds(speed: npt.ArrayLike, limit: float = IMPOSSIBLE) -> float:
    """Return the share of speeds beyond `limit` cm/s in either direction, 0 to 1.

    Parameters
    ----------
    speed : array, shape (samples,)
        Speed in cm/s; forward is positive.
    limit : float
        Speed in cm/s.

    Raises
    ------
    UnmeasurableError
        If fewer than `FEWEST` samples have a speed.
    """
    return float(np.mean(np.abs(_speeds(speed)) > limit))


def backward(speed: npt.ArrayLike) -> float:
    """Return the backward share of samples faster than `MOVING` cm/s, 0 to 1.

    Mice on a wheel run forward; a sign that was not turned for the rig's polarity gives nearly 1.

    Parameters
    ----------
    speed : array, shape (samples,)
        Speed in cm/s; forward is positive.

    Raises
    ------
    UnmeasurableError
        If fewer than `FEWEST` samples are in motion.
    """
    values = _speeds(speed)
    moving = values[np.abs(values) > MOVING]
    if len(moving) < FEWEST:
        raise UnmeasurableError(f"{len(moving)} samples faster than {MOVING:g} cm/s, at least {FEWEST} are needed")
    return float(np.mean(moving < 0))


def encoder_failures(voltage: npt.ArrayLike) -> float:
    """Return the share of encoder samples missing or outside `VOLTAGE`, 0 to 1.

    Parameters
    ----------
    voltage : array, shape (samples,)
        Signal of the encoder in volts (v_sig).

    Raises
    ------
    UnmeasurableError
        If there are fewer than `FEWEST` samples.
    """
    volts = _volts(voltage)
    return float(np.mean(~((volts >= VOLTAGE[0]) & (volts <= VOLTAGE[1]))))


def encoder_stuck(voltage: npt.ArrayLike) -> float:
    """Return the share of samples in runs of `STUCK` equal voltages, 0 to 1.

    A wheel that stands still gives a noisy voltage; one that is exactly the same for a second was not measured.

    Raises
    ------
    UnmeasurableError
        If there are fewer than `FEWEST` samples.
    """
    volts = _volts(voltage)
    starts = np.flatnonzero(np.concatenate([[True], np.diff(volts) != 0]))
    lengths = np.diff(np.append(starts, len(volts)))
    return float(lengths[lengths >= STUCK].sum() / len(volts))


def measure_speed(speed: npt.ArrayLike) -> Iterator[Measurement]:
    """Yield the rows ``running.*`` of the speed in cm/s, shape (samples,).

    Parameters
    ----------
    speed : array, shape (samples,)
        Speed in cm/s; forward is positive.
    """
    yield measure_row("running.without_speed", lambda: without_speed(speed))
    yield measure_row("running.mean_speed", lambda: float(np.mean(_speeds(speed))), "cm/s")
    yield measure_row("running.impossible_speeds", lambda: impossible_speeds(speed))
    yield measure_row("running.backward", lambda: backward(speed))


def measure_encoder(voltage: npt.ArrayLike) -> Iterator[Measurement]:
    """Yield the rows ``running.encoder_*`` of the voltage of the encoder, shape (samples,)."""
    yield measure_row("running.encoder_failures", lambda: encoder_failures(voltage))
    yield measure_row("running.encoder_stuck", lambda: encoder_stuck(voltage))


def _speeds(speed: npt.ArrayLike) -> Floats:
    values = np.asarray(speed, dtype=np.float64)
    values = values[np.isfinite(values)]
    if len(values) < FEWEST:
        raise UnmeasurableError(f"{len(values)} samples with a speed, at least {FEWEST} are needed")
    return values


def _volts(voltage: npt.ArrayLike) -> Floats:
    volts = np.asarray(voltage, dtype=np.float64)
    if len(volts) < FEWEST:
        raise UnmeasurableError(f"{len(volts)} samples of the encoder, at least {FEWEST} are needed")
    return volts
