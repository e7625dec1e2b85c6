"""Videos in other files: their names, and the frame at which each begins."""

from collections.abc import Iterable
from typing import Any

import h5py
import numpy as np
import pandas as pd

from nwbgate.reading.facts.records import records_frame
from nwbgate.reading.format.layouts import session_tables
from nwbgate.storage.hdf5 import dataset_at
from nwbgate.storage.values import stored_content, text

#: Most files of a series that are looked at.
_MOST = 100_000


def video_frame(series: Iterable[h5py.Group]) -> pd.DataFrame:
    """Return the summary ``videos`` of `session_tables.yaml`.

    Parameters
    ----------
    series : iterable of h5py.Group
        Time series of a file.
    """
    found = [(group, files) for group in series if (files := dataset_at(group, "external_file")) is not None]
    rows = [_row(group, files) for group, files in found if files.ndim == 1 and 0 < len(files) <= _MOST]
    return records_frame(rows, session_tables().summaries["videos"].columns)


def _row(group: h5py.Group, files: h5py.Dataset) -> dict[str, Any]:
    names = [text(name) for name in np.ravel(stored_content(files)).tolist()]
    starts = _starts(files)
    return {
        "path": group.name,
        "n_files": len(names),
        "n_repeated": len(names) - len(set(names)),
        "n_starts": np.nan if starts is None else len(starts),
        "n_backward": 0 if starts is None else int((np.diff(starts) <= 0).sum()),
    }


def _starts(files: h5py.Dataset) -> Any:
    """Return the first frame of each file, or None."""
    starts = files.attrs.get("starting_frame")
    if starts is None or np.asarray(starts).dtype.kind not in "iu":
        return None
    return np.ravel(np.asarray(starts)).astype(np.int64)
