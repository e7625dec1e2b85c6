"""Optics of imaging planes: wavelengths, and the size of a pixel."""

from collections.abc import Iterator
from typing import Any

import h5py
import numpy as np
import pandas as pd

from nwbgate.reading.facts.records import records_frame
from nwbgate.reading.format.layouts import session_tables
from nwbgate.storage.hdf5 import dataset_at, group_at, neurodata_type
from nwbgate.storage.values import one_number, one_text, text_attribute, vector

#: Meters in the units that files give pixels and places in.
METERS = {
    "meters": 1.0, "meter": 1.0, "m": 1.0, "millimeters": 1e-3, "mm": 1e-3, "micrometers": 1e-6, "microns": 1e-6,
    "um": 1e-6, "µm": 1e-6, "nanometers": 1e-9, "nm": 1e-9,
}  # fmt: skip


def optics_frame(file: h5py.File, planes: dict[str, str]) -> pd.DataFrame | None:
    """Return the summary ``optics`` of `session_tables.yaml`; None for a file without imaging planes.

    Parameters
    ----------
    file : h5py.File
        An open NWB file.
    planes : dict
        What `plane_names` returned.
    """
    found = [(name, group_at(file, path)) for path, name in planes.items()]
    rows = [row for name, plane in found if plane is not None for row in _channels(name, plane)]
    return records_frame(rows, session_tables().summaries["optics"].columns) if rows else None


def _channels(name: str, plane: h5py.Group) -> Iterator[dict[str, Any]]:
    """Yield a row for each optical channel, or one without."""
    described = dataset_at(plane, "description")
    shared = {
        "plane": name,
        "description": one_text(described) if described is not None else None,
        "excitation_lambda": _number(plane, "excitation_lambda"),
        **_pixel(plane),
        "origin": _origin(plane),
    }
    groups = [channel for child in plane if (channel := group_at(plane, child)) is not None]
    channels = [channel for channel in groups if neurodata_type(channel) == "OpticalChannel"]
    for channel in channels:
        yield shared | {
            "channel": channel.name.rsplit("/", 1)[-1],
            "emission_lambda": _number(channel, "emission_lambda"),
        }
    if not channels:
        yield shared | {"channel": None, "emission_lambda": np.nan}


def _pixel(plane: h5py.Group) -> dict[str, Any]:
    """Return the pixel size as stored and in meters; NaN without unit."""
    spacing = dataset_at(plane, "grid_spacing")
    if spacing is None or not spacing.size:
        return {"grid_spacing": np.nan, "grid_spacing_unit": None, "pixel_size": np.nan}
    side, unit = float(vector(spacing, 16)[:2].min()), text_attribute(spacing, "unit")
    return {"grid_spacing": side, "grid_spacing_unit": unit, "pixel_size": side * METERS.get(unit, np.nan)}


def _origin(plane: h5py.Group) -> float:
    """Return the largest coordinate of a plane's origin in meters, or NaN."""
    origin = dataset_at(plane, "origin_coords")
    if origin is None or not origin.size or origin.ndim != 1 or origin.dtype.kind not in "iuf":
        return np.nan
    unit = METERS.get(text_attribute(origin, "unit"), np.nan)
    return float(np.abs(vector(origin, 16)).max()) * unit


def _number(group: h5py.Group, name: str) -> float:
    dataset = dataset_at(group, name)
    return one_number(dataset) if dataset is not None else np.nan
