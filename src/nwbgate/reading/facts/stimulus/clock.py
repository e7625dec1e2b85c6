"""Distance of running timestamps from the stimulus clock."""

import h5py
import numpy as np
import pandas as pd

#: Timestamps of two clocks that are held at once.
_BLOCK = 2**18


def off_stimulus(file: h5py.File, clocks: pd.DataFrame) -> "pd.Series[float]":
    """Return each running clock's largest distance from the stimulus clock (s), else NaN.

    Sample n is compared with stimulus frame n, over the samples that both have.

    Parameters
    ----------
    file : h5py.File
        An open NWB file.
    clocks : pandas.DataFrame
        The summary ``clocks``.
    """
    off = clocks["period"].astype(float) * np.nan
    if not {"stimulus", "running"} <= {*clocks["stream"]}:
        return off
    stimulus = clocks.loc[clocks["stream"] == "stimulus", ["clock", "digest"]]
    if not _is_array(file, stimulus["clock"].iloc[0]):
        return off
    reference, known = file[stimulus["clock"].iloc[0]], {stimulus["digest"].iloc[0]: 0.0}
    for row, clock, digest in clocks.loc[clocks["stream"] == "running", ["clock", "digest"]].itertuples():
        if digest not in known and _is_array(file, clock):
            known[digest] = _largest_difference(file[clock], reference)
        off[row] = known.get(digest, np.nan)
    return off


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
