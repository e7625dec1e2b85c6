"""Frames of image series and pictures, as the page draws them."""

from collections.abc import Sequence

import numpy as np

from nwbgate.browser.serving.keys import UnknownKeyError
from nwbgate.browser.serving.packing import Array, pack
from nwbgate.browser.tracks.image_stacks import ImageStack

#: Type of values that are sent as they are; others go as float32, of which the page makes shades.
_BYTE = np.dtype(np.uint8)


def stack_of(stacks: Sequence[ImageStack], number: int) -> ImageStack:
    """Return an image series, or a container of pictures, by its number."""
    if number >= len(stacks):
        raise UnknownKeyError(f"images {number}")
    return stacks[number]


def packed_times(stack: ImageStack) -> bytes:
    """Return the times of the frames of a series, packed."""
    if stack.times is None:
        raise UnknownKeyError(f"{stack.name} has no times")
    if stack.clock is not None:
        return pack({"start": stack.clock.start, "period": stack.clock.period}, {})
    return pack({"period": None}, {"times": np.asarray(stack.times(), np.float64)})


def packed_frame(stack: ImageStack, number: int) -> bytes:
    """Return one frame, packed: its pixels, size and range of values.

    Colours are bytes; values from 0 to 1 are stretched to them.
    """
    if not 0 <= number < stack.frames:
        raise UnknownKeyError(f"frame {number}")
    image = stack.frame(number)
    colours = image.shape[2] if image.ndim == 3 else 1
    pixels = _colours(image) if colours > 1 else _shades(image)
    finite = pixels[np.isfinite(pixels)]
    low, high = (finite.min(), finite.max()) if len(finite) else (0, 1)
    about = {"size": list(image.shape[:2]), "colours": colours, "low": low, "high": high}
    return pack(about, {"pixels": pixels})


def _shades(image: Array) -> Array:
    return image if image.dtype == _BYTE else image.astype(np.float32)


def _colours(image: Array) -> Array:
    if image.dtype == _BYTE:
        return image
    values = image.astype(np.float64)
    return np.nan_to_num(np.clip(values * (255 if np.nanmax(values) <= 1 else 1), 0, 255)).astype(np.uint8)
