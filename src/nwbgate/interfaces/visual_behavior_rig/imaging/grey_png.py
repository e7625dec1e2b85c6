"""Projections of a plane: 8-bit grey PNG files."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from nwbgate.errors import SourceError, UsageError
from nwbgate.extras import import_extra


def read_grey_png(path: Path, height: int, width: int) -> npt.NDArray[np.uint8]:
    """Return the pixels of a grey PNG, rows x columns.

    Parameters
    ----------
    path : Path
        The file.
    height, width : int
        Field of view in pixels, which the image must have.

    Raises
    ------
    UsageError
        If there is no such file.
    SourceError
        If it is no PNG, has another size, or is not grey with 8 bits.
    """
    if not path.is_file():
        raise UsageError("there is no such file", where=str(path), expected="a projection (PNG)", fix="check the path")
    pillow = import_extra("PIL.Image", "rig")
    try:
        with pillow.open(path, formats=["PNG"]) as image:
            if image.size != (width, height) or image.mode != "L":  # told by the header, before any pixel is read
                got = f"{image.size[1]} x {image.size[0]} pixels, mode {image.mode}"
                raise _wrong("a projection does not fit the field of view", path, got, height, width)
            return np.array(image, dtype=np.uint8)
    except (OSError, SyntaxError, ValueError, pillow.DecompressionBombError) as problem:
        raise _wrong("a projection cannot be read", path, str(problem), height, width) from problem


def _wrong(what: str, path: Path, got: str, height: int, width: int) -> SourceError:
    expected = f"a PNG of {height} rows and {width} columns, grey with 8 bits"
    fix = "use the projection of this plane, as the imaging pipeline wrote it"
    return SourceError(what, where=str(path), got=got, expected=expected, fix=fix)
