"""Time series of a file: their data, and the times of their samples."""

from typing import Any

import h5py
import numpy as np

from nwbgate.storage.hdf5 import dataset_at
from nwbgate.storage.values import length, malformed_value, number_attribute, one_number, refuse_empty, vector

Vector = np.ndarray[Any, np.dtype[np.float64]]


def is_series(group: h5py.Group) -> bool:
    """Return whether a group is a time series, with times or a rate."""
    return "data" in group and ("timestamps" in group or "starting_time" in group)


def series_data(group: h5py.Group) -> h5py.Dataset:
    """Return the data of a time series.

    Raises
    ------
    MalformedError
        If they are not a dataset with values.
    """
    data = dataset_at(group, "data")
    if data is None:
        raise malformed_value(group, "no dataset named data", "a dataset")
    refuse_empty(data)
    return data


def starting_time(group: h5py.Group) -> h5py.Dataset:
    """Return the dataset of the time at which a series without timestamps begins.

    Raises
    ------
    MalformedError
        If there is none.
    """
    start = dataset_at(group, "starting_time")
    if start is None:
        raise malformed_value(group, "neither timestamps nor a starting time", "times of the samples")
    return start


def times_of(series: h5py.Group) -> Vector:
    """Return a series' sample times in seconds, from timestamps or rate.

    Raises
    ------
    MalformedError
        If they are not numbers of shape (samples,), or the rate is not a positive number.
    """
    timestamps = dataset_at(series, "timestamps")
    if timestamps is not None:
        return vector(timestamps)
    start = starting_time(series)
    samples = np.arange(length(series_data(series)), dtype=np.float64)
    times: Vector = one_number(start) + samples * period_of(start)
    return times


def period_of(start: h5py.Dataset) -> float:
    """Return the seconds between two samples by the rate of a starting time.

    Raises
    ------
    MalformedError
        If there is no rate, or it is not one positive number.
    """
    rate = number_attribute(start, "rate", np.nan)
    if not 0 < rate < np.inf:
        raise malformed_value(start, f"rate {rate:g}", "a positive number of samples per second")
    return 1 / rate
