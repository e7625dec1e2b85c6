"""Images that an index series names."""

import h5py
import numpy as np

from nwbgate.storage.hdf5 import dataset_at, group_at, neurodata_type
from nwbgate.storage.values import whole_numbers

#: Longest series compared with its images; longer ones are skipped.
_MOST = 10_000_000


def n_missing_images(group: h5py.Group) -> int | None:
    """Count the samples of an IndexSeries without an image; None for others.

    Parameters
    ----------
    group : h5py.Group
        A series.
    """
    data = dataset_at(group, "data") if neurodata_type(group) == "IndexSeries" else None
    number = _n_images(group) if data is not None else None
    if data is None or number is None or data.dtype.kind not in "iu" or data.ndim != 1 or data.size > _MOST:
        return None
    named = whole_numbers(data)
    return int(np.count_nonzero((named < 0) | (named >= number)))


def _n_images(group: h5py.Group) -> int | None:
    """Return the number of images or frames to choose from."""
    series, images = group_at(group, "indexed_timeseries"), group_at(group, "indexed_images")
    if series is not None:
        frames = dataset_at(series, "data")
        return int(frames.shape[0]) if frames is not None and frames.shape and frames.shape[0] else None
    if images is None:
        return None
    return len([name for name in images if dataset_at(images, name) is not None and name != "order_of_images"])
