"""Facts about a plane's images: projections and mask image."""

from collections.abc import Iterator, Mapping
from hashlib import blake2b
from typing import Any

import h5py
import numpy as np
import pandas as pd

from nwbgate.algorithms.similarity import correlation
from nwbgate.reading.facts.records import records_frame
from nwbgate.reading.format.layouts import LayoutName, session_tables
from nwbgate.reading.format.session_table import places
from nwbgate.storage.hdf5 import group_at

#: The image of all masks.
SEGMENTATION = "segmentation_mask_image"
_AVERAGE, _MAXIMUM = "average_image", "max_projection"
#: Every second row and column is compared; a cell has about ten of each.
_STEP = 2

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
    averages: dict[str, Image] = {}
    maxima: list[tuple[dict[str, Any], Image]] = []
    for plane, image, pixels in _images(file, layout, planes):
        rows.append({"plane": plane, "image_name": image} | _numbers(pixels, image, unions.get(str(plane))))
        if image == _AVERAGE:
            averages[str(plane)] = pixels[::_STEP, ::_STEP]
        elif image == _MAXIMUM:
            maxima.append((rows[-1], pixels))
    for row, pixels in maxima:
        row.update(_likeness(pixels, str(row["plane"]), averages))
    whole = {"height", "width", "n_missing", "n_surplus"}
    return records_frame(rows, session_tables().summaries["projection_images"].columns, whole)


def _images(file: h5py.File, layout: LayoutName, planes: dict[str, str]) -> Iterator[tuple[str | None, str, Image]]:
    """Yield plane, name and pixels of each image."""
    for home in session_tables().tables["projections"].homes.get(layout, ()):
        for path, plane in places(file, home, planes):
            group, name = group_at(file, path), plane or next(iter(planes.values()), None)
            for image in group or ():
                data = group[image] if group is not None else None
                if isinstance(data, h5py.Dataset) and data.ndim == 2 and data.dtype.kind in "biuf":
                    yield name, image, data[()]


def _likeness(maximum: Image, plane: str, averages: Mapping[str, Image]) -> dict[str, Any]:
    """Return correlations of a maximum with averages: its own, upright and turned, and others."""
    upright = maximum[::_STEP, ::_STEP]
    own = averages.get(plane)
    if own is None or own.shape != upright.shape or not own.size:
        return {}
    ways = (maximum[::-1], maximum[:, ::-1], maximum[::-1, ::-1], *([maximum.T] if np.ptp(maximum.shape) == 0 else []))
    others = {
        name: _alike(upright, other) for name, other in averages.items() if name != plane and other.shape == own.shape
    }
    return {
        "likeness": _alike(upright, own),
        "likeness_turned": max(_alike(way[::_STEP, ::_STEP], own) for way in ways),
        "likeness_other": max(others.values(), default=np.nan),
        "other_plane": max(others, key=others.__getitem__, default=None),
    }


def _alike(one: Image, other: Image) -> float:
    return correlation(one.ravel(), other.ravel())


def _numbers(image: Image, name: str, union: Image | None) -> dict[str, Any]:
    known: dict[str, Any] = {"height": image.shape[0], "width": image.shape[1]}
    known |= {"lowest": float(image.min()), "highest": float(image.max())} if image.size else {}
    known["digest"] = blake2b(image.tobytes(), digest_size=16).hexdigest()
    if name == SEGMENTATION and union is not None and union.shape == image.shape:
        masked = image != 0
        known |= {"n_missing": int((union & ~masked).sum()), "n_surplus": int((masked & ~union).sum())}
    return known
