"""Differences between two tables: rows by id, then cells of shared rows."""

from collections.abc import Iterator, Sequence
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

from nwbgate.comparison.datasets import comparable, kind, value_text
from nwbgate.comparison.difference import Change, Difference
from nwbgate.comparison.tolerance import Tolerance
from nwbgate.storage.values import text

Rows = npt.NDArray[np.intp]
#: Rows that are compared in one go.
_BLOCK_ROWS = 1_024
#: Row ids that are named of those added or removed.
_NAMED = 10


def is_table(item: object) -> bool:
    """Return whether an object is a DynamicTable with ids."""
    return isinstance(item, h5py.Group) and "colnames" in item.attrs and isinstance(item.get("id"), h5py.Dataset)


def rows_differ(first: h5py.Group, second: h5py.Group) -> bool:
    """Return whether two tables have other ids, or another order of them."""
    ids = first["id"][()], second["id"][()]
    return not np.array_equal(*ids) and all(len(np.unique(each)) == len(each) for each in ids)


def table_differences(path: str, first: h5py.Group, second: h5py.Group, tolerance: Tolerance) -> Iterator[Difference]:
    """Yield rows of only one table, and differing cells of shared rows.

    Parameters
    ----------
    path : str
        Name of the table in the differences.
    first, second : h5py.Group
        Tables with a unique id per row.
    tolerance : Tolerance
        Tolerance of numeric comparisons.
    """
    ids = first["id"][()], second["id"][()]
    yield from _rows_of_one(path, *ids)
    shared, of_first, of_second = np.intersect1d(*ids, return_indices=True)
    if not np.array_equal(ids[0][np.sort(of_first)], ids[1][np.sort(of_second)]):
        yield Difference(Change.CHANGED, path, "order of rows")
    for name in columns(first):
        if name in second and isinstance(first[name], h5py.Dataset) and isinstance(second[name], h5py.Dataset):
            yield from _cells(f"{path}/{name}", (first, second), (shared, of_first, of_second), tolerance)


def columns(table: h5py.Group) -> list[str]:
    """Return the names of the columns of a table."""
    return [text(name) for name in np.atleast_1d(table.attrs["colnames"])]


def _rows_of_one(path: str, first: npt.NDArray[Any], second: npt.NDArray[Any]) -> Iterator[Difference]:
    for change, only in ((Change.REMOVED, np.setdiff1d(first, second)), (Change.ADDED, np.setdiff1d(second, first))):
        if len(only):
            more = ", ..." if len(only) > _NAMED else ""
            named = f"id {', '.join(map(str, only[:_NAMED].tolist()))}{more}"
            texts = (named, "") if change is Change.REMOVED else ("", named)
            yield Difference(change, path, "rows", *texts, count=len(only))


def _cells(
    path: str,
    tables: tuple[h5py.Group, h5py.Group],
    pairs: tuple[npt.NDArray[Any], Rows, Rows],
    tolerance: Tolerance,
) -> Iterator[Difference]:
    """Yield the difference of one column in the rows that both tables have."""
    first, second = tables
    name = path.rpartition("/")[2]
    kinds = kind(first[name]), kind(second[name])
    if kinds[0] != kinds[1]:
        yield Difference(Change.CHANGED, path, "dtype", *kinds)
    count, example = 0, ("", "", "")
    shared, of_first, of_second = pairs
    for start in range(0, len(shared), _BLOCK_ROWS):
        part = slice(start, start + _BLOCK_ROWS)
        one, two = cells(first, name, of_first[part]), cells(second, name, of_second[part])
        for identity, a, b in zip(shared[part].tolist(), one, two, strict=True):
            if not _same(a, b, tolerance):
                example = example if count else (value_text(a), value_text(b), f"id {identity}")
                count += 1
    if count:
        yield Difference(Change.CHANGED, path, "values", example[0], example[1], count, where=example[2])


def cells(table: h5py.Group, name: str, rows: Rows) -> list[Any]:
    """Return the cells of a column in some rows; a ragged column gives arrays."""
    index = table.get(f"{name}_index")
    if isinstance(index, h5py.Dataset):
        ends = index[()].astype(np.int64)
        starts = np.concatenate([[0], ends[:-1]]) if len(ends) else ends
        return [_values(table[name], slice(starts[row], ends[row])) for row in rows]
    return [_values(table[name], int(row)) for row in rows] if table[name].ndim > 1 else _flat(table[name], rows)


def _flat(column: h5py.Dataset, rows: Rows) -> list[Any]:
    order = np.argsort(rows)
    values = comparable(column[rows[order]], column.file) if len(rows) else np.array([])
    return list(values[np.argsort(order)])


def _values(column: h5py.Dataset, rows: slice | int) -> npt.NDArray[Any]:
    return comparable(column[rows], column.file)


def _same(first: Any, second: Any, tolerance: Tolerance) -> bool:
    one, two = np.asarray(first), np.asarray(second)
    return one.shape == two.shape and not tolerance.differing(one, two).any()


def names_of(tables: Sequence[str], path: str) -> bool:
    """Return whether an object is a column or id of a table."""
    return path.rpartition("/")[0] in tables
