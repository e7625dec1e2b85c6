"""Units, each with the unit that shares most of its spikes."""

from collections import Counter
from collections.abc import Iterator
from itertools import combinations
from typing import Any

import h5py
import numpy as np
import pandas as pd

from nwbgate.reading.facts.recording.units import unit_ids
from nwbgate.reading.facts.records import records_frame
from nwbgate.reading.format.dynamic_table import Values
from nwbgate.reading.format.layouts import session_tables
from nwbgate.storage.hdf5 import group_at

#: Spikes of each unit that are compared, and the fewest that tell.
_COMPARED, _FEWEST = 1000, 10
#: Two spikes at one sample differ by less than this, in seconds.
_SAMPLE = 1e-5

Times = np.ndarray[Any, np.dtype[np.float64]]


def pair_frame(file: h5py.File, trains: Values | None) -> pd.DataFrame | None:
    """Return the summary ``unit_pairs``; None with fewer than two active units.

    Parameters
    ----------
    file : h5py.File
        An open NWB file.
    trains : sequence of arrays or None
        Spike times of each unit.
    """
    units = group_at(file, "/units")
    if units is None or trains is None or len(trains) < 2:
        return None
    names = unit_ids(units, len(trains))
    compared = _compared_samples(trains)
    if len(compared) < 2:
        return None
    nearest = dict.fromkeys(compared, (0.0, -1))
    for (one, other), n in _common(compared).items():
        share = n / min(len(compared[one]), len(compared[other]))
        nearest[other] = max(nearest[other], (share, one))
    rows = [
        {
            "unit_id": names[unit],
            "other_id": names[other] if other >= 0 else None,
            "n_spikes": len(compared[unit]),
            "share": share,
        }
        for unit, (share, other) in nearest.items()
    ]
    return records_frame(rows, session_tables().summaries["unit_pairs"].columns, {"other_id"})


def _compared_samples(trains: Any) -> dict[int, Times]:
    """Return sample numbers of the first spikes of each active unit."""
    found = {}
    for row, train in enumerate(trains):
        times = np.ravel(np.asarray(train[:_COMPARED], dtype=np.float64))
        samples = np.unique(np.round(times[np.isfinite(times)] / _SAMPLE))
        if len(samples) >= _FEWEST:
            found[row] = samples
    return found


def _common(trains: dict[int, Times]) -> Counter[tuple[int, int]]:
    """Return the number of samples at which both units of a pair fire."""
    samples = np.concatenate(list(trains.values()))
    owners = np.repeat(list(trains), [len(train) for train in trains.values()])
    order = np.argsort(samples, kind="stable")
    samples, owners = samples[order], owners[order]
    return Counter(pair for group in _coincident(samples, owners) for pair in combinations(group, 2))


def _coincident(samples: Times, owners: np.ndarray[Any, Any]) -> Iterator[list[int]]:
    """Yield the units that fire at one sample, of each sample with several."""
    ends = np.flatnonzero(np.append(samples[1:] != samples[:-1], True)) + 1
    starts = np.append(0, ends[:-1])
    for start, end in zip(starts[ends - starts > 1], ends[ends - starts > 1], strict=True):
        yield sorted(owners[start:end].tolist())[:50]
