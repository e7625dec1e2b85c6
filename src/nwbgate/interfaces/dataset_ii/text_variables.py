"""Texts of an untrusted HDF5 file, as h5py or MATLAB writes them."""

from pathlib import Path

import h5py
import numpy as np

from nwbgate.errors import SourceError
from nwbgate.interfaces.dataset_ii.matlab_values import cell_content, chars, is_char
from nwbgate.interfaces.dataset_ii.variables import (
    MEND,
    dataset_of,
    kind_error,
    refuse_impossible_size,
    shape_error,
    where,
)


def text_of(file: h5py.File, name: str) -> str:
    """Return a text stored as bytes, str or one-element array, or by MATLAB.

    Raises
    ------
    SourceError
        If it is not one text of UTF-8, or is empty.
    """
    variable = dataset_of(file, name)
    content = cell_content(variable)
    if content is not None:
        variable = content
        refuse_impossible_size(variable, file, name)
    try:
        text = (chars(variable) if is_char(variable) else _string(variable, file, name)).strip()
    except UnicodeDecodeError as problem:
        raise kind_error(variable, file, name, "text of UTF-8, or of UTF-16 from MATLAB") from problem
    if not text:
        raise SourceError(f"{name} is empty", where=where(file, name), got="an empty text", expected="text", fix=MEND)
    return text


def _string(variable: h5py.Dataset, file: h5py.File, name: str) -> str:
    """Return the one string of a dataset."""
    if h5py.check_string_dtype(variable.dtype) is None:
        raise kind_error(variable, file, name, "text")
    if variable.size != 1:
        raise shape_error(variable, file, name, "one text: shape (), (1,) or (1, 1)")
    _refuse_impossible_text(variable, file, name)
    value = np.asarray(variable[()]).reshape(-1)[0]
    return value.decode("utf-8") if isinstance(value, bytes) else str(value)


def _refuse_impossible_text(variable: h5py.Dataset, file: h5py.File, name: str) -> None:
    """Check the declared length of a text before HDF5 allocates memory for it."""
    place = variable.id.get_offset()
    if h5py.check_string_dtype(variable.dtype).length is not None or place is None:
        return
    with Path(file.filename).open("rb") as stream:
        stream.seek(place)
        declared = int.from_bytes(stream.read(4), "little")
    if declared > file.id.get_filesize():
        raise SourceError(
            f"{name} declares more than the file holds",
            where=where(file, name),
            got=f"a text of {declared} bytes",
            expected=f"at most the {file.id.get_filesize()} bytes of the file",
            fix="make or download the file again: it is damaged",
        )
