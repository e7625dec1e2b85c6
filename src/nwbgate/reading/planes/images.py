"""An image of an imaging plane, and how large its pixels are."""

from typing import Any, Self

import numpy as np


class PlaneImage(np.ndarray[Any, np.dtype[Any]]):
    """An image as an array, rows x columns, with the fields of AllenSDK's ``Image`` beside it.

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
        """Return an image that shares the pixels of an array."""
        image = np.asarray(pixels).view(cls)
        image.spacing, image.unit = spacing, "mm"
        return image

    def __array_finalize__(self, made_from: np.ndarray[Any, np.dtype[Any]] | None) -> None:
        """Give what is made of an image, such as a part of it, its spacing."""
        self.spacing = getattr(made_from, "spacing", None)
        self.unit = "mm"
