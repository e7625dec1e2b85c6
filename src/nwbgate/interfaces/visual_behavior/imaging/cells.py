"""Cells of a plane: one row per region of interest, with mask and parameters."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from hdmf.common import DynamicTableRegion, VectorData
from pynwb import NWBFile
from pynwb.ophys import PlaneSegmentation

from nwbgate.errors import SourceError
from nwbgate.interfaces.plane_objects.cell_table import add_cell_table, cell_table, masks, region
from nwbgate.interfaces.visual_behavior.imaging.imaging_plane import imaging_plane
from nwbgate.interfaces.visual_behavior.imaging.plane_stream import OPHYS, PlaneInterface
from nwbgate.interfaces.visual_behavior.release.file import ReleasedFile
from nwbgate.interfaces.visual_behavior.texts import description
from nwbgate.reading.format.layouts import session_tables

#: The table of cells in a released file.
SOURCE = f"{OPHYS}/image_segmentation/cell_specimen_table"
#: Column to the values that a released file has elsewhere, and to the rows of the table that they are of.
_BY_ROI = {
    "r": (f"{OPHYS}/corrected_fluorescence/r/data", f"{OPHYS}/corrected_fluorescence/r/rois"),
    "RMSE": (f"{OPHYS}/corrected_fluorescence/RMSE/data", f"{OPHYS}/corrected_fluorescence/RMSE/rois"),
    "lambda": (f"{OPHYS}/event_detection/lambdas", f"{OPHYS}/event_detection/rois"),
    "noise_std": (f"{OPHYS}/event_detection/noise_stds", f"{OPHYS}/event_detection/rois"),
}
_NO_COLUMNS = ("id", "image_mask", "imaging_plane", "reference_images")


class CellsInterface(PlaneInterface):
    """Table of cells: identifiers, masks, extent, quality, neuropil and event parameters."""

    display_name = "Visual Behavior cells"
    info = "Interface for the cells of an imaging plane of the Visual Behavior release."
    table_name = "cells"

    def _add_stream(self, nwbfile: NWBFile, metadata: Mapping[str, Any]) -> None:
        """Add the table."""
        released_cell_table(nwbfile, metadata, self.source, self.plane_name)

    def _warn_of_other_columns(self) -> None:
        """Stay silent: undescribed columns are copied with the source's description."""


def released_cell_table(
    nwbfile: NWBFile, metadata: Mapping[str, Any], source: ReleasedFile, plane: str
) -> PlaneSegmentation:
    """Return a plane's table of cells, adding both if missing.

    Parameters
    ----------
    nwbfile : NWBFile
        File to add to.
    metadata : mapping
        Complete metadata, with the texts of the tables.
    source : ReleasedFile
        The file of the plane.
    plane : str
        Name of the plane in the written file, and of the table.

    Raises
    ------
    SourceError
        If the source has no such table, or says something of a cell that is not in it.
    """
    if (found := cell_table(nwbfile, plane)) is not None:
        return found
    source.table("cells")  # which refuses columns that are lost, or hold something else
    ids = source.array(f"{SOURCE}/id")
    mask = masks(source.numbers(f"{SOURCE}/image_mask", len(ids), each="cell"), description(metadata, "image_mask"))
    columns = [*_stored_columns(source), *_columns_by_roi(source, len(ids)), mask]
    return add_cell_table(nwbfile, imaging_plane(nwbfile, metadata, source, plane), ids, columns)


def released_region(
    nwbfile: NWBFile, metadata: Mapping[str, Any], source: ReleasedFile, plane: str, path: str
) -> DynamicTableRegion:
    """Return a reference to the rows of the table of cells named by `path`."""
    table = released_cell_table(nwbfile, metadata, source, plane)
    return region(table, _rows(source, path, len(table.id)).tolist())


def _stored_columns(source: ReleasedFile) -> list[VectorData]:
    described = session_tables().tables["cells"].columns
    names = [name for name in source.names(SOURCE) if name not in _NO_COLUMNS]
    return [
        VectorData(
            name=name,
            description=str(described[name].description if name in described else _described_column(source, name)),
            data=source.array(f"{SOURCE}/{name}"),
        )
        for name in names
    ]


def _described_column(source: ReleasedFile, name: str) -> str:
    return str(source.attributes(f"{SOURCE}/{name}").get("description", "Not described in the source."))


def _columns_by_roi(source: ReleasedFile, length: int) -> list[VectorData]:
    """Return per-cell values stored as separate series; NaN where missing."""
    described = session_tables().tables["cells"].columns
    columns = []
    for name, (path, rois) in _BY_ROI.items():
        group, _, _ = path.rpartition("/")
        if not source.names(group):  # AllenSDK takes files without r and RMSE
            continue
        values, rows = source.numbers(path)[()], _rows(source, rois, length)
        if values.shape != rows.shape:
            raise _mismatch(source, path, f"{values.shape} values", f"{rows.shape}, one for each cell")
        column = np.full(length, np.nan)
        column[rows] = values
        columns.append(VectorData(name=name, description=str(described[name].description), data=column))
    return columns


def _rows(source: ReleasedFile, path: str, length: int) -> npt.NDArray[Any]:
    """Return rows of the table of cells, rejecting unknown and repeated ones."""
    rows = source.numbers(path)[()]
    if rows.dtype.kind not in "iu" or len(np.unique(rows)) != rows.size:
        raise _mismatch(source, path, f"{rows.size} rows of type {rows.dtype}", "whole numbers, each once")
    if rows.size and (rows.min() < 0 or rows.max() >= length):
        raise _mismatch(source, path, f"rows {rows.min()} to {rows.max()}", f"rows 0 to {length - 1} of {SOURCE}")
    return rows


def _mismatch(source: ReleasedFile, path: str, got: str, expected: str) -> SourceError:
    return SourceError(
        "the activity refers to unknown cells",
        where=f"{source.path}:{path}",
        got=got,
        expected=expected,
        fix="download the file again; if it is as released, leave this session out",
    )
