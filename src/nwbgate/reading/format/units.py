"""Stored numbers in the unit stated by the file."""

from typing import Any

import h5py
import numpy as np

from nwbgate.storage.values import number_attribute

Numbers = np.ndarray[Any, np.dtype[np.float64]]


def in_unit(data: h5py.Dataset, stored: Numbers) -> Numbers:
    """Return numbers in a series' unit: ``stored * conversion + offset``.

    Parameters
    ----------
    data : h5py.Dataset
        The ``data`` of a series, whose attributes ``conversion`` and ``offset`` are 1 and 0 where they are missing.
    stored : array of float64
        What it holds; returned as it is where there is nothing to convert.
    """
    factor, offset = (number_attribute(data, name, plain) for name, plain in (("conversion", 1.0), ("offset", 0.0)))
    return stored if (factor, offset) == (1.0, 0.0) else stored * factor + offset
