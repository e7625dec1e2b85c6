"""Time series as numbers about them: lengths, units, planes, clocks."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import h5py
import numpy as np
import pandas as pd

from nwbgate.reading.facts.any_file.indexed_images import n_missing_images
from nwbgate.reading.facts.any_file.interval_tables import is_interval_table
from nwbgate.reading.facts.clocks import FileClocks
from nwbgate.reading.facts.imaging.planes import Segmentation, segmentation
from nwbgate.reading.facts.records import records_frame
from nwbgate.reading.format.layouts import LayoutName, session_tables
from nwbgate.reading.format.session_table import places
from nwbgate.reading.format.time_series import is_series, series_data
from nwbgate.storage.hdf5 import address, at, dataset_at, groups, neurodata_type
from nwbgate.storage.values import (
    attribute,
    length,
    number_attribute,
    referenced_object,
    text_attribute,
    whole_numbers,
)

#: Folders whose groups have data and timestamps but are images, not series.
_IMAGE_STACKS = "/stimulus/templates"
#: Where images made of a movie are, by the NWB schema; acquired ones, and those shown, may be anything.
_PROCESSED = "/processing/"


#: NWB types of series whose samples are marks in time, of which two may be at one: an interval begins as another ends.
_MARKS = frozenset({"AnnotationSeries", "IntervalSeries"})


@dataclass(frozen=True)
class SeriesHome:
    """The session table of a series, and the units it may have."""

    table: str
    column: str | None
    stream: str | None
    units: tuple[str, ...]
    plane: str | None


@dataclass(frozen=True)
class Region:
    """Rows of another table referenced by a series' columns."""

    segmentation: Segmentation | None
    rows: np.ndarray[Any, np.dtype[np.int64]]
    n_dangling: int


@dataclass(frozen=True)
class SeriesContents:
    """All series, segmentations and events tables of a file, from one walk.

    Parameters
    ----------
    series, events : list of h5py.Group
        Time series, and events tables.
    segmentations : dict
        Segmentations by their address in the file.
    intervals : list of h5py.Group
        Tables of intervals.
    tables : list of h5py.Group
        Every table that lists its columns.
    images : list of h5py.Group
        Containers of images in processing modules.
    """

    series: list[h5py.Group]
    events: list[h5py.Group]
    segmentations: dict[int, Segmentation]
    intervals: list[h5py.Group]
    tables: list[h5py.Group]
    images: list[h5py.Group]


def contents(file: h5py.File, planes: dict[str, str]) -> SeriesContents:
    """Walk a file once and return its content.

    Raises
    ------
    SourceError
        If the file links to another file.
    """
    found = SeriesContents([], [], {}, [], [], [])
    for group in groups(file):
        kind = neurodata_type(group)
        if "colnames" in group.attrs:
            found.tables.append(group)
        if kind == "PlaneSegmentation":
            found.segmentations[address(group)] = segmentation(group, planes)
        elif "colnames" in group.attrs:
            if _in_seconds(at(group, "timestamp")):
                found.events.append(group)
            elif is_interval_table(group):
                found.intervals.append(group)
        elif kind == "Images" and group.name.startswith(_PROCESSED):
            found.images.append(group)
        elif is_series(group) and not _images(group):
            found.series.append(group)
    return found


def _in_seconds(column: object) -> bool:
    """Return whether a table column holds times as numbers, not dates as text."""
    return isinstance(column, h5py.Dataset) and column.dtype.kind in "iuf"


def _images(group: h5py.Group) -> bool:
    """Return whether a group is a stack of images, which has no times."""
    return bool(group.name.startswith(_IMAGE_STACKS))


def homes(file: h5py.File, layout: LayoutName, planes: dict[str, str]) -> dict[str, SeriesHome]:
    """Return the session table of each series by the series' HDF5 path.

    Parameters
    ----------
    file : h5py.File
        The file, for homes that stand for several places.
    layout : {"standard", "released"}
        Layout whose homes are meant.
    planes : dict
        What `plane_names` returned.
    """
    spec = session_tables()
    found: dict[str, SeriesHome] = {}
    for name, table in spec.tables.items():
        for home in table.homes.get(layout, ()):
            for path, plane in places(file, home, planes) if home.group else ():
                for column, source in home.values.items():
                    series, _, leaf = f"{path.rstrip('/')}/{source.partition(':')[0]}".rpartition("/")
                    if leaf == "data":
                        units = spec.spellings(table.columns[column].unit)
                        found[series] = SeriesHome(name, column, table.stream, units, plane)
                    elif leaf == "timestamps":
                        found.setdefault(series, SeriesHome(name, None, table.stream, (), plane))
    return found


def per_roi(layout: LayoutName) -> set[str]:
    """Return the paths of per-ROI values stored as series."""
    table = session_tables().tables["cells"]
    paths = [path for home in table.homes.get(layout, ()) for path in home.by_roi.values()]
    return {path.removesuffix("/data") for path in paths if path.endswith("/data")}


