"""An image of an imaging plane with its pixel size."""

import struct
import zlib
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

    def _repr_png_(self) -> bytes | None:
        """Return the image as PNG for a notebook; None unless two-dimensional."""
        if self.ndim != 2 or not self.size:
            return None
        pixels = np.asarray(self, dtype=np.float64)
        lowest, highest = np.nanmin(pixels), np.nanmax(pixels)
        grey = np.nan_to_num((pixels - lowest) / max(highest - lowest, np.finfo(np.float64).tiny)) * 255
        return _png(grey.astype(np.uint8))


def _png(grey: np.ndarray[Any, np.dtype[np.uint8]]) -> bytes:
    """Return an 8-bit image as PNG (ISO/IEC 15948), rows unfiltered."""
    rows = np.pad(grey, ((0, 0), (1, 0))).tobytes()
    header = struct.pack(">IIBBBBB", grey.shape[1], grey.shape[0], 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )
