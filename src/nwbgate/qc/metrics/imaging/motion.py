"""Image motion, from the registration shifts of the frames."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from nwbgate.qc.measurement import Measurement
from nwbgate.qc.metrics.imaging.traces import Floats
from nwbgate.qc.unmeasurable import UnmeasurableError, measure_row

#: Pixels from the usual place beyond which a frame is far off: about the size of a cell body (8 um at 0.78 um/pixel).
FAR = 10.0
#: Pixels from one frame to the next beyond which the image jumps: from one cell to another.
JUMP = 10.0


def displacement(x: npt.ArrayLike, y: npt.ArrayLike) -> Floats:
    """Return the distance of each frame from the median position, in pixels, shape (frames,).

    The Euclidean distance from the median shift; a constant offset is no motion. Frames without a shift are left out.

    Parameters
    ----------
    x, y : array, shape (frames,)
        Shifts in pixels.

    Raises
    ------
    UnmeasurableError
        If lengths differ or there is no frame.
    """
    across, down = _shifts(x, y)
    return np.hypot(across - np.median(across), down - np.median(down))


def steps(x: npt.ArrayLike, y: npt.ArrayLike) -> Floats:
    """Return the distance between consecutive frames, in pixels, shape (steps,).

    A step to or from a frame without a shift is left out: movement over a gap took more than one frame.

    Parameters
    ----------
    x, y : array, shape (frames,)
        Shifts to the right and down, in pixels.

    Raises
    ------
    UnmeasurableError
        If lengths differ, or no two frames in a row have a shift.
    """
    across, down = _equally_long(x, y)
    found = np.hypot(np.diff(across), np.diff(down))
    found = found[~np.isnan(found)]
    if not len(found):
        frames = len(_shifts(x, y)[0])
        raise UnmeasurableError(f"{frames} frames with a shift, but no two consecutive ones")
    return found


def motion_range(x: npt.ArrayLike, y: npt.ArrayLike) -> float:
    """Return the larger of the ranges of x and y, in pixels.

    Parameters
    ----------
    x, y : array, shape (frames,)
        Shifts to the right and down, in pixels.

    Raises
    ------
    UnmeasurableError
        If lengths differ or there is no frame.
    """
    return float(max(np.ptp(shifts) for shifts in _shifts(x, y)))


def motion_rms(x: npt.ArrayLike, y: npt.ArrayLike) -> float:
    """Return the root mean square of the `displacement`, in pixels.

    Parameters
    ----------
    x, y : array, shape (frames,)
        Shifts to the right and down, in pixels.
    """
    return float(np.sqrt(np.mean(displacement(x, y) ** 2)))


def frames_beyond(x: npt.ArrayLike, y: npt.ArrayLike, far: float = FAR) -> float:
    """Return the share of frames with `displacement` above `far` pixels, 0 to 1.

    Parameters
    ----------
    x, y : array, shape (frames,)
        Shifts to the right and down, in pixels.
    far : float
        Distance in pixels.
    """
    return float(np.mean(displacement(x, y) > far))


def jumps(x: npt.ArrayLike, y: npt.ArrayLike, jump: float = JUMP) -> float:
    """Return the share of `steps` above `jump` pixels, 0 to 1.

    Parameters
    ----------
    x, y : array, shape (frames,)
        Shifts to the right and down, in pixels.
    jump : float
        Distance in pixels.
    """
    return float(np.mean(steps(x, y) > jump))


def measure_motion(x: npt.ArrayLike, y: npt.ArrayLike, plane: str) -> Iterator[Measurement]:
    """Yield the rows ``motion.*`` of a plane.

    Parameters
    ----------
    x, y : array, shape (frames,)
        Shifts in pixels.
    plane : str
        Name of the plane.
    """
    yield measure_row("motion.range", lambda: motion_range(x, y), "pixel", plane)
    yield measure_row("motion.rms", lambda: motion_rms(x, y), "pixel", plane)
    yield measure_row("motion.frames_beyond", lambda: frames_beyond(x, y), "1", plane)
    yield measure_row("motion.jumps", lambda: jumps(x, y), "1", plane)


def _shifts(x: npt.ArrayLike, y: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Return the shifts of the frames that have one."""
    across, down = _equally_long(x, y)
    known = ~np.isnan(across)
    if not known.any():
        raise UnmeasurableError("no frame has a shift")
    return across[known], down[known]


def _equally_long(x: npt.ArrayLike, y: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Return the shifts of all frames, NaN where one is not finite."""
    across, down = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if across.shape != down.shape:
        raise UnmeasurableError(f"{len(across)} shifts across and {len(down)} down")
    known = np.isfinite(across) & np.isfinite(down)
    return np.where(known, across, np.nan), np.where(known, down, np.nan)
