"""Texts and empty variables as MATLAB stores them in HDF5 (``save -v7.3``).

MATLAB writes a char array as UTF-16 code units (uint16), N x 1 for a text of one row; a cell array as references to
datasets in the group ``#refs#``; and an empty array as its size, with the attribute ``MATLAB_empty`` set to 1. An
attribute ``MATLAB_class`` names the class. (Facts: MathWorks' documentation of MAT-files, version 7.3.)
"""

import h5py
import numpy as np

from nwbgate.storage.values import text_attribute

#: Characters that a text may have: more is no genotype, and would be read into memory.
MOST_CHARACTERS = 100_000


def is_empty(variable: h5py.Dataset) -> bool:
    """Return whether a dataset is an empty array, as MATLAB or HDF5 stores it."""
    return variable.shape is None or variable.size == 0 or text_attribute(variable, "MATLAB_empty") == "1"


def is_char(variable: h5py.Dataset) -> bool:
    """Return whether a dataset is a one-row char array of MATLAB (uint16)."""
    return (
        variable.dtype == np.uint16
        and variable.ndim in (1, 2)
        and variable.size == max(variable.shape) <= MOST_CHARACTERS
    )


def chars(variable: h5py.Dataset) -> str:
    """Return the text of a char array that `is_char` knows.

    Raises
    ------
    UnicodeDecodeError
        If its code units are no UTF-16.
    """
    return np.asarray(variable[()]).reshape(-1).astype("<u2").tobytes().decode("utf-16-le")


def cell_content(variable: h5py.Dataset) -> h5py.Dataset | None:
    """Return the content of a cell array of one cell, or None."""
    if h5py.check_ref_dtype(variable.dtype) is not h5py.Reference or variable.size != 1:
        return None
    reference = np.asarray(variable[()]).reshape(-1)[0]
    if not reference:
        return None
    try:
        found = variable.file[reference]
    except (ValueError, KeyError, RuntimeError):
        return None
    return found if isinstance(found, h5py.Dataset) else None
