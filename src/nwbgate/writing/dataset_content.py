"""Comparison of written datasets with PyNWB's data: texts, references, compounds, scalars."""

from typing import Any

import h5py
import numpy as np
import numpy.typing as npt
from hdmf.build.builders import Builder, ReferenceBuilder
from hdmf.data_utils import DataIO

from nwbgate.storage.chunks import chunk_shapes as chunks
from nwbgate.storage.referenced_paths import ReferencedPaths
from nwbgate.writing.placeholders import is_link
from nwbgate.writing.recorded_iterators import RecordedChunks, checksum
from nwbgate.writing.sources import source_of


def same_content(file: h5py.File, name: str, data: Any) -> bool:
    """Return whether a dataset equals the data of its builder.

    Parameters
    ----------
    file : h5py.File
        The file, open for reading.
    name : str
        Path of the dataset.
    data
        The data of its `DatasetBuilder`. A link to data of another file, made on request, only has to lead somewhere.
    """
    dataset = file.get(name)
    if dataset is None or is_link(data):
        return dataset is not None
    if isinstance(data, DataIO):
        data = data.data
    if isinstance(data, RecordedChunks):
        return data.matches(dataset)
    if isinstance(data, h5py.Dataset) and data.dtype.kind != "O":
        return data.shape == dataset.shape and _same_blocks(dataset, data)
    return _same_values(ReferencedPaths(file), dataset[()], data[()] if isinstance(data, h5py.Dataset) else data)


def _same_blocks(dataset: h5py.Dataset, data: Any) -> bool:
    source = source_of(data)
    step = chunks.block_shape(source.shape, [1] * len(source.shape), source.dtype.itemsize)
    return all(_same_array(dataset[region], source.read(region)) for region in chunks.regions(source.shape, step))


def _same_values(paths: ReferencedPaths, found: Any, given: Any) -> bool:
    """Compare h5py's values with PyNWB's, element by element for references."""
    if isinstance(found, h5py.Reference):
        return bool(paths.of(found) == _path(given))
    found = np.asarray(found)
    if found.dtype.names:
        return len(found) == len(given) and _same_rows(paths, found, given)
    if h5py.check_ref_dtype(found.dtype):
        return len(found) == len(given) and all(
            paths.of(reference) == _path(target) for reference, target in zip(found, given, strict=True)
        )
    return _same_array(found, np.asarray(given))


def _same_rows(paths: ReferencedPaths, found: npt.NDArray[Any], given: Any) -> bool:
    """Compare the columns of a compound."""
    for index, name in enumerate(found.dtype.names or ()):
        values = given[name] if isinstance(given, np.ndarray) and given.dtype.names else [row[index] for row in given]
        if not _same_values(paths, found[name], values):
            return False
    return True


def _same_array(found: npt.NDArray[Any], given: npt.NDArray[Any]) -> bool:
    if found.shape != given.shape:
        return False
    if found.dtype.kind in "OSU":
        return checksum(found) == checksum(given)
    if found.dtype.char in "gG":  # long doubles are padded with bytes that mean nothing
        return np.array_equal(found, given, equal_nan=True)
    return found.tobytes() == given.astype(found.dtype).tobytes()


def _path(target: Any) -> str:
    """Return the path of a reference's target, empty for the root."""
    builder = target.builder if isinstance(target, ReferenceBuilder) else target
    names = str(builder.path).split("/") if isinstance(builder, Builder) else []
    return "/" + "/".join(names[1:])
