"""Saturation: traces clipped at the top, and brightness of projections."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from nwbgate.qc.measurement import Measurement
from nwbgate.qc.metrics.imaging.traces import Floats, usable_traces
from nwbgate.qc.unmeasurable import UnmeasurableError, measure_row

#: Equal maxima from which a trace counts as cut off: shot noise does not repeat a float.
REPEATS = 3


def frames_at_top(trace: npt.ArrayLike) -> int:
    """Return the number of a trace's frames at a ceiling; 0 without one.

    A ceiling is a maximum that is met in at least `REPEATS` frames, and more often than the largest value below it: the
    tail of a trace of few distinct values becomes thinner towards its top, that of one that was cut off does not.

    Parameters
    ----------
    trace : array, shape (frames,)
        In any unit, without missing values.
    """
    values = np.asarray(trace, dtype=np.float64)
    top = values.max(initial=-np.inf)
    at_top = int(np.count_nonzero(values == top))
    if at_top < REPEATS or at_top == len(values):
        return 0
    below = values[values < top].max()
    return at_top if at_top > np.count_nonzero(values == below) else 0


def clipped_cells(fluorescence: npt.ArrayLike) -> float:
    """Return the share of usable cells with a clipped trace (`frames_at_top`), 0 to 1.

    Parameters
    ----------
    fluorescence : array, shape (frames, cells)
        Fluorescence from which nothing was subtracted, for a ceiling does not outlive that.

    Raises
    ------
    UnmeasurableError
        If no cell is usable.
    """
    return float(np.mean(_at_top(fluorescence) > 0))


def clipped_frames(fluorescence: npt.ArrayLike) -> float:
    """Return the share of frames at the most clipped cell's ceiling, 0 to 1.

    Raises
    ------
    UnmeasurableError
        If no cell is usable.
    """
    return float(np.max(_at_top(fluorescence)) / len(np.asarray(fluorescence)))


def projection_top(projection: npt.ArrayLike) -> float:
    """Return the share of pixels at the maximum of a projection, 0 to 1.

    Projections are rescaled to 8 bits before they are stored, so that their top says nothing about the detector: a
    number to look at, not to judge.

    Raises
    ------
    UnmeasurableError
        If the projection has no pixels or only one value.
    """
    pixels = np.asarray(projection)
    if not pixels.size or not np.ptp(pixels):
        raise UnmeasurableError("the projection is empty or has one value only")
    return float(np.mean(pixels == pixels.max()))


def measure_saturation(fluorescence: npt.ArrayLike, plane: str) -> Iterator[Measurement]:
    """Yield the rows ``saturation.*`` of the traces of a plane.

    Parameters
    ----------
    fluorescence : array, shape (frames, cells)
        As in `clipped_cells`.
    plane : str
        Name of the plane.
    """
    yield measure_row("saturation.clipped_cells", lambda: clipped_cells(fluorescence), "1", plane)
    yield measure_row("saturation.clipped_frames", lambda: clipped_frames(fluorescence), "1", plane)


def _at_top(fluorescence: npt.ArrayLike) -> Floats:
    return np.array([frames_at_top(trace) for trace in usable_traces(fluorescence).T], dtype=np.float64)
