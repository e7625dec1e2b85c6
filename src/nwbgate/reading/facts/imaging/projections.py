"""Facts about a plane's images: projections and mask image."""

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

import h5py
import numpy as np
import pandas as pd

from nwbgate.reading.facts.records import records_frame
from nwbgate.reading.format.layouts import LayoutName, session_tables
from nwbgate.reading.format.session_table import places
from nwbgate.storage.hdf5 import group_at

#: The image of all masks.
SEGMENTATION = "segmentation_mask_image"

Image = np.ndarray[Any, np.dtype[Any]]


def projection_frame(
    file: h5py.File, layout: LayoutName, planes: dict[str, str], unions: Mapping[str, Image]
) -> pd.DataFrame:
    """Return the summary ``projection_images`` of `session_tables.yaml`.

    Parameters
    ----------
    file : h5py.File
        An open NWB file.
    layout : {"standard", "released"}
        Layout whose images are meant.
    planes : dict
        Names of the planes by path; a released file has one.
    unions : mapping of str to array of bool, shape (rows, columns)
        Union of the masks of each plane.
    """
    rows: list[dict[str, Any]] = []
    for home in session_tables().tables["projections"].homes.get(layout, ()):
        for path, plane in places(file, home, planes):
            group, name = group_at(file, path), plane or next(iter(planes.values()), None)
            for image in group or ():
                data = group[image] if group is not None else None
                if isinstance(data, h5py.Dataset) and data.ndim == 2 and data.dtype.kind in "biuf":
                    rows.append({"plane": name, "image_name": image} | _numbers(data[()], image, unions.get(str(name))))
    whole = {"height", "width", "n_missing", "n_surplus"}
    return records_frame(rows, session_tables().summaries["projection_images"].columns, whole)


def _numbers(image: Image, name: str, union: Image | None) -> dict[str, Any]:
    known: dict[str, Any] = {"height": image.shape[0], "width": image.shape[1]}
    known |= {"lowest": float(image.min()), "highest": float(image.max())} if image.size else {}
    known["digest"] = blake2b(image.tobytes(), digest_size=16).hexdigest()
    if name == SEGMENTATION and union is not None and union.shape == image.shape:
        masked = image != 0
        known |= {"n_missing": int((union & ~masked).sum()), "n_surplus": int((masked & ~union).sum())}
    return known
