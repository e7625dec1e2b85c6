"""Imaging planes of any NWB file with their ROIs and responses, linked by reference."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any

import h5py
import pandas as pd

from nwbgate.reading.format.dynamic_table import read_table
from nwbgate.reading.html_summary import html_summary
from nwbgate.reading.objects.roi_masks import Image, mask_image
from nwbgate.reading.objects.series import Series
from nwbgate.storage.hdf5 import at, dataset_at, group_at, neurodata_type
from nwbgate.storage.values import attribute, one_number, one_text, referenced_object

#: Facts of an imaging plane that are one value.
_FACTS = ("description", "indicator", "location", "excitation_lambda", "imaging_rate")


class ImagingPlane:
    """An imaging plane: its facts, tables of ROIs, and responses.

    Parameters
    ----------
    name : str
        Name of the plane.
    group : h5py.Group, optional
        The plane in the file; None where the ROIs name none.
    segmentations : dict of str to h5py.Group
        Tables of its ROIs.
    responses : dict of str to h5py.Group
        Series whose columns are these ROIs.
    """

    def __init__(
        self,
        name: str,
        group: h5py.Group | None,
        segmentations: dict[str, h5py.Group],
        responses: dict[str, h5py.Group],
    ) -> None:
        self.name, self._group = name, group
        self._segmentations = segmentations
        self.responses = {each: Series(found) for each, found in responses.items()}

    @cached_property
    def metadata(self) -> dict[str, Any]:
        """Facts of the plane, such as indicator and location; missing ones are left out."""
        found = {} if self._group is None else {name: dataset_at(self._group, name) for name in _FACTS}
        return {name: _value(data) for name, data in found.items() if data is not None}

    @cached_property
    def segmentations(self) -> dict[str, pd.DataFrame]:
        """Tables of ROIs by name, masks included."""
        return {name: read_table(group) for name, group in self._segmentations.items()}

    @property
    def rois(self) -> pd.DataFrame:
        """ROIs of all tables, with their table's name if several."""
        tables = self.segmentations
        if len(tables) == 1:
            return next(iter(tables.values()))
        parts = [table.assign(segmentation=name) for name, table in tables.items()]
        return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()

    def mask_images(self) -> dict[str, Image]:
        """Return the largest weight at each pixel, by table of ROIs with masks."""
        found = {name: mask_image(group) for name, group in self._segmentations.items()}
        return {name: image for name, image in found.items() if image is not None}

    def __repr__(self) -> str:
        """Return the facts in one line, without reading tables."""
        facts = [f"{name}: {value}" for name, value in self.metadata.items() if name != "description"]
        responses = f"responses: {', '.join(self.responses) or 'none'}"
        return f"ImagingPlane({', '.join([repr(self.name), *facts, responses])})"

    def _repr_html_(self) -> str:
        facts = {**self.metadata, "ROI tables": ", ".join(self._segmentations), "responses": ", ".join(self.responses)}
        return html_summary("ImagingPlane", facts, self.name)


def _value(data: h5py.Dataset) -> object:
    return one_number(data) if data.dtype.kind in "iuf" and data.shape in ((), (1,)) else one_text(data)


def imaging_planes(file: h5py.File, groups: list[h5py.Group]) -> Iterator[ImagingPlane]:
    """Yield the imaging planes of a file.

    Parameters
    ----------
    file : h5py.File
        The open file.
    groups : list of h5py.Group
        All its groups.
    """
    planes = {str(group.name): group for group in groups if neurodata_type(group) == "ImagingPlane"}
    rois = [group for group in groups if "imaging_plane" in group and "colnames" in group.attrs]
    of_rois = {str(group.name): _target(group) for group in rois}
    series = [(group, _table(group)) for group in groups if "rois" in group and "data" in group]
    for path in dict.fromkeys([*planes, *of_rois.values()]):
        own = {name for name, plane in of_rois.items() if plane == path}
        yield ImagingPlane(
            path.rpartition("/")[2],
            planes.get(path) or group_at(file, path),
            {str(group.name).rpartition("/")[2]: group for group in rois if group.name in own},
            _by_name([group for group, table in series if table in own]),
        )


def _target(segmentation: h5py.Group) -> str:
    """Return the path of the plane that a table of ROIs links to."""
    link = segmentation.get("imaging_plane", getlink=True)
    plane = at(segmentation, "imaging_plane")
    return str(link.path) if isinstance(link, h5py.SoftLink) else str(plane.name if plane is not None else "")


def _table(series: h5py.Group) -> str:
    """Return the path of the ROI table behind a series' columns."""
    region = dataset_at(series, "rois")
    reference = None if region is None else attribute(region, "table")
    return "" if region is None or not reference else str(referenced_object(region, reference).name)


def _by_name(groups: list[h5py.Group]) -> dict[str, h5py.Group]:
    """Return groups by their names, by their paths where two have the same."""
    names = [str(group.name).rpartition("/")[2] for group in groups]
    return {
        name if names.count(name) == 1 else str(group.name).lstrip("/"): group
        for name, group in zip(names, groups, strict=True)
    }
