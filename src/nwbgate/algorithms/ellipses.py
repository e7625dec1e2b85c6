"""Ellipses that were fitted to an eye: areas and likely blinks. AllenSDK 2.16.2, restated."""

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

#: Standard deviations from the mean beyond which an area is that of a failed fit.
OUTLIER = 3.0
#: Frames on either side of a blink that count as blink.
DILATION = 2


def ellipse_area(width: FloatArray, height: FloatArray) -> FloatArray:
    """Return areas of ellipses, pi times both semi-axes, in the square of their unit.

    Parameters
    ----------
    width, height : numpy.ndarray, shape (frames,)
        Semi-axes.
    """
    return np.pi * width * height


def pupil_area(width: FloatArray, height: FloatArray) -> FloatArray:
    """Return areas of the circles around ellipses: pi times squared longer semi-axis.

    A pupil that is seen from the side is an ellipse whose longer axis is its diameter.

    Parameters
    ----------
    width, height : numpy.ndarray, shape (frames,)
        Semi-axes. Where only the height is NaN, the width counts; where the width is NaN, the area is NaN.
    """
    longer = np.where(height > width, height, width)
    return np.pi * longer**2


def likely_blinks(*areas: FloatArray) -> BoolArray:
    """Return failed and outlying frames, and two more on either side.

    Parameters
    ----------
    *areas : numpy.ndarray, shape (frames,)
        Areas of the eye and of the pupil. A frame is an outlier where one is NaN, or more than three standard
        deviations (of the known ones) from its mean.
    """
    failed: BoolArray = np.logical_or.reduce([_outliers(area) for area in areas])
    if not len(failed):
        return failed
    found: BoolArray = np.convolve(failed, np.ones(2 * DILATION + 1))[DILATION:-DILATION] > 0.5
    return found


def _outliers(area: FloatArray) -> BoolArray:
    known = area[~np.isnan(area)]
    if not len(known):
        return np.ones(len(area), dtype=bool)
    with np.errstate(invalid="ignore", divide="ignore"):
        outliers: BoolArray = np.isnan(area) | (np.abs((area - known.mean()) / known.std()) > OUTLIER)
    return outliers