def region(group: h5py.Group, name: str, segmentations: dict[int, Segmentation]) -> Region | None:
    """Return the rows referenced by a series (``rois`` or ``electrodes``), or None."""
    data = dataset_at(group, name)
    reference = None if data is None else attribute(data, "table")
    if data is None or not isinstance(reference, h5py.Reference):
        return None
    rows, target = whole_numbers(data), referenced_object(data, reference)
    ids = dataset_at(target, "id") if isinstance(target, h5py.Group) else None
    n_rows = 0 if ids is None else length(ids)
    return Region(segmentations.get(address(target)), rows, int(((rows < 0) | (rows >= n_rows)).sum()))


def series_frames(
    found: SeriesContents, known: dict[str, SeriesHome], skipped: set[str]
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return the summaries ``series``, ``clocks`` and ``series_rois`` of `session_tables.yaml`.

    Parameters
    ----------
    found : SeriesContents
        What `contents` returned.
    known : dict
        What `homes` returned; nothing for a file whose layout is not described, of which no unit is expected.
    skipped : set of str
        What `per_roi` returned.
    """
    clocks = FileClocks()
    rows, rois = [], []
    for group in _owners_first(group for group in found.series if group.name not in skipped):
        home = known.get(group.name)
        roi_region = region(group, "rois", found.segmentations)
        row = _series_row(group, home, roi_region, found, clocks)
        rows.append(row)
        rois += _roi_rows(row, roi_region)
    for group in found.events:
        clocks.of_timestamps(group["timestamp"], {"stream": "events", "plane": None})
    columns = {name: summary.columns for name, summary in session_tables().summaries.items()}
    return (
        records_frame(rows, columns["series"], {"n_regions", "n_dangling", "n_shared"}),
        records_frame(clocks.rows, columns["clocks"]),
        records_frame(rois, columns["series_rois"], {"cell_roi_id"}),
    )


def _owners_first(series: Iterator[h5py.Group]) -> list[h5py.Group]:
    """Sort series that own timestamps before those that link to them."""
    return sorted(series, key=lambda group: isinstance(group.get("timestamps", getlink=True), h5py.SoftLink))


def _series_row(
    group: h5py.Group,
    home: SeriesHome | None,
    rois: Region | None,
    found: SeriesContents,
    clocks: FileClocks,
) -> dict[str, Any]:
    data, electrodes = series_data(group), region(group, "electrodes", found.segmentations)
    any_region = rois or electrodes
    plane = rois.segmentation.plane if rois and rois.segmentation else None
    row: dict[str, Any] = {
        "path": group.name,
        "neurodata_type": neurodata_type(group),
        "table": home.table if home else None,
        "column": home.column if home else None,
        "stream": home.stream if home else "marks" if neurodata_type(group) in _MARKS else None,
        "plane": plane or (home.plane if home else None),
        "unit": text_attribute(data, "unit"),
        "accepted_units": home.units if home else (),
        "conversion": number_attribute(data, "conversion", 1.0),
        "offset": number_attribute(data, "offset", 0.0),
        "time_unit": _time_unit(group),
        "has_plain_data": data.dtype.kind not in "V" and h5py.check_ref_dtype(data.dtype) is None,
        "n_samples": data.shape[0] if data.shape else 0,
        "n_columns": _width(group, data.shape),
        "n_regions": len(any_region.rows) if any_region else None,
        "n_dangling": any_region.n_dangling if any_region else n_missing_images(group),
        "n_shared": len(electrodes.rows) - len(set(electrodes.rows.tolist())) if electrodes else None,
    }
    if row["stream"] == "imaging" and row["plane"] is None and len(found.segmentations) == 1:
        row["plane"] = next(iter(found.segmentations.values())).plane
    clock = clocks.of_series(group, row)
    if not row["n_samples"] and dataset_at(group, "external_file") is not None:
        row["n_samples"] = clock["n"]  # the images are in the other file, which is not opened
    return row | {"clock": clock["clock"], "n_timestamps": clock["n"]}


def _width(group: h5py.Group, shape: tuple[int, ...]) -> int:
    """Return the number of columns, or of electrodes for a SpikeEventSeries."""
    if neurodata_type(group) == "SpikeEventSeries":
        return shape[1] if len(shape) > 2 else 1
    return int(np.prod(shape[1:])) if len(shape) > 1 else 1


def _time_unit(group: h5py.Group) -> str | None:
    """Return the unit of a series' times, or None."""
    times = dataset_at(group, "timestamps") or dataset_at(group, "starting_time")
    return text_attribute(times, "unit") or None if times is not None else None


def _roi_rows(row: dict[str, Any], rois: Region | None) -> list[dict[str, Any]]:
    if rois is None or rois.segmentation is None:
        return []
    ids = rois.segmentation.ids
    return [
        {
            "path": row["path"],
            "table": row["table"],
            "plane": row["plane"],
            "column": column,
            "cell_roi_id": int(ids[number]) if 0 <= number < len(ids) else None,
        }
        for column, number in enumerate(rois.rows.tolist())
    ]
