"""Stimulus images, warped for the monitor and unwarped."""

from typing import Any

import h5py
import numpy as np
import pandas as pd

from nwbgate.reading.format.dynamic_table import read_values
from nwbgate.reading.format.layouts import LayoutName
from nwbgate.storage.hdf5 import dataset_at, group_at
from nwbgate.storage.values import malformed_value, stored_content, text

_TEMPLATES = "/stimulus/templates"
#: Column to the container of its images in our files, and to the dataset of the stack in released ones.
_STANDARD = {"unwarped": "stimulus_images_unwarped", "warped": "stimulus_images"}
_RELEASED = {"unwarped": "unwarped", "warped": "data"}

Pixels = np.ndarray[Any, np.dtype[Any]]


def stimulus_images(file: h5py.File, layout: LayoutName) -> pd.DataFrame:
    """Return the images by ``image_name``: ``unwarped`` (float64, NaN outside the mask) and ``warped`` (uint8).

    Parameters
    ----------
    file : h5py.File
        An open file.
    layout : {"standard", "released"}
        Its layout.
    """
    images = _of_stack(file) if layout == "released" else _of_containers(file)
    names = list(next(iter(images.values()), {}))
    frame = pd.DataFrame(
        {column: pd.Series([by_name.get(name) for name in names], dtype=object) for column, by_name in images.items()}
    )
    frame.index = pd.Index(names, name="image_name", dtype=object)
    return frame


def _dataset(group: h5py.Group, name: str) -> h5py.Dataset:
    found = dataset_at(group, name)
    if found is None:
        raise malformed_value(group, f"no dataset {name}", "images and their names")
    return found


def _of_stack(file: h5py.File) -> dict[str, dict[str, Pixels]]:
    """Read the only image stack that is not a movie."""
    group = group_at(file, _TEMPLATES)
    items = [group_at(group, name) for name in group] if group is not None else []
    stacks = [item for item in items if item is not None and "control_description" in item]
    if not stacks:
        return {column: {} for column in _RELEASED}
    names = list(read_values(_dataset(stacks[0], "control_description")))
    return {
        column: dict(zip(names, stored_content(_dataset(stacks[0], leaf)), strict=False))
        for column, leaf in _RELEASED.items()
    }


def _of_containers(file: h5py.File) -> dict[str, dict[str, Pixels]]:
    found: dict[str, dict[str, Pixels]] = {}
    for column, name in _STANDARD.items():
        group = group_at(file, f"{_TEMPLATES}/{name}")
        order = None if group is None else dataset_at(group, "order_of_images")
        names = [] if order is None else [text(path).rsplit("/", 1)[-1] for path in read_values(order)]
        found[column] = {image: stored_content(_dataset(group, image)) for image in names} if group is not None else {}
    return found
