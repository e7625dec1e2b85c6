"""DynamicTable groups as frames, column by column."""

from collections.abc import Iterable, Sequence
from typing import Any

import h5py
import numpy as np
import pandas as pd

from nwbgate.errors import SourceError
from nwbgate.storage.hdf5 import dataset_at
from nwbgate.storage.referenced_paths import ReferencedPaths
from nwbgate.storage.values import attribute, length, malformed_value, stored_content, text, whole_numbers

#: A column before it becomes one of a frame: an array of one value per row, or a list of arrays.
Values = np.ndarray[Any, np.dtype[Any]] | list[Any]


def read_table(group: h5py.Group, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Read a DynamicTable as a frame.

    Parameters
    ----------
    group : h5py.Group
        The table, of neurodata type DynamicTable or one derived from it.
    columns : sequence of str, optional
        Columns to read, in this order; those that the table does not have are left out. Default: all, in the order of
        ``colnames``.

    Returns
    -------
    pandas.DataFrame
        One row per row, indexed by ``id``. Ragged and matrix columns hold one array per row, strings are text,
        object references the paths they lead to, and regions of other tables row numbers.

    Raises
    ------
    SourceError
        If a column that ``colnames`` lists is missing, or columns have different lengths.
    """
    wanted = column_names(group) if columns is None else [name for name in columns if name in group]
    rows = dataset_at(group, "id")
    values = {name: read_column(group, name) for name in wanted}
    lengths = {name: len(column) for name, column in values.items()}
    if rows is not None:
        lengths["id"] = length(rows)
    refuse_ragged_rows(group, lengths)
    index = pd.RangeIndex(next(iter(lengths.values()), 0)) if rows is None else pd.Index(whole_numbers(rows), name="id")
    return pd.DataFrame({name: _series(column, index) for name, column in values.items()}, index=index)


def refuse_ragged_rows(group: h5py.Group, lengths: dict[str, int]) -> None:
    """Reject a table with columns of different lengths.

    Raises
    ------
    SourceError
        Naming the table and the length of each column.
    """
    if len(set(lengths.values())) > 1:
        raise SourceError(
            "the columns of a table differ in length",
            where=f"{group.file.filename} {group.name}",
            got=", ".join(f"{name}: {length}" for name, length in lengths.items()),
            expected="one value per row in every column",
            fix="rewrite the table; its rows cannot be matched",
        )


def column_names(group: h5py.Group) -> list[str]:
    """Return the names of a table's columns, in their order."""
    names = attribute(group, "colnames")
    return [] if names is None or isinstance(names, h5py.Empty) else [text(name) for name in np.ravel(names)]


def read_column(group: h5py.Group, name: str) -> Values:
    """Read one column of a table, ragged or not.

    Raises
    ------
    SourceError
        If there is no such column, or its index leads outside its values.
    """
    data = dataset_at(group, name)
    if data is None:
        raise SourceError(
            "a column listed by the table is missing",
            where=f"{group.file.filename} {group.name}/{name}",
            expected=f"a dataset named {name!r}, as listed in colnames",
            fix="rewrite the table",
        )
    length(data)  # a scalar is not a column
    values = read_values(data)
    while (index := dataset_at(group, name := f"{name}_index")) is not None:
        values = _split(values, index)
    return values


def read_numbers(group: h5py.Group, name: str, columns: int | None = None) -> Values | None:
    """Read a column of numbers; None where the table has none of this name.

    Parameters
    ----------
    group : h5py.Group
        The table.
    name : str
        The column.
    columns : int, optional
        Numbers that each of its values has, where it is a matrix.

    Raises
    ------
    MalformedError
        If the values are not numbers, or of another width.
    """
    data = dataset_at(group, name)
    if data is None:
        return None
    if data.dtype.kind not in "biuf" or (columns is not None and data.shape[1:] != (columns,)):
        got = f"{data.dtype} of shape {data.shape}"
        raise malformed_value(data, got, "numbers" if columns is None else f"numbers of shape (n, {columns})")
    return read_column(group, name)


def read_values(data: h5py.Dataset) -> Values:
    """Read a dataset: strings as text, object references as paths, everything else as stored.

    Parameters
    ----------
    data : h5py.Dataset
        Any dataset; compound types come as structured arrays, whose references are resolved too.
    """
    if h5py.check_string_dtype(data.dtype) is not None or data.dtype.kind == "S":
        return decode(np.atleast_1d(stored_content(data)))
    if h5py.check_ref_dtype(data.dtype) is not None:
        return np.array(_names(data, np.ravel(stored_content(data))), dtype=object)
    values = np.atleast_1d(stored_content(data))
    for field in data.dtype.names or ():
        if h5py.check_ref_dtype(data.dtype[field]) is not None:
            values[field] = _names(data, values[field])
    return values


class _Texts(dict[Any, str]):
    """Decodes bytes to text, each distinct value once."""

    def __missing__(self, raw: object) -> str:
        self[raw] = text(raw)
        return self[raw]


def decode(values: np.ndarray[Any, np.dtype[Any]]) -> np.ndarray[Any, np.dtype[Any]]:
    """Return an array of bytes as text objects of the same shape."""
    texts = _Texts()
    found = np.empty(values.shape, dtype=object)
    found.ravel()[:] = [texts[raw] for raw in values.ravel().tolist()]
    return found


def _names(data: h5py.Dataset, references: Iterable[h5py.Reference]) -> list[str]:
    """Return the paths that references lead to."""
    try:
        return [*map(ReferencedPaths(data.file).of, references)]
    except (ValueError, RuntimeError, TypeError, OSError) as error:
        raise malformed_value(data, f"a reference that cannot be followed: {error}", "references to objects") from error


def _split(values: Values, index: h5py.Dataset) -> list[Any]:
    """Return the rows of a ragged column; `index` holds the end of each."""
    ends = whole_numbers(index).tolist()
    starts = [0, *ends][: len(ends)]
    if any(end < start for start, end in zip(starts, ends, strict=True)) or (ends and ends[-1] > len(values)):
        raise SourceError(
            "the index of a ragged column points outside its values",
            where=f"{index.file.filename} {index.name}",
            got=f"row ends up to {max(ends)} for {len(values)} values",
            expected="ascending row ends within the values",
            fix="rewrite the table",
        )
    return [values[start:end] for start, end in zip(starts, ends, strict=True)]


def _series(values: Values, index: pd.Index) -> pd.Series:
    """Return a column as a series; rows that are arrays stay arrays."""
    if isinstance(values, list) or values.ndim > 1:
        cells = np.empty(len(values), dtype=object)
        for row, value in enumerate(values):
            cells[row] = value
        return pd.Series(cells, index=index)
    return pd.Series(values, index=index)
