"""Motion correction of each plane, as the range of its shifts."""

from hashlib import blake2b

import h5py
import numpy as np
import pandas as pd

from nwbgate.reading.facts.digests import head_digest
from nwbgate.reading.facts.records import records_frame
from nwbgate.reading.format.layouts import session_tables

#: Part of the frames at either end that is left out: single frames are registered wrongly now and then.
_OUTLIERS = 0.01


def motion_frame(file: h5py.File, series: pd.DataFrame) -> pd.DataFrame:
    """Return the summary ``motion`` of `session_tables.yaml`, one row per plane and axis.

    Parameters
    ----------
    file : h5py.File
        An open NWB file.
    series : pandas.DataFrame
        The summary ``series``.
    """
    rows = []
    for one in series[series["table"] == "motion_correction"].itertuples():
        shifts = np.asarray(file[one.path]["data"][()], dtype=np.float64)
        axes = dict(zip("xy", shifts.T, strict=False)) if shifts.ndim == 2 else {one.column: shifts}
        for axis, values in axes.items():
            known = values[np.isfinite(values)]
            if len(known):
                low, high = np.quantile(known, [_OUTLIERS, 1 - _OUTLIERS])
                shift = {"plane": one.plane, "axis": axis, "low": float(low), "high": float(high)}
                digest = blake2b(values.tobytes(), digest_size=16).hexdigest()
                moves = bool((known != known[0]).any())
                told = {"n_frames": len(values), "moves": moves, "digest": digest, "head": head_digest(values)}
                rows.append({**shift, **told})
    return records_frame(rows, session_tables().summaries["motion"].columns)
