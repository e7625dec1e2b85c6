"""Movies of imaging planes: size of frames, blank and repeated ones."""

from collections.abc import Iterable
from typing import Any

import h5py
import numpy as np
import pandas as pd

from nwbgate.reading.facts.imaging.optics import METERS
from nwbgate.reading.facts.records import records_frame
from nwbgate.reading.format.layouts import session_tables
from nwbgate.storage.hdf5 import address, dataset_at, group_at
from nwbgate.storage.values import text_attribute, vector, whole_numbers

#: Frames of a movie that are looked at, each with the next one, and the fewest frames of a movie that tell anything.
_PAIRS, _FEWEST = 16, 20
#: Most bytes that are read for them.
_MOST = 64 * 2**20


def movie_frame(series: Iterable[h5py.Group], planes: dict[str, str], file: h5py.File) -> pd.DataFrame:
    """Return the summary ``movies`` of `session_tables.yaml`.

    Parameters
    ----------
    series : iterable of h5py.Group
        Time series of a file.
    planes : dict
        Name of each plane by the path of its ImagingPlane.
    file : h5py.File
        The file.
    """
    names = {address(file[path]): name for path, name in planes.items()}
    rows = []
    for group in series:
        plane = group_at(group, "imaging_plane")
        size = None if plane is None else _size(group)
        if plane is not None and size is not None:
            name = names.get(address(plane), "")
            sides = {"one_side": min(size), "other_side": max(size)}
            told = {"told_one": np.nan, "told_other": np.nan, **_told_sides(group), **_field(group, plane, size)}
            rows.append({"path": group.name, "plane": name, **sides, **told, **_frames(dataset_at(group, "data"))})
    return records_frame(rows, session_tables().summaries["movies"].columns)


def _frames(data: h5py.Dataset | None) -> dict[str, int]:
    """Return the numbers of frames looked at, blank, and equal to the next."""
    if data is None or data.ndim < 3 or len(data) < _FEWEST or data.dtype.kind not in "iuf":
        return {"n_looked_at": 0, "n_blank": 0, "n_doubled": 0}
    frame = int(np.prod(data.shape[1:])) * data.dtype.itemsize
    each = 2 * max(frame, int(np.prod(data.chunks)) * data.dtype.itemsize if data.chunks else 0)
    number = min(_PAIRS, _MOST // max(each, 1))
    starts = sorted({*np.linspace(0, len(data) - 2, number).astype(int).tolist()})
    pairs = [data[start : start + 2] for start in starts]
    blank = [bool((pair[0] == pair[0].flat[0]).all() or (pair[0] != pair[0]).all()) for pair in pairs]  # also NaN
    doubled = [not empty and np.array_equal(pair[0], pair[1]) for pair, empty in zip(pairs, blank, strict=True)]
    return {"n_looked_at": len(pairs), "n_blank": sum(blank), "n_doubled": sum(doubled)}


def _told_sides(group: h5py.Group) -> dict[str, Any]:
    """Return the sides that a movie's dimension tells, shorter first."""
    dimension = dataset_at(group, "dimension")
    if dimension is None or dimension.ndim != 1 or len(dimension) < 2 or dimension.dtype.kind not in "iu":
        return {}
    sides = [int(side) for side in whole_numbers(dimension)[:2]]
    return {"told_one": min(sides), "told_other": max(sides)}


def _field(group: h5py.Group, plane: h5py.Group, size: tuple[Any, Any]) -> dict[str, Any]:
    """Return the longer side of the field of view, told and by pixels."""
    field, spacing = dataset_at(group, "field_of_view"), dataset_at(plane, "grid_spacing")
    told = step = np.nan
    if field is not None and field.ndim == 1 and len(field) > 1 and field.dtype.kind in "iuf":
        told = float(vector(field, 16)[:2].max())
    if spacing is not None and spacing.ndim == 1 and len(spacing) > 1 and spacing.dtype.kind in "iuf":
        step = float(vector(spacing, 16)[:2].max()) * METERS.get(text_attribute(spacing, "unit"), np.nan)
    return {"told_field": told, "pixel_field": max(size) * step}


def _size(group: h5py.Group) -> tuple[Any, Any] | None:
    """Return a movie's frame size, from its data or declared dimension."""
    data, dimension = dataset_at(group, "data"), dataset_at(group, "dimension")
    if data is not None and data.shape and len(data.shape) >= 3 and data.shape[0] and min(data.shape[1:3]):
        return data.shape[1], data.shape[2]
    if dimension is not None and dimension.shape is not None and dimension.size >= 2:
        sides = whole_numbers(dimension)
        return (int(sides[0]), int(sides[1])) if min(sides[:2]) > 0 else None
    return None
