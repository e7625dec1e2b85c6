"""HDF5 layouts of a Dataset II source, and the writing of one."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import h5py
import numpy as np

from nwbgate.storage.safe_files.disk import new_hdf5

#: Variables of a source by kind, in the order of the dataset's description.
TRACES = ("dff", "ephys_baseline_subtracted", "ephys_raw")
SCALARS = ("dte", "dto", "quiroma")
VARIABLES = ("dff", "dte", "dto", "ephys_baseline_subtracted", "ephys_raw", "genotype", "quiroma", "sptimes")

#: Names and values of the variables: float64 arrays, floats and one text.
Variables = dict[str, Any]


@dataclass(frozen=True)
class RecordingLayout:
    """Storage of the variables of a recording.

    Parameters
    ----------
    threshold_key : {"quiroma", "quiroga"}
        Name of the detection threshold; the description says the first, code that reads the files the second.
    arrays : {"(N,)", "(1,N)", "(N,1)"}
        Shape of the traces and of the spike times; MATLAB knows no one-dimensional arrays.
    scalars : {"()", "(1,)", "(1,1)"}
        Shape of the sampling periods, of the threshold and of the genotype.
    genotype : {"str", "bytes", "fixed"}
        Kind of text: variable length UTF-8, variable length ASCII, or fixed length.
    dtype : str
        Number type of the traces, as NumPy writes it. Integer types hold arbitrary units, scaled to the range of 16
        bits: they are for tests of storage only.
    one_based_spikes : bool
        Spike times counted from one, as MATLAB indices are: each is one sampling period late.
    compression : str or None
        HDF5 filter of the traces, which are then chunked; contiguous without.
    """

    threshold_key: Literal["quiroma", "quiroga"] = "quiroma"
    arrays: Literal["(N,)", "(1,N)", "(N,1)"] = "(N,)"
    scalars: Literal["()", "(1,)", "(1,1)"] = "()"
    genotype: Literal["str", "bytes", "fixed"] = "str"
    dtype: str = "float64"
    one_based_spikes: bool = False
    compression: Literal["gzip"] | None = None


#: Every variant that a reader must accept, by name.
LAYOUTS: dict[str, RecordingLayout] = {
    "described": RecordingLayout(),
    "quiroga": RecordingLayout(threshold_key="quiroga"),
    "row_vectors": RecordingLayout(arrays="(1,N)"),
    "column_vectors": RecordingLayout(arrays="(N,1)"),
    "length_one_scalars": RecordingLayout(scalars="(1,)"),
    "matrix_scalars": RecordingLayout(scalars="(1,1)"),
    "matlab": RecordingLayout(arrays="(1,N)", scalars="(1,1)", genotype="bytes", one_based_spikes=True),
    "genotype_bytes": RecordingLayout(genotype="bytes"),
    "genotype_fixed_length": RecordingLayout(genotype="fixed"),
    "float32": RecordingLayout(dtype="float32"),
    "big_endian": RecordingLayout(dtype=">f8"),
    "int16": RecordingLayout(dtype="int16"),
    "gzip": RecordingLayout(compression="gzip"),
}

_ARRAY_SHAPES = {"(N,)": (-1,), "(1,N)": (1, -1), "(N,1)": (-1, 1)}
_SCALAR_SHAPES: dict[str, tuple[int, ...]] = {"()": (), "(1,)": (1,), "(1,1)": (1, 1)}


def write_source(path: Path, variables: Mapping[str, Any], layout: RecordingLayout, *, overwrite: bool = False) -> None:
    """Write the variables in `layout`.

    Parameters
    ----------
    path : pathlib.Path
        The file gets this name when it is complete.
    variables : mapping
        Name -> value; one-dimensional arrays, floats and text are laid out, anything else is stored as it is.
    layout : RecordingLayout
        How to store them.
    overwrite : bool
        Replace an existing file.

    Raises
    ------
    FileExistsError
        `path` exists and `overwrite` is false.
    """
    if path.exists() and not overwrite:
        raise FileExistsError(path)
    with new_hdf5(path) as file:
        for name, value in variables.items():
            _write_variable(file, name, value, layout)


def _write_variable(file: h5py.File, name: str, value: Any, layout: RecordingLayout) -> None:
    key = layout.threshold_key if name == "quiroma" else name
    if isinstance(value, str):
        file.create_dataset(key, data=_text(value, layout), shape=_SCALAR_SHAPES[layout.scalars])
    elif np.ndim(value) == 0:
        file.create_dataset(key, data=np.full(_SCALAR_SHAPES[layout.scalars], value))
    elif np.ndim(value) == 1:
        array = _as_stored(name, np.asarray(value), layout)
        compression = layout.compression if name in TRACES and array.size else None
        file.create_dataset(key, data=array.reshape(_ARRAY_SHAPES[layout.arrays]), compression=compression)
    else:
        file.create_dataset(key, data=value)


def _as_stored(name: str, array: np.ndarray[Any, Any], layout: RecordingLayout) -> np.ndarray[Any, Any]:
    if name == "sptimes" or array.dtype.kind not in "fiu":
        return array
    dtype = np.dtype(layout.dtype)
    if dtype.kind == "f":
        return array.astype(dtype, copy=False)
    scaled: np.ndarray[Any, Any] = np.round(array * (32000 / np.max(np.abs(array)))).astype(dtype)
    return scaled


def _text(text: str, layout: RecordingLayout) -> np.ndarray[Any, Any]:
    kinds = {"str": h5py.string_dtype("utf-8"), "bytes": h5py.string_dtype("ascii"), "fixed": f"S{len(text)}"}
    filled: np.ndarray[Any, Any] = np.full(_SCALAR_SHAPES[layout.scalars], text.encode(), dtype=kinds[layout.genotype])
    return filled
