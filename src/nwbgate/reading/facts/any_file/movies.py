"""Movies of imaging planes: the size of their frames."""

from collections.abc import Iterable
from typing import Any

import h5py
import pandas as pd

from nwbgate.reading.facts.records import records_frame
from nwbgate.reading.format.layouts import session_tables
from nwbgate.storage.hdf5 import address, dataset_at, group_at
from nwbgate.storage.values import whole_numbers


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
            rows.append({"path": group.name, "plane": name, "one_side": min(size), "other_side": max(size)})
    return records_frame(rows, session_tables().summaries["movies"].columns)


def _size(group: h5py.Group) -> tuple[Any, Any] | None:
    """Return a movie's frame size, from its data or declared dimension."""
    data, dimension = dataset_at(group, "data"), dataset_at(group, "dimension")
    if data is not None and data.shape and len(data.shape) >= 3 and data.shape[0] and min(data.shape[1:3]):
        return data.shape[1], data.shape[2]
    if dimension is not None and dimension.shape is not None and dimension.size >= 2:
        sides = whole_numbers(dimension)
        return (int(sides[0]), int(sides[1])) if min(sides[:2]) > 0 else None
    return None
