"""Mean waveforms of units in numbers: their length, size and copies."""

from hashlib import blake2b
from typing import Any

import h5py
import numpy as np
import pandas as pd

from nwbgate.reading.facts.records import records_frame
from nwbgate.reading.format.layouts import session_tables
from nwbgate.storage.hdf5 import dataset_at, group_at
from nwbgate.storage.values import number_attribute, refuse_large, refuse_other_than_numbers

#: Most bytes of waveforms that are read; units beyond are not judged.
_MOST = 16 * 2**20


def waveform_frame(file: h5py.File) -> pd.DataFrame | None:
    """Return the summary ``waveforms``; None for a file without mean waveforms.

    Parameters
    ----------
    file : h5py.File
        An open NWB file.
    """
    units = group_at(file, "/units")
    mean = None if units is None else dataset_at(units, "waveform_mean")
    if units is None or mean is None or mean.ndim not in (2, 3) or not mean.size:
        return None
    refuse_other_than_numbers(mean, ("units", "samples"), ("units", "samples", "electrodes"))
    spread = dataset_at(units, "waveform_sd")
    rate = number_attribute(mean, "sampling_rate", np.nan)
    row = {
        "path": mean.name,
        "n_samples": mean.shape[1],
        "duration": mean.shape[1] / rate if rate > 0 else np.nan,
        **_values(_first_rows(mean)),
        "n_negative_spreads": 0 if spread is None or spread.dtype.kind not in "iuf" else _n_below(spread),
    }
    return records_frame([row], session_tables().summaries["waveforms"].columns)


def _first_rows(data: h5py.Dataset) -> Any:
    each = int(np.prod(data.shape[1:])) * data.dtype.itemsize
    rows = max(_MOST // max(each, 1), 1)
    refuse_large(data, min(rows, len(data)))
    return np.asarray(data[:rows], dtype=np.float64)


def _n_below(data: h5py.Dataset) -> int:
    values = _first_rows(data)
    return int((values.reshape(len(values), -1) < 0).any(axis=1).sum())


def _values(means: Any) -> dict[str, Any]:
    flat = means.reshape(len(means), -1)
    known = np.isfinite(flat)
    told = [
        blake2b(row.tobytes(), digest_size=16).digest() for row, there in zip(flat, known, strict=True) if there.any()
    ]
    varied = [
        digest for digest, row in zip(told, flat[known.any(axis=1)], strict=True) if np.nanmax(row) > np.nanmin(row)
    ]
    return {
        "n_units": len(flat),
        "n_broken": int((known.any(axis=1) & ~known.all(axis=1) & ~_whole_channels(means)).sum()),
        "n_copies": len(varied) - len(set(varied)),
        "largest": float(np.median(np.abs(np.where(known, flat, 0)).max(axis=1))),
    }


def _whole_channels(means: Any) -> Any:
    """Return the units in which a channel is known wholly or not at all."""
    known = np.isfinite(means)
    return (known.all(axis=1) | ~known.any(axis=1)).reshape(len(means), -1).all(axis=1)
