"""Ellipses fitted to eye camera frames: a pandas HDF5 file, read with h5py.

pandas keeps names of columns of a ``table`` as pickles in attributes. They are searched for the five names that an
ellipse has, and never unpickled.
"""

import re
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

from nwbgate.errors import SourceError
from nwbgate.storage.hdf5 import dataset_at, group_at
from nwbgate.storage.source_hdf5 import names_at_top, opened_source, source_dataset
from nwbgate.storage.values import refuse_large, text

FloatArray = npt.NDArray[np.float64]

PARTS = ("cr", "eye", "pupil")
#: What an ellipse has: center, semi-axes, rotation.
MEASURES = ("center_x", "center_y", "width", "height", "phi")
_NAMES = re.compile(rb"center_x|center_y|width|height|phi")
#: Columns of one group of values of a pandas file; a table of ellipses has one.
_BLOCKS = tuple(f"block{number}" for number in range(len(MEASURES)))


def read_ellipses(path: Path) -> dict[str, dict[str, FloatArray]]:
    """Return the ellipses of the corneal reflection, the eye and the pupil.

    Parameters
    ----------
    path : Path
        HDF5 file with groups ``cr``, ``eye`` and ``pupil``, of pandas' layout ``fixed`` or ``table``.

    Returns
    -------
    dict of dict of numpy.ndarray, shape (frames,), float64
        By part, then by measure: centers and semi-axes in pixels, rotation in radians; NaN where no fit succeeded. Of
        complex values, which a failed fit leaves, the real part.

    Raises
    ------
    UsageError
        If there is no such file.
    SourceError
        If parts or measures are missing, or parts have different numbers of frames.
    """
    with opened_source(path, "a file of eye ellipses") as file:
        ellipses = {part: _measures(file, part) for part in PARTS}
    lengths = {part: len(measures["phi"]) for part, measures in ellipses.items()}
    if len(set(lengths.values())) > 1:
        got = ", ".join(f"{part} {length}" for part, length in lengths.items())
        raise _unsound(str(path), got, "as many frames for each part")
    return ellipses


def row_numbers(path: Path) -> dict[str, npt.NDArray[np.int64]]:
    """Return the frame number of each row, by part.

    Parameters
    ----------
    path : Path
        As of `read_ellipses`.
    """
    with opened_source(path, "a file of eye ellipses") as file:
        found = {part: _index(file, part) for part in PARTS}
    return {part: numbers for part, numbers in found.items() if numbers is not None}


def _index(file: h5py.File, part: str) -> npt.NDArray[np.int64] | None:
    table, axis = dataset_at(file, f"{part}/table"), dataset_at(file, f"{part}/axis1")
    if table is not None and table.dtype.names and "index" in table.dtype.names and table.dtype["index"].kind in "iu":
        return np.asarray(table["index"], dtype=np.int64)
    if axis is not None and axis.ndim == 1 and axis.dtype.kind in "iu":
        refuse_large(axis)
        return np.asarray(axis[()], dtype=np.int64)
    return None


def _measures(file: h5py.File, part: str) -> dict[str, FloatArray]:
    where = f"{file.filename}:/{part}"
    if group_at(file, part) is None:
        raise _unsound(where, f"{names_at_top(file) or 'nothing'} at the top", f"groups {', '.join(PARTS)}")
    found = (
        _of_table(file, part, where) if dataset_at(file, f"{part}/table") is not None else _of_blocks(file, part, where)
    )
    missing = [name for name in MEASURES if name not in found]
    if missing:
        raise _unsound(where, f"no {', '.join(missing)}", f"columns {', '.join(MEASURES)}")
    return {name: found[name] for name in MEASURES}


def _of_blocks(file: h5py.File, part: str, where: str) -> dict[str, FloatArray]:
    """Return the columns of a table in pandas' layout ``fixed``."""
    found: dict[str, FloatArray] = {}
    for block in _BLOCKS:
        if dataset_at(file, f"{part}/{block}_items") is None:
            break
        names = [text(name) for name in source_dataset(file, f"{part}/{block}_items", "names of columns")[()]]
        values = source_dataset(file, f"{part}/{block}_values", "values of columns")
        refuse_large(values)
        found |= _columns(values[()], names, where)
        _refuse_other_order(file, part, names, where)
    return found


def _refuse_other_order(file: h5py.File, part: str, names: list[str], where: str) -> None:
    """Refuse a block whose columns are ordered otherwise than the table's."""
    axis = dataset_at(file, f"{part}/axis0")
    order = [] if axis is None else [text(name) for name in axis[()].ravel()]
    if {*names} <= {*order} and sorted(names, key=order.index) != names:
        raise _unsound(where, f"columns {', '.join(names)}", f"{', '.join(order)}, as axis0 has them")


def _of_table(file: h5py.File, part: str, where: str) -> dict[str, FloatArray]:
    """Return the columns of a table in pandas' layout ``table``."""
    rows = source_dataset(file, f"{part}/table", "rows of index and values")
    if rows.dtype.names is None or "values_block_0" not in rows.dtype.names:
        raise _unsound(where, f"fields {rows.dtype.names}", "a field values_block_0")
    refuse_large(rows)
    group = rows.parent
    for attributes, name in ((rows.attrs, "values_block_0_kind"), (group.attrs, "non_index_axes")):
        names = [found.decode() for found in _NAMES.findall(_raw(attributes, name))]
        if sorted(names) == sorted(MEASURES):
            return _columns(rows["values_block_0"], names, where)
    raise _unsound(where, "no names of its columns", f"an attribute that names {', '.join(MEASURES)}")


def _raw(attributes: h5py.AttributeManager, name: str) -> bytes:
    """Return the bytes of an attribute, whatever they stand for."""
    value = attributes.get(name, b"")
    if isinstance(value, np.void):
        return value.tobytes()
    return value.encode() if isinstance(value, str) else value if isinstance(value, bytes) else b""


def _columns(values: npt.NDArray[Any], names: list[str], where: str) -> dict[str, FloatArray]:
    if values.ndim != 2 or values.shape[1] != len(names) or values.dtype.kind not in "fciu":
        raise _unsound(where, f"values of shape {values.shape}, {values.dtype}", f"{len(names)} columns of numbers")
    return {name: np.ascontiguousarray(values[:, place].real, dtype=np.float64) for place, name in enumerate(names)}


def _unsound(where: str, got: str, expected: str) -> SourceError:
    return SourceError(
        "the file does not hold ellipses of an eye",
        where=where,
        got=got,
        expected=expected,
        fix="use the ellipse file as the eye tracking pipeline wrote it, or leave eye tracking out",
    )
