"""The sessions' image set: smooth noise in the size of natural images."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from nwbgate.samples.rig.python2_pickle import write_pickle
from nwbgate.samples.rig.session import IMAGE_SET, IMAGES

#: Rows and columns of an image.
SHAPE = (918, 1174)


def images() -> dict[str, npt.NDArray[np.uint8]]:
    """Return the images by name, in the order of the set."""
    return {name: _image(number) for number, name in enumerate(IMAGES)}


def write_image_set(folder: Path) -> Path:
    """Write the set as a pickle of ``{category: {name: pixels}}`` and return its path."""
    path = folder / f"{IMAGE_SET}.pkl.gz"
    write_pickle(path, {name: {name: pixels} for name, pixels in images().items()}, protocol=2)
    return path


def _image(number: int) -> npt.NDArray[np.uint8]:
    """Return coarse noise, magnified without interpolation so that it packs well."""
    coarse = np.random.default_rng(number).integers(0, 8, (18, 23)) * 32
    rows = -(-SHAPE[0] // coarse.shape[0])
    whole: npt.NDArray[np.uint8] = np.kron(coarse, np.ones((rows, rows + 1)))[: SHAPE[0], : SHAPE[1]].astype(np.uint8)
    return whole
