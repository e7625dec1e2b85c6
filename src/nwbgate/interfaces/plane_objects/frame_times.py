"""Timestamps of a plane's series, stored once and linked."""

from collections.abc import Iterator

import numpy as np
from pynwb import NWBFile, TimeSeries

from nwbgate.interfaces.clock import FloatArray
from nwbgate.interfaces.plane_objects.modules import ophys


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
    holder = next((series for series in _series(nwbfile, plane) if np.array_equal(series.timestamps, times)), None)
    return times if holder is None else holder


def _series(nwbfile: NWBFile, plane: str) -> Iterator[TimeSeries]:
    """Yield the series of a plane that own their timestamps."""
    for found in ophys(nwbfile).data_interfaces.values():
        series = found if isinstance(found, TimeSeries) else getattr(found, "roi_response_series", {}).get(plane)
        if not isinstance(series, TimeSeries) or series.name not in (plane, f"motion_correction_{plane}"):
            continue
        if not isinstance(series.fields["timestamps"], TimeSeries):
            yield series
