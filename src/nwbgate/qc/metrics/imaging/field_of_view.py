"""One field of view in two sessions: registration of projections, matched cells.

Registration and similarity are scikit-image's, which the extra ``qc`` installs.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from scipy import ndimage, stats

from nwbgate.errors import MissingExtraError
from nwbgate.extras import import_extra
from nwbgate.qc.measurement import Measurement
from nwbgate.qc.metrics.imaging.crosstalk import correlation, detail
from nwbgate.qc.metrics.imaging.traces import Floats
from nwbgate.qc.unmeasurable import UnmeasurableError, measure_row

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

#: Parts of a pixel to which a shift is found.
_PARTS = 10
#: Width in pixels (standard deviation) of what is removed as illumination before images are registered.
_ILLUMINATION = 20.0
#: Rows and columns that must be common to both images after registration; SSIM looks at windows of 7.
FEWEST_PIXELS = 16


@dataclass(frozen=True)
class ImageMatch:
    """Match of two images of one field of view.

    Attributes
    ----------
    shift : float
        Distance in pixels by which the image is moved to lie on the reference.
    correlation : float
        Pearson's r of the pixels that both have, after registration, -1 to 1.
    similarity : float
        Mean structural similarity (SSIM) of the same, -1 to 1, of images scaled to mean 0 and standard deviation 1.
    """

    shift: float
    correlation: float
    similarity: float


def registration_shift(reference: npt.ArrayLike, image: npt.ArrayLike) -> tuple[float, float]:
    """Return the shift in rows and columns onto the reference, to 0.1 pixels.

    The maximum of the cross-correlation (`skimage.registration.phase_cross_correlation`) after the uneven illumination
    is removed. Rotation is not looked for.

    Parameters
    ----------
    reference, image : array, shape (rows, columns)
        Average projections.

    Raises
    ------
    UnmeasurableError
        If sizes differ, or an image has one value only.
    MissingExtraError
        If scikit-image is not installed.
    """
    registration = import_extra("skimage.registration", "qc")
    fine = [detail(pixels, _ILLUMINATION) for pixels in _pair(reference, image)]
    shift, _, _ = registration.phase_cross_correlation(*fine, upsample_factor=_PARTS, normalization=None)
    return float(shift[0]), float(shift[1])


def match(reference: npt.ArrayLike, image: npt.ArrayLike) -> ImageMatch:
    """Return how well an image matches a reference after registration.

    Parameters
    ----------
    reference, image : array, shape (rows, columns)
        Average projections.

    Raises
    ------
    UnmeasurableError
        If sizes differ, an image has one value only, or the images have fewer than 16 rows or columns in common.
    MissingExtraError
        If scikit-image is not installed.
    """
    first, second = _pair(reference, image)
    rows, columns = registration_shift(first, second)
    moved = ndimage.shift(second, (rows, columns), order=1, mode="nearest")
    both = tuple(slice(*_common(shift, size)) for shift, size in zip((rows, columns), first.shape, strict=True))
    scaled = [_standardise(pixels[both]) for pixels in (first, moved)]
    metrics: Any = import_extra("skimage.metrics", "qc")
    similarity = metrics.structural_similarity(*scaled, data_range=float(np.ptp(scaled[0])))
    together = correlation(scaled[0].reshape(-1, 1), scaled[1].reshape(-1, 1))[0, 0]
    return ImageMatch(float(np.hypot(rows, columns)), float(together), float(similarity))


def matched_cells(reference: "Collection[int]", cells: "Collection[int]") -> float:
    """Return the share of cells found in both sessions, relative to the smaller session.

    Parameters
    ----------
    reference, cells : collection of int
        ``cell_specimen_id`` of the cells of each session; negative ones are of cells that were not matched.

    Raises
    ------
    UnmeasurableError
        If a session has no cell with an id.
    """
    ids = [{int(number) for number in each if number >= 0} for each in (reference, cells)]
    fewer = min(len(each) for each in ids)
    if not fewer:
        raise UnmeasurableError("a session has no cell with a cell_specimen_id")
    return len(ids[0] & ids[1]) / fewer


def trend(values: "Sequence[float]") -> float:
    """Return the change from first to last session, relative to the median.

    The Theil-Sen slope over the sessions in order, times their number less one.

    Raises
    ------
    UnmeasurableError
        If fewer than 3 sessions have the number, or its median is not positive.
    """
    known = [(place, value) for place, value in enumerate(values) if np.isfinite(value)]
    if len(known) < 3:
        raise UnmeasurableError(f"{len(known)} sessions with a number, at least 3 are needed")
    places, numbers = np.transpose(known)
    if not np.median(numbers) > 0:
        raise UnmeasurableError("the median over the sessions is not positive")
    return float(stats.theilslopes(numbers, places).slope * (len(values) - 1) / np.median(numbers))


def measure_match(reference: npt.ArrayLike, image: npt.ArrayLike, object: str) -> Iterator[Measurement]:
    """Yield the rows ``field_of_view.*`` of an image after one registration to the reference.

    Without scikit-image they say so, and what needs none (matched cells, depth) is measured all the same.
    """
    try:
        found = match(reference, image)
    except (UnmeasurableError, MissingExtraError) as error:
        reason = f"{error.what}: {error.fix}" if error.fix else error.what
        for name, unit in (("shift", "pixel"), ("correlation", "1"), ("similarity", "1")):
            yield Measurement(f"field_of_view.{name}", np.nan, unit, object, reason=reason)
        return
    yield measure_row("field_of_view.shift", lambda: found.shift, "pixel", object)
    yield measure_row("field_of_view.correlation", lambda: found.correlation, "1", object)
    yield measure_row("field_of_view.similarity", lambda: found.similarity, "1", object)


def _pair(reference: npt.ArrayLike, image: npt.ArrayLike) -> tuple[Floats, Floats]:
    first, second = np.asarray(reference, dtype=np.float64), np.asarray(image, dtype=np.float64)
    if first.shape != second.shape or first.ndim != 2:
        raise UnmeasurableError(f"projections of {first.shape} and {second.shape} pixels")
    if any(not pixels.size or not np.ptp(pixels) > 0 for pixels in (first, second)):
        raise UnmeasurableError("a projection is empty or has one value only")
    return first, second


def _common(shift: float, size: int) -> tuple[int, int]:
    """Return the rows (or columns) shared by both images after a shift."""
    begin, end = int(np.ceil(max(shift, 0))), size - int(np.ceil(max(-shift, 0)))
    if end - begin < FEWEST_PIXELS:
        raise UnmeasurableError(
            f"after a shift of {shift:.1f} pixels the images have {max(end - begin, 0)} rows in common"
        )
    return begin, end


def _standardise(pixels: Floats) -> Floats:
    spread = float(pixels.std())
    if not spread > 0:
        raise UnmeasurableError("the shared part of the projections has only one value")
    return np.asarray((pixels - pixels.mean()) / spread)
