"""Crosstalk between simultaneously recorded imaging planes, relative to other planes.

Two planes of one group are recorded in the same instant and parted by electronics; light of one that is counted in the
other shows as a ghost at the same pixels. What planes have in common anyway (brain state, motion, illumination, blood
vessels) they have in common with the planes of other groups too, which are the yardstick.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import ndimage, stats

from nwbgate.qc.metrics.imaging.rois import flat_masks, shared_pixels
from nwbgate.qc.metrics.imaging.traces import Floats, usable
from nwbgate.qc.unmeasurable import UnmeasurableError

#: Seconds that are averaged before traces of two planes are compared: planes of different groups are not imaged in the
#: same instant.
BIN = 0.5
#: Share of the smaller mask that two cells of different planes must have in common to lie at one place.
SAME_PLACE = 0.5
#: Pairs of cells at one place, and bins in time, that a correlation needs.
FEWEST_PAIRS, FEWEST_BINS = 3, 120
#: Seconds whose moving mean is removed from the traces, so that drift common to all planes is not called crosstalk.
_TREND = 60.0
#: Width in pixels (standard deviation) of what is removed from projections as illumination: more than a cell.
_ILLUMINATION = 10.0


@dataclass(frozen=True)
class PlaneSummary:
    """Small summary of a plane for comparison with others.

    Attributes
    ----------
    name : str
        Name of the plane.
    group : int or None
        Planes with one group are recorded together; None where no other plane was.
    first_bin : int
        Number of the first bin of time; bin 0 begins at 0 s.
    traces : array of float32, shape (bins, cells)
        Fluorescence averaged in bins of `BIN` seconds, less its moving mean over a minute.
    masks : csr_array, shape (cells, pixels)
        Masks of the same cells.
    projection : array, shape (rows, columns)
        Average projection.
    """

    name: str
    group: int | None
    first_bin: int
    traces: npt.NDArray[np.float32]
    masks: Any
    projection: npt.NDArray[Any]

    @cached_property
    def detail(self) -> Floats:
        """The projection without uneven illumination, see `detail`; cached."""
        return detail(self.projection)


def summary(
    name: str,
    group: int | None,
    *,
    fluorescence: npt.ArrayLike,
    times: npt.ArrayLike,
    masks: npt.ArrayLike,
    projection: npt.ArrayLike,
) -> PlaneSummary:
    """Return the summary of a plane.

    Parameters
    ----------
    name, group : str and int or None
        As in `PlaneSummary`.
    fluorescence, times : array, shape (frames, cells) and (frames,)
        Fluorescence before it is divided by a baseline, and seconds.
    masks : array, shape (cells, rows, columns)
        Masks of the cells.
    projection : array, shape (rows, columns)
        Average projection.

    Raises
    ------
    UnmeasurableError
        If traces, masks and times do not fit together, no cell is usable, or the times have large gaps.
    """
    traces, clock, images = np.asarray(fluorescence, dtype=np.float64), np.asarray(times), np.asarray(masks)
    kept = usable(traces)
    if traces.shape != (len(clock), len(images)) or not kept.any():
        raise UnmeasurableError(f"{traces.shape} frames and cells, {len(clock)} timestamps, {len(images)} masks")
    if not (np.isfinite(clock).all() and (np.diff(clock) > 0).all()):
        raise UnmeasurableError("the timestamps do not increase")
    first, binned = _bin_traces(traces, clock)
    binned = binned[:, kept]
    flat = binned - ndimage.uniform_filter1d(binned, int(_TREND / BIN), axis=0, mode="nearest")
    return PlaneSummary(name, group, first, flat.astype(np.float32), flat_masks(images[kept]), np.asarray(projection))


def correlation(first: npt.ArrayLike, second: npt.ArrayLike) -> Floats:
    """Return Pearson's r (`numpy.corrcoef`) of the columns of two matrices, shape (columns, other columns).

    0 where a column is constant.

    Parameters
    ----------
    first, second : array, shape (samples, columns) and (samples, other columns)
        In any unit.
    """
    one, other = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    columns = one.shape[1]
    with np.errstate(invalid="ignore", divide="ignore"):  # of constant columns
        both = np.corrcoef(one, other, rowvar=False)
    return np.asarray(np.nan_to_num(both[:columns, columns:]), dtype=np.float64)


def leaked_slope(source: npt.ArrayLike, target: npt.ArrayLike) -> float:
    """Return the share of a trace found in another: the regression slope.

    `scipy.stats.linregress`. Where target = own + share * source and both are independent, the share; anything else
    they share is added to it.

    Parameters
    ----------
    source, target : array, shape (samples,)
        Fluorescence in one unit.

    Raises
    ------
    UnmeasurableError
        If the source is constant.
    """
    if not np.ptp(source) > 0:
        raise UnmeasurableError("the trace is constant")
    return float(stats.linregress(source, target).slope)


def trace_correlation(first: PlaneSummary, second: PlaneSummary) -> float:
    """Return the median trace correlation of co-located cells of two planes, -1 to 1.

    Raises
    ------
    UnmeasurableError
        If fewer than `FEWEST_PAIRS` pairs of cells lie at one place, or the planes have less than a minute in common.
    """
    one, other = _together(first, second)
    rows, columns = _same_place(first, second)
    (mine, row), (theirs, column) = (np.unique(cells, return_inverse=True) for cells in (rows, columns))
    return float(np.median(correlation(one[:, mine], other[:, theirs])[row, column]))


def leaked_share(source: PlaneSummary, target: PlaneSummary) -> float:
    """Return the median leaked share of one plane's traces in another's co-located cells.

    Raises
    ------
    UnmeasurableError
        As `trace_correlation`.
    """
    given, taken = _together(source, target)
    rows, columns = _same_place(source, target)
    return float(np.median([leaked_slope(given[:, i], taken[:, j]) for i, j in zip(rows, columns, strict=True)]))


def detail(projection: npt.ArrayLike, illumination: float = _ILLUMINATION) -> Floats:
    """Return a projection minus its uneven illumination, shape (rows, columns).

    Illumination is the image smoothed with a Gaussian (`scipy.ndimage.gaussian_filter`), by default of 10 pixels.

    Parameters
    ----------
    projection : array, shape (rows, columns)
        In any unit.
    illumination : float
        Standard deviation of the Gaussian in pixels.

    Raises
    ------
    UnmeasurableError
        If the image is empty or has one value only.
    """
    image = np.asarray(projection, dtype=np.float64)
    if image.ndim != 2 or not image.size or not np.ptp(image) > 0:
        raise UnmeasurableError("a projection is empty or has one value only")
    return np.asarray(image - ndimage.gaussian_filter(image, illumination))


def detail_correlation(first: Floats, second: Floats) -> float:
    """Return Pearson's r of the pixels of two `detail` projections, -1 to 1.

    Raises
    ------
    UnmeasurableError
        If the sizes differ.
    """
    if first.shape != second.shape:
        raise UnmeasurableError(f"projections of {first.shape} and {second.shape} pixels")
    return float(correlation(first.reshape(-1, 1), second.reshape(-1, 1))[0, 0])


def _bin_traces(traces: Floats, clock: Floats) -> tuple[int, Floats]:
    """Return the first bin's number and the bin means, empty ones filled.

    Raises
    ------
    UnmeasurableError
        If fewer than half of the bins have a frame.
    """
    bins = np.floor(clock / BIN).astype(np.int64)
    starts = np.flatnonzero(np.diff(bins, prepend=bins[0] - 1))
    number = int(bins[-1] - bins[0]) + 1
    if number > 2 * len(starts):  # one wrong time would else fill the memory with bins that no frame is in
        raise UnmeasurableError(f"{len(starts)} of {number} bins of {BIN:g} s have a frame, at least half are needed")
    counts = np.diff(np.append(starts, len(bins)))
    means = np.add.reduceat(traces, starts, axis=0) / counts[:, None]
    filled = np.repeat(np.arange(len(starts)), np.diff(bins[starts], append=bins[-1] + 1))
    return int(bins[0]), means[filled]


def _together(first: PlaneSummary, second: PlaneSummary) -> tuple[Floats, Floats]:
    """Return the traces of two planes in their shared bins."""
    begin = max(first.first_bin, second.first_bin)
    end = min(plane.first_bin + len(plane.traces) for plane in (first, second))
    if end - begin < FEWEST_BINS:
        raise UnmeasurableError(
            f"{max(end - begin, 0) * BIN:.0f} s shared by both planes, at least {FEWEST_BINS * BIN:.0f} s are needed"
        )
    one, other = (plane.traces[begin - plane.first_bin : end - plane.first_bin] for plane in (first, second))
    return one.astype(np.float64), other.astype(np.float64)


def _same_place(first: PlaneSummary, second: PlaneSummary) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return the column numbers of co-located cells of two planes."""
    rows, columns = np.nonzero(shared_pixels(first.masks, second.masks) >= SAME_PLACE)
    if len(rows) < FEWEST_PAIRS:
        raise UnmeasurableError(f"{len(rows)} pairs of co-located cells, at least {FEWEST_PAIRS} are needed")
    return rows, columns
