"""Motion left in traces of ROIs, by the shifts of their motion correction."""

from collections.abc import Iterator, Sequence

import numpy as np

from nwbgate.qc.measurement import Measurement, not_applicable
from nwbgate.qc.metrics.any_file.samples import FloatArray
from nwbgate.qc.unmeasurable import UnmeasurableError, measure_row
from nwbgate.reading.objects.series import Series

METRICS = {"responses.motion_residue": "1"}
#: Name of the shifts in a CorrectedImageStack, as the NWB schema fixes it.
SHIFTS = "xy_translation"
#: Fewest frames, and most numbers that are read at once.
_FEWEST, _MOST = 100, 20_000_000


def measure_motion_residue(traces: Series, shifts: Sequence[Series]) -> Iterator[Measurement]:
    """Yield the row of one series of ROI traces.

    ``responses.motion_residue``: share of the changes from frame to frame that the shifts explain, 0 to 1, median over
    ROIs. Of several motion corrections with as many frames, the one that explains most counts.

    Parameters
    ----------
    traces : Series
        Of type RoiResponseSeries, frames x ROIs.
    shifts : sequence of Series
        Named `SHIFTS`, frames x 2, in pixels.
    """
    (metric, unit), place = next(iter(METRICS.items())), f"series {traces.path}"
    own = [each for each in shifts if each.shape == (len(traces), 2)]
    if not own or len(traces) < _FEWEST:
        reason = f"no shifts of {len(traces)} frames" if not own else f"fewer than {_FEWEST} frames"
        yield not_applicable(metric, reason, unit, place)
        return
    yield measure_row(metric, lambda: _largest_residue(traces, own), unit, place)


def _largest_residue(traces: Series, shifts: Sequence[Series]) -> float:
    frames = slice(0, max(_FEWEST, _MOST // max(1, int(np.prod(traces.shape[1:])))))
    values = np.asarray(traces.data[frames], np.float64).reshape(-1, int(np.prod(traces.shape[1:])))
    return max(motion_residue(values, np.asarray(each.data[frames], np.float64)) for each in shifts)


def motion_residue(traces: FloatArray, shifts: FloatArray) -> float:
    """Return the share of the changes of traces that shifts explain.

    A least-squares fit of the differences of neighbouring frames by those of x, y, x² and y²; slow activity and drift
    do not count as motion.

    Parameters
    ----------
    traces : array of float64, shape (frames, ROIs)
    shifts : array of float64, shape (frames, 2)

    Raises
    ------
    UnmeasurableError
        If no shift or no trace changes.
    """
    known = np.asarray(np.isfinite(np.hstack([traces, shifts])).all(axis=1))
    pairs = known[1:] & known[:-1]
    moves = np.diff(np.hstack([shifts, shifts**2]), axis=0)[pairs]
    changes = np.diff(traces, axis=0)[pairs]
    moves, changes = moves - moves.mean(axis=0), changes - changes.mean(axis=0)
    changes = changes[:, np.ptp(changes, axis=0) > 0]
    if not changes.size or not moves.any():
        raise UnmeasurableError("no shift or no trace changes")
    fitted = moves @ np.linalg.lstsq(moves, changes, rcond=None)[0]
    return float(np.median((fitted**2).sum(axis=0) / (changes**2).sum(axis=0)))
