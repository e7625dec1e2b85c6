"""Distance of running timestamps, and of data that are times, from the stimulus clock."""

import h5py
import numpy as np
import pandas as pd

from nwbgate.storage.hdf5 import dataset_at
from nwbgate.storage.values import text_attribute

#: Timestamps of two clocks that are held at once.
_BLOCK = 2**18
#: Units of data that are times.
_SECONDS = ("s", "sec", "second", "seconds")


def off_stimulus(file: h5py.File, clocks: pd.DataFrame) -> "pd.Series[float]":
    """Return each running clock's largest distance from the stimulus clock (s), else NaN.

    Sample n is compared with stimulus frame n, over the samples that both have. The stimulus clock has its distance
    from the data of its own series, where these are times too.

    Parameters
    ----------
    file : h5py.File
        An open NWB file.
    clocks : pandas.DataFrame
        The summary ``clocks``.
    """
    off = clocks["period"].astype(float) * np.nan
    stimulus = clocks.loc[clocks["stream"] == "stimulus", ["clock", "digest"]]
    if stimulus.empty or not _is_array(file, stimulus["clock"].iloc[0]):
        return off
    if (told := _told_again(file, stimulus["clock"].iloc[0])) is not None:
        off[stimulus.index[0]] = _largest_difference(told, file[stimulus["clock"].iloc[0]])
    reference, known = file[stimulus["clock"].iloc[0]], {stimulus["digest"].iloc[0]: 0.0}
    for row, clock, digest in clocks.loc[clocks["stream"] == "running", ["clock", "digest"]].itertuples():
        if digest not in known and _is_array(file, clock):
            known[digest] = _largest_difference(file[clock], reference)
        off[row] = known.get(digest, np.nan)
    return off


def _told_again(file: h5py.File, clock: str) -> h5py.Dataset | None:
    """Return the data of a clock's series if they are its times in seconds."""
    data = dataset_at(file, f"{clock.rpartition('/')[0]}/data")
    times = data is not None and data.shape == file[clock].shape and data.dtype.kind == "f"
    return data if times and text_attribute(data, "unit").lower() in _SECONDS else None


def _is_array(file: h5py.File, path: str) -> bool:
    return len(file[path].shape) == 1


def _largest_difference(times: h5py.Dataset, reference: h5py.Dataset) -> float:
    """Return the largest difference over shared samples; 0 without any."""
    length, largest = min(len(times), len(reference)), 0.0
    for start in range(0, length, _BLOCK):
        part = slice(start, min(start + _BLOCK, length))
        differences = np.abs(times[part].astype(np.float64) - reference[part].astype(np.float64))
        largest = max(largest, float(np.nan_to_num(differences).max()))
    return largest
