"""Traces of a plane as one lazy xarray dataset."""

from typing import TYPE_CHECKING, Any

import numpy as np
import xarray
from xarray.backends import BackendArray
from xarray.core import indexing

from nwbgate.reading.planes.streams import MATRICES

if TYPE_CHECKING:
    from nwbgate.reading.planes.plane import Plane

#: Descriptions and units of the variables.
_ABOUT = {
    "dff": ("Fluorescence over its baseline minus one.", "n.a."),
    "corrected": ("Fluorescence, demixed, with the neuropil times r subtracted.", "a.u."),
    "demixed": ("Fluorescence with overlapping cells demixed.", "a.u."),
    "neuropil": ("Fluorescence of the neuropil around each cell.", "a.u."),
    "events": ("Size of the calcium event that begins in the frame, zero elsewhere.", "n.a."),
}


class _Traces(BackendArray):
    """A matrix of a plane, read on indexing."""

    def __init__(self, plane: "Plane", name: str, shape: tuple[int, int]) -> None:
        self.plane, self.name = plane, name
        self.shape, self.dtype = shape, np.dtype(np.float64)

    def __getitem__(self, key: indexing.ExplicitIndexer) -> Any:
        """Return a part of the matrix."""
        basic = indexing.IndexingSupport.BASIC
        return indexing.explicit_indexing_adapter(key, self.shape, basic, self.plane.matrix(self.name).__getitem__)


def traces_dataset(plane: "Plane") -> xarray.Dataset:
    """Return the available traces of a plane, time x cell.

    Parameters
    ----------
    plane : Plane
        The plane, whose kept matrices the dataset shares.
    """
    times, cells = plane.ophys_timestamps, plane.cell_specimen_ids
    shape = (len(times), len(cells))
    variables = {
        name: xarray.Variable(
            ("time", "cell"),
            indexing.LazilyIndexedArray(_Traces(plane, name, shape)),
            {"long_name": _ABOUT[name][0], "units": _ABOUT[name][1]},
        )
        for name in MATRICES
        if plane.has(name)
    }
    coordinates = {
        "time": ("time", times, {"long_name": "Time on the session's clock.", "units": "s"}),
        "cell_roi_id": ("cell", plane.cell_roi_ids),
        "cell_specimen_id": ("cell", cells),
    }
    return xarray.Dataset(variables, coordinates, {"plane": plane.name})
