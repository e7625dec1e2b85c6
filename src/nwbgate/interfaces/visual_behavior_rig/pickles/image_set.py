"""Image sets: a pickle of images by category and name."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from nwbgate.errors import SourceError, UsageError
from nwbgate.interfaces.visual_behavior_rig.pickles.pickle_items import words
from nwbgate.storage.plain_pickle import load_plain

#: Endings of files of image sets.
_ENDINGS = (".pkl", ".pkl.gz")
#: Order of the images of sets whose order is known from a session: index in a table to name.
KNOWN_ORDERS = {
    "Natural_Images_Lum_Matched_set_training_2017.07.14": (
        "im065", "im077", "im066", "im061", "im063", "im062", "im085", "im069",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class ImageSet:
    """Images in the order of their set.

    Attributes
    ----------
    path : Path
        The pickle.
    images : dict of str to numpy.ndarray, shape (rows, columns), uint8
        Each image by its name.
    """

    path: Path
    images: dict[str, npt.NDArray[np.uint8]]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the images, in the order of the set."""
        return tuple(self.images)


def find_image_set(folder: Path, name: str) -> Path:
    """Return the file of an image set in a folder, ignoring case.

    Raises
    ------
    UsageError
        If there is no such folder, or not one file of this name in it.
    """
    if not folder.is_dir():
        raise UsageError("there is no such folder", where=str(folder), expected="image sets", fix="check the path")
    files = sorted(path for path in folder.iterdir() if path.is_file())
    matching = [path for path in files if path.name.lower() in {f"{name}{ending}".lower() for ending in _ENDINGS}]
    if len(matching) == 1:
        return matching[0]
    raise UsageError(
        "the folder does not have the image set of the session",
        where=str(folder),
        got=", ".join(path.name for path in matching or files)[:300] or "nothing",
        expected=f"one of {', '.join(f'{name}{ending}' for ending in _ENDINGS)}",
        fix="name the folder that holds the image sets, or leave the images out",
    )


def read_image_set(path: Path) -> ImageSet:
    """Return the images of a set.

    Raises
    ------
    UsageError
        If there is no such file.
    SourceError
        If it is not a set of gray images of one size, each with its own name.
    """
    content = load_plain(path, "an image set")
    images: dict[str, npt.NDArray[np.uint8]] = {}
    for category in _dictionary(content, path).values():
        for name, image in _dictionary(category, path).items():
            if words(name) in images:
                raise _unsound(path, f"{words(name)} twice")
            images[words(name)] = _gray(image, path, words(name))
    if not images or len({image.shape for image in images.values()}) > 1:
        raise _unsound(path, f"{len(images)} images of several sizes" if images else "no image")
    return ImageSet(path, images)


def _dictionary(content: Any, path: Path) -> dict[Any, Any]:
    if isinstance(content, dict) and all(isinstance(key, str | bytes) for key in content):
        return content
    raise _unsound(path, f"a {type(content).__name__}")


def _gray(image: Any, path: Path, name: str) -> npt.NDArray[np.uint8]:
    if isinstance(image, np.ndarray) and image.ndim == 2 and image.dtype == np.uint8:
        return np.array(image, subok=False)
    got = f"shape {image.shape}, {image.dtype}" if isinstance(image, np.ndarray) else f"a {type(image).__name__}"
    raise _unsound(path, f"{name}: {got}")


def _unsound(path: Path, got: str) -> SourceError:
    return SourceError(
        "this is not an image set",
        where=str(path),
        got=got,
        expected="a dictionary of categories, each a dictionary of names and gray images (uint8)",
        fix="use the image set as the rig has it",
    )
