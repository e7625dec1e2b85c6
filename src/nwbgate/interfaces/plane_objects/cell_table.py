"""Table of a plane's cells: one row per ROI, with its mask."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from hdmf.common import DynamicTableRegion, VectorData
from neuroconv.tools.hdmf import SliceableDataChunkIterator
from pynwb import NWBFile
from pynwb.ophys import ImageSegmentation, ImagingPlane, PlaneSegmentation

from nwbgate.interfaces.plane_objects.modules import container_in

#: Gigabytes of masks that are held at once.
BUFFER = 0.05


def cell_table(nwbfile: NWBFile, plane: str) -> PlaneSegmentation | None:
    """Return the table of cells of a plane, or None."""
    found = container_in(nwbfile, ImageSegmentation, "ImageSegmentation").plane_segmentations
    return found.get(plane, None)


def add_cell_table(
    nwbfile: NWBFile, imaging_plane: ImagingPlane, ids: npt.NDArray[Any], columns: Sequence[VectorData]
) -> PlaneSegmentation:
    """Add the table of cells of a plane, named like the plane.

    Parameters
    ----------
    nwbfile : NWBFile
        File to add to.
    imaging_plane : ImagingPlane
        The plane, in the file.
    ids : numpy.ndarray, shape (cells,), integers
        ``cell_roi_id`` of each cell.
    columns : sequence of VectorData
        Columns, the masks among them.
    """
    plane = imaging_plane.name
    table = PlaneSegmentation(
        name=plane,
        description=f"Cells of plane {plane}; the id of a row is its cell_roi_id.",
        imaging_plane=imaging_plane,
        id=ids,
        columns=list(columns),
    )
    container_in(nwbfile, ImageSegmentation, "ImageSegmentation").add_plane_segmentation(table)
    return table


def region(table: PlaneSegmentation, rows: Sequence[int]) -> DynamicTableRegion:
    """Return a reference to rows of the table of cells of a plane."""
    return table.create_roi_table_region(region=list(rows), description=f"The cells of plane {table.name}.")


def masks(data: Any, description: str) -> VectorData:
    """Return the column of masks, read lazily while writing.

    Parameters
    ----------
    data
        Anything with shape (cells, rows, columns), dtype and slicing; true inside the cell.
    description : str
        Description of the column.
    """
    values = (
        _Masks(data=data, buffer_gb=BUFFER) if len(data) else np.empty(data.shape, data.dtype)
    )  # a plane of no cell
    return VectorData(name="image_mask", description=description, data=values)


class _Masks(SliceableDataChunkIterator):  # type: ignore[misc]  # NeuroConv has no types
    """Masks that can be iterated repeatedly before they are written.

    NeuroConv 0.10 iterates over the columns of tables to see what is in them. Of an iterator that gives its blocks once
    nothing is then left, and it writes masks that are empty.
    """

    def __iter__(self) -> SliceableDataChunkIterator:
        """Return a separate iterator, so that this one stays at its beginning."""
        return SliceableDataChunkIterator(data=self.data, buffer_gb=BUFFER)
