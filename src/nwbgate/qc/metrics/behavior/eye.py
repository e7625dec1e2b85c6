"""Eye tracking: missing frames and pupil range."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from nwbgate.qc.measurement import Measurement
from nwbgate.qc.unmeasurable import UnmeasurableError, measure_row

#: Frames with a pupil that a range needs: 10 s at 30 Hz.
FEWEST = 300


def blinking(likely_blink: npt.ArrayLike) -> float:
    """Return the share of likely blink frames, 0 to 1.

    Parameters
    ----------
    likely_blink : array of bool, shape (frames,)
        True also in the two frames around a blink, and where a fitted area is an outlier.

    Raises
    ------
    UnmeasurableError
        If there is no frame.
    """
    blinks = np.asarray(likely_blink, dtype=bool)
    if not len(blinks):
        raise UnmeasurableError("there are no frames of eye tracking")
    return float(blinks.mean())


def without_pupil(area: npt.ArrayLike) -> float:
    """Return the share of frames without a pupil, 0 to 1.

    Parameters
    ----------
    area : array, shape (frames,)
        Area of the pupil before blinks are taken out; NaN where none was found.

    Raises
    ------
    UnmeasurableError
        If there is no frame.
    """
    values = np.asarray(area, dtype=np.float64)
    if not len(values):
        raise UnmeasurableError("there are no frames of eye tracking")
    return float(np.mean(~np.isfinite(values)))


def pupil_range(area: npt.ArrayLike) -> float:
    """Return the ratio of large to small pupil diameter.

    1 for a pupil that never changes. That of mice changes about two- to fourfold with arousal under constant light.

    Parameters
    ----------
    area : array, shape (frames,)
        Area of the pupil, NaN at blinks, in any unit.

    Raises
    ------
    UnmeasurableError
        If fewer than `FEWEST` frames have a pupil, or its area is not positive.
    """
    values = np.asarray(area, dtype=np.float64)
    if not len(values):
        raise UnmeasurableError("there are no frames of eye tracking")
    values = values[np.isfinite(values)]
    if len(values) < FEWEST:
        raise UnmeasurableError(f"{len(values)} frames with a pupil, at least {FEWEST} are needed")
    small, large = np.percentile(values, [5, 95])
    if not small > 0:
        raise UnmeasurableError("the area of the pupil is not positive")
    return float(np.sqrt(large / small))


def measure_eye(likely_blink: npt.ArrayLike, raw_area: npt.ArrayLike, area: npt.ArrayLike) -> Iterator[Measurement]:
    """Yield the rows ``eye.*``.

    Parameters
    ----------
    likely_blink : array of bool, shape (frames,)
        Likely blinks.
    raw_area, area : array, shape (frames,)
        Area of the pupil with and without blinks.
    """
    yield measure_row("eye.blinking", lambda: blinking(likely_blink))
    yield measure_row("eye.without_pupil", lambda: without_pupil(raw_area))
    yield measure_row("eye.pupil_range", lambda: pupil_range(area))
