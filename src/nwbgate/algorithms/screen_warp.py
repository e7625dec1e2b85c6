"""Image warping for a flat monitor close to the eye.

Geometry and formulas: AllenSDK 2.16.2, restated; equal to its images pixel by pixel.
"""

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from nwbgate.extras import import_extra

FloatArray = npt.NDArray[np.float64]

#: Rows and columns of the monitor.
ROWS, COLUMNS = 1200, 1920
#: Gray around an image.
GRAY = 127
#: Distance of the eye from the monitor, in cm; the eye is before its center.
DISTANCE = 15.0
#: Diagonal of the monitor in cm, from which the warping has the size of a pixel.
DIAGONAL = 61.214
#: Width and height of the monitor in cm, from which the mask has the size of a pixel. They differ from the diagonal's.
WIDTH, HEIGHT = 51.0, 32.5


def center_image(image: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return an image in the middle of a gray screen.

    Parameters
    ----------
    image : numpy.ndarray, shape (rows, columns), uint8
        Not larger than the screen.

    Returns
    -------
    numpy.ndarray, shape (1200, 1920), uint8
    """
    screen = np.full((ROWS, COLUMNS), GRAY, dtype=np.uint8)
    top, left = (ROWS - image.shape[0]) // 2, (COLUMNS - image.shape[1]) // 2
    screen[top : top + image.shape[0], left : left + image.shape[1]] = image
    return screen


def warp_image(image: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return an image warped for the monitor, so that it looks flat.

    A pixel at (y, x) cm from the center shows the centered image at (k y, k x), with k = d atan(rho / d) / rho, rho
    its distance from the center and d that of the eye; sampled by cubic splines, 0 outside.

    Parameters
    ----------
    image : numpy.ndarray, shape (rows, columns), uint8
        Not larger than the screen.

    Returns
    -------
    numpy.ndarray, shape (1200, 1920), uint8
    """
    ndimage = import_extra("scipy.ndimage", "rig")
    found: npt.NDArray[np.uint8] = ndimage.map_coordinates(center_image(image), _pixel_places(), output=np.uint8)
    return found


def unwarp_image(image: npt.NDArray[np.uint8]) -> FloatArray:
    """Return a centered image, NaN where no pixel of the monitor shows it.

    Parameters
    ----------
    image : numpy.ndarray, shape (rows, columns), uint8
        Not larger than the screen.

    Returns
    -------
    numpy.ndarray, shape (1200, 1920), float64
    """
    return np.where(shown_mask(), center_image(image).astype(np.float64), np.nan)


@lru_cache
def shown_mask() -> npt.NDArray[np.bool_]:
    """Return the image pixels that the monitor shows, shape (1200, 1920)."""
    row, column = _places(HEIGHT / ROWS, WIDTH / COLUMNS)
    mask = np.zeros((ROWS, COLUMNS), dtype=bool)
    mask[np.trunc(row).astype(np.int64) + ROWS // 2, np.trunc(column).astype(np.int64) + COLUMNS // 2] = True
    mask.flags.writeable = False
    return mask


@lru_cache
def _pixel_places() -> FloatArray:
    """Return each monitor pixel's place in the image, shape (2, 1200, 1920)."""
    pixel = DIAGONAL / np.sqrt(1 + (COLUMNS / ROWS) ** 2) / ROWS
    row, column = _places(pixel, pixel)
    return np.stack([ROWS // 2 + row, COLUMNS // 2 + column])


def _places(height: float, width: float) -> tuple[FloatArray, FloatArray]:
    """Return the place shown by each pixel, in pixels from the center."""
    y = ((np.arange(ROWS) - ROWS // 2) * height)[:, np.newaxis]
    x = ((np.arange(COLUMNS) - COLUMNS // 2) * width)[np.newaxis, :]
    rho = np.hypot(x, y)
    k = np.ones_like(rho)
    outside = rho > 0
    k[outside] = DISTANCE * np.arctan(rho[outside] / DISTANCE) / rho[outside]
    return y * k / height, x * k / width
