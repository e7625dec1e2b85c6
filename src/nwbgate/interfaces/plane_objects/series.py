"""Series of a plane: activity of its cells, and the shift of each frame."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from hdmf.common import DynamicTableRegion
from pynwb import NWBFile, TimeSeries
from pynwb.ophys import DfOverF, Fluorescence, RoiResponseSeries

from nwbgate.interfaces.clock import FloatArray
from nwbgate.interfaces.plane_objects.modules import ophys


def add_responses(
    nwbfile: NWBFile,
    home: DfOverF | Fluorescence,
    rois: DynamicTableRegion,
    data: Any,
    times: FloatArray,
    *,
    unit: str,
    description: str,
) -> None:
    """Add a series of a plane's cells, named like the plane.

    Parameters
    ----------
    nwbfile : NWBFile
        File to add to.
    home : DfOverF or Fluorescence
        The container, in the file.
    rois : DynamicTableRegion
        The cells, one for each column.
    data
        Array or data chunk iterator of shape (frames, cells).
    times : numpy.ndarray, shape (frames,)
        In seconds; linked to where another series of the plane has the same ones.
    unit, description : str
        Unit of the numbers, description of the series.
    """
    plane = rois.table.name
    series = RoiResponseSeries(
        name=plane,
        description=description,
        data=data,
        rois=rois,
        unit=unit,
        timestamps=shared_times(nwbfile, plane, times),
    )
    home.add_roi_response_series(series)


def add_shifts(nwbfile: NWBFile, plane: str, shifts: npt.NDArray[Any], times: FloatArray, description: str) -> None:
    """Add the shift of each frame along x and y, in pixels.

    Parameters
    ----------
    nwbfile : NWBFile
        File to add to.
    plane : str
        Name of the plane in the file.
    shifts : numpy.ndarray, shape (frames, 2)
        Along x and y, in pixels.
    times : numpy.ndarray, shape (frames,)
        In seconds.
    description : str
        Description of the series.
    """
    series = TimeSeries(
        name=f"motion_correction_{plane}",
        description=description,
        data=shifts,
        unit="pixels",
        timestamps=shared_times(nwbfile, plane, times),
    )
    ophys(nwbfile).add(series)


def shared_times(nwbfile: NWBFile, plane: str, times: FloatArray) -> TimeSeries | FloatArray:
    """Return a plane's series with the same timestamps, else the times.

    Parameters
    ----------
    nwbfile : NWBFile
        File to which the series will be added.
    plane : str
        Name of the plane in the file.
    times : numpy.ndarray, shape (frames,)
        Times of the frames, in seconds.
    """
    holder = next((series for series in _own_series(nwbfile, plane) if np.array_equal(series.timestamps, times)), None)
    return times if holder is None else holder


def _own_series(nwbfile: NWBFile, plane: str) -> Iterator[TimeSeries]:
    """Yield the series of a plane that own their timestamps."""
    for found in ophys(nwbfile).data_interfaces.values():
        series = found if isinstance(found, TimeSeries) else getattr(found, "roi_response_series", {}).get(plane)
        if not isinstance(series, TimeSeries) or series.name not in (plane, f"motion_correction_{plane}"):
            continue
        if not isinstance(series.fields["timestamps"], TimeSeries):
            yield series
