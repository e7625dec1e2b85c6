"""An image of an imaging plane with its pixel size."""

from typing import Any, Self

import numpy as np


class PlaneImage(np.ndarray[Any, np.dtype[Any]]):
    """An image as an array, rows x columns, with the fields of AllenSDK's ``Image``.

    Parameters
    ----------
    pixels : array
        The image.
    spacing : tuple of float, optional
        Width and height of a pixel in `unit`.

    Attributes
    ----------
    spacing : tuple of float or None
        As given; None where the file does not say it.
    unit : str
        ``mm``.
    """

    spacing: tuple[float, float] | None
    unit: str

    def __new__(cls, pixels: np.ndarray[Any, np.dtype[Any]], spacing: tuple[float, float] | None = None) -> Self:
        """Return an image that shares an array's pixels."""
        image = np.asarray(pixels).view(cls)
        image.spacing, image.unit = spacing, "mm"
        return image

    def __array_finalize__(self, made_from: np.ndarray[Any, np.dtype[Any]] | None) -> None:
        """Pass the spacing on to derived images."""
        self.spacing = getattr(made_from, "spacing", None)
        self.unit = "mm"
