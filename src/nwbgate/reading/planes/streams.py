"""Locations of a plane's streams in a file, and the cells of their columns."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import h5py
import numpy as np
import pandas as pd

from nwbgate.errors import SourceError
from nwbgate.reading.format.layouts import LayoutName, session_tables
from nwbgate.reading.format.session_table import find_table, places
from nwbgate.reading.format.time_series import series_data
from nwbgate.storage.hdf5 import at, dataset_at, group_at, neurodata_type
from nwbgate.storage.values import malformed_value, number_attribute, one_number, stored_content, whole_numbers

#: Name of a matrix of traces to the session table it comes from and the column of its values.
MATRICES = {
    "dff": ("dff_traces", "dff"),
    "corrected": ("corrected_fluorescence_traces", "corrected_fluorescence"),
    "demixed": ("demixed_traces", "demixed_trace"),
    "neuropil": ("neuropil_traces", "neuropil_trace"),
    "events": ("events", "events"),
}
#: Image of a plane to the name that it is stored by.
IMAGES = {
    "max_projection": "max_projection",
    "average_projection": "average_image",
    "segmentation_mask_image": "segmentation_mask_image",
}
#: NWB gives the resolution of an image in pixels per centimeter.
_MILLIMETERS_PER_CENTIMETER = 10.0

Integers = np.ndarray[Any, np.dtype[np.int64]]
Numbers = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class PlaneStreams:
    """One imaging plane in an open file.

    Parameters
    ----------
    file : h5py.File
        The file.
    layout : {"standard", "released"}
        Layout of the file.
    path : str
        HDF5 path of the ImagingPlane.
    name : str
        Name of the plane.
    """

    file: h5py.File
    layout: LayoutName
    path: str
    name: str

    def series(self, table: str) -> h5py.Group | None:
        """Return the group of a series such as ``dff_traces``, or None."""
        return next((group for group in self._groups(table) if dataset_at(group, "data") is not None), None)

    def _groups(self, table: str) -> Iterator[h5py.Group]:
        for home in session_tables().tables[table].homes.get(self.layout, ()):
            for place, _ in places(self.file, home, {self.path: self.name}):
                group = group_at(self.file, place)
                if group is not None:
                    yield group

    def cells(self) -> tuple[pd.DataFrame, set[str]] | None:
        """Return the session table ``cells`` and its available columns, or None."""
        found = find_table(self.file, "cells", self.layout, {self.path: self.name})
        if found is None or found.frame is None:
            return None
        return found.frame, {fact["column"] for fact in found.columns if fact["found"]}

    def segmentation(self) -> h5py.Group | None:
        """Return the group of the table of cells, or None."""
        return next((group for group in self._groups("cells") if dataset_at(group, "id") is not None), None)

    def shifts(self) -> dict[str, Numbers] | None:
        """Return the motion correction, x and y in pixels, shape (frames,), or None."""
        for home in session_tables().tables["motion_correction"].homes.get(self.layout, ()):
            for place, _ in places(self.file, home, {self.path: self.name}):
                group = group_at(self.file, place)
                found = {name: _column(group, source) for name, source in home.values.items()} if group else {}
                if found and all(column is not None for column in found.values()):
                    return {name: column for name, column in found.items() if column is not None}
        return None

    def image(self, name: str) -> h5py.Dataset | None:
        """Return the dataset of an image such as ``max_projection``, or None."""
        for home in session_tables().tables["projections"].homes.get(self.layout, ()):
            for place, _ in places(self.file, home, {self.path: self.name}):
                image = dataset_at(self.file, f"{place}/{name}")
                if image is not None:
                    return image
        return None

    def there(self) -> list[str]:
        """Return the attributes of a plane available in the file."""
        found = [table for table, _ in MATRICES.values() if self.series(table) is not None]
        cells = self.segmentation()
        if cells is not None:
            masks = any(dataset_at(cells, name) is not None for name in ("image_mask", "pixel_mask"))
            found += ["cell_specimen_table", *(["roi_masks"] if masks else [])]
        found += ["motion_correction"] if self.shifts() is not None else []
        return [*found, *(name for name, stored in IMAGES.items() if self.image(stored) is not None)]

    def pixel_size(self, image: h5py.Dataset) -> float | None:
        """Return the pixel size of an image in millimeters, or None.

        A released file says the size of a pixel where NWB asks for pixels per centimeter.
        """
        resolution = number_attribute(image, "resolution", 0.0)
        if resolution == 0.0:
            return None
        if self.layout == "released":
            return resolution * _MILLIMETERS_PER_CENTIMETER
        return _MILLIMETERS_PER_CENTIMETER / resolution

    def facts(self) -> dict[str, Any]:
        """Return the plane's facts by the names of the session table ``planes``, or None."""
        facts: dict[str, Any] = {}
        for table in ("planes", "imaging_planes"):
            found = find_table(self.file, table, self.layout, {self.path: self.name})
            if found is None or found.frame is None:
                continue
            rows = found.frame[found.frame["plane"] == self.name] if table == "imaging_planes" else found.frame
            facts |= {name: value for name, value in _first(rows).items() if facts.get(name) is None}
        facts["emission_lambda"] = facts.get("emission_lambda") or self._emission()
        return facts

    def _emission(self) -> float | None:
        """Return the emission wavelength of the first optical channel, in nanometers."""
        plane = group_at(self.file, self.path)
        for name in plane or ():
            channel = at(self.file, f"{self.path}/{name}")
            if isinstance(channel, h5py.Group) and neurodata_type(channel) == "OpticalChannel":
                wavelength = dataset_at(channel, "emission_lambda")
                return None if wavelength is None else one_number(wavelength)
        return None


def _column(group: h5py.Group, source: str) -> Numbers | None:
    """Return the values of a source such as ``data:0``, as stored."""
    path, _, number = source.partition(":")
    data = dataset_at(group, path)
    if data is None:
        return None
    values: Numbers = np.asarray(stored_content(data))
    if values.dtype.kind not in "fiu":
        raise malformed_value(data, f"dtype {data.dtype}", "numbers")
    if number and (values.ndim != 2 or values.shape[1] <= int(number)):
        raise malformed_value(data, f"shape {values.shape}", f"at least {int(number) + 1} columns")
    return values[:, int(number)] if number else values


def _first(rows: pd.DataFrame) -> dict[str, Any]:
    """Return the first row as plain values, None for missing ones."""
    return {
        str(name): None if pd.isna(value) else value.item() if hasattr(value, "item") else value
        for name, value in (rows.iloc[0].items() if len(rows) else ())
    }


def columns_of(series: h5py.Group, ids: Integers) -> Integers:
    """Return the cell_roi_id of each column of a response series.

    Parameters
    ----------
    series : h5py.Group
        A RoiResponseSeries.
    ids : array of int, shape (rows,)
        Row ids of the table of cells.

    Raises
    ------
    SourceError
        If the series names rows that the table does not have, or not one for each of its columns.
    """
    data, region = series_data(series), dataset_at(series, "rois")
    width = int(np.prod(data.shape[1:]))
    rows = np.arange(width) if region is None else whole_numbers(region)
    if len(rows) != width or (len(rows) and (rows.min() < 0 or rows.max() >= len(ids))):
        raise SourceError(
            "the columns of a series refer to unknown cells",
            where=f"{series.file.filename} {series.name}",
            got=f"{width} columns, rows {rows.tolist()[:8]}",
            expected=f"one row from 0 to {len(ids) - 1} per column",
            fix="convert the session again",
        )
    found: Integers = ids[rows]
    return found
